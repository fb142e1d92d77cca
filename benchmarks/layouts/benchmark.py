"""Layouts in the plane: Fieldbook beside umap-learn and scikit-learn on the same points.

    swift build -c release --package-path benchmarks/layouts
    python benchmarks/layouts/benchmark.py [--rounds 5]

UMAP of 5,000 points in 64 coordinates (ten Gaussian clusters), seeded, which holds umap-learn to one thread; its first call, which
compiles, is not counted. Isomap of as many points on a rolled-up sheet, Fieldbook's from 500 landmarks, and of 1,500 points from all of
them. Both take turns; medians, ratios of medians, and the trustworthiness of 15 neighbours by scikit-learn, on 2,000 points.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = HERE / ".build/release/LayoutsBenchmark"
warnings.filterwarnings("ignore")


def clusters(count, width, random):
    return random.standard_normal((10, width))[random.integers(0, 10, count)] * 2 + random.standard_normal((count, width))


def sheet(count, random):
    t, height = 1.5 * np.pi * (1 + 2 * random.uniform(size=count)), 21 * random.uniform(size=count)
    return np.c_[t * np.cos(t), height, t * np.sin(t)]


def umap_learn(seed):
    import umap
    return lambda points: umap.UMAP(random_state=seed, n_jobs=1).fit_transform(points)


def isomap(seed):
    from sklearn.manifold import Isomap
    return lambda points: Isomap(n_neighbors=10).fit_transform(points)


def peak_memory(process):
    """Of a living process, in MB."""
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main():
    from sklearn.manifold import trustworthiness

    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    random = np.random.default_rng(0)
    tasks = [
        ("UMAP, 5000 × 64", ["umap", "14"], clusters(5000, 64, random), umap_learn, 500, 3),
        ("Isomap, 1500 × 3, all points", ["isomap", "10"], sheet(1500, random), isomap, 1500, 0),
        ("Isomap, 5000 × 3, 500 landmarks", ["isomap", "10"], sheet(5000, random), isomap, 500, 0),
    ]
    missed, peaks = 0, []
    with tempfile.TemporaryDirectory() as folder:
        for name, (method, neighbours), points, peer, landmarks, least in tasks:
            file, out = pathlib.Path(folder) / "points.f64", pathlib.Path(folder) / "layout.f64"
            points.tofile(file)
            command = [str(PROGRAM), method, str(file), str(points.shape[1]), neighbours, str(out), str(landmarks)]
            ours = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

            def run(seed):
                ours.stdin.write(f"{seed}\n")
                ours.stdin.flush()
                return float(ours.stdout.readline())

            run(0), peer(0)(points)
            mine, theirs, trusts = [], [], ([], [])
            some = np.arange(0, len(points), max(1, len(points) // 2000))
            for seed in range(arguments.rounds):
                mine.append(run(seed))
                trusts[0].append(trustworthiness(points[some], np.fromfile(out).reshape(-1, 2)[some], n_neighbors=15))
                start = time.perf_counter()
                found = peer(seed)(points)
                theirs.append(time.perf_counter() - start)
                trusts[1].append(trustworthiness(points[some], found[some], n_neighbors=15))
            peaks.append(peak_memory(ours.pid))
            ours.stdin.close()
            ours.wait()
            ratio = statistics.median(theirs) / statistics.median(mine)
            missed += ratio < least
            print(f"{name:<32} Fieldbook {statistics.median(mine):7.3f} s   peer {statistics.median(theirs):7.3f} s   {ratio:5.1f}× as fast"
                  f"{'' if ratio >= least else f' (at least {least}× wanted)'}   trustworthiness {np.mean(trusts[0]):.4f}, {np.mean(trusts[1]):.4f}",
                  flush=True)
    print(f"peak memory of Fieldbook {max(peaks):.0f} MB, of the peers' process {peak_memory(os.getpid()):.0f} MB;"
          f" {os.cpu_count()} processors")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
