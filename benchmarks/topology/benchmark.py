"""Homology and dimension of clouds of points: Fieldbook beside ripser and scikit-dimension on the same points.

    swift build -c release --package-path benchmarks/topology
    python benchmarks/topology/benchmark.py [--rounds 5]

Loops of 400 and hollows of 300 points drawn on a torus, modulo 2, by both sides on one thread; the two nearest neighbours, twenty
neighbours and the correlation dimension of 5,000 points in 50 coordinates, by both sides as they come: Fieldbook on all processors
and with intervals, scikit-dimension with as many threads as its libraries take. Both take turns; medians, ratios
of medians, and how far the results are apart.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = HERE / ".build/release/TopologyBenchmark"


def torus(count, random):
    t = random.uniform(0, 2 * np.pi, (count, 2))
    return np.c_[(2 + np.cos(t[:, 1])) * np.cos(t[:, 0]), (2 + np.cos(t[:, 1])) * np.sin(t[:, 0]), np.sin(t[:, 1])]


def homology(dimension):
    import ripser

    def run(points):
        diagrams = ripser.ripser(points, maxdim=dimension)["dgms"]
        return [float(bar[1] - bar[0]) for bars in diagrams[1:] for bar in sorted(bars, key=lambda b: b[0] - b[1])[:3]]
    return run


def scikit(name, **settings):
    import skdim

    def run(points):
        extra = {"n_neighbors": settings["K"]} if name == "MLE" else {}
        return [float(getattr(skdim.id, name)(**settings).fit(points, **extra).dimension_)]
    return run


def peak_memory(process):
    """Of a living process, in MB."""
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    random = np.random.default_rng(0)
    wide = np.random.default_rng(1).standard_normal((5000, 50))
    tasks = [
        ("loops of 400 points", ["homology", "1"], torus(400, random), homology(1), 1),
        ("hollows of 300 points", ["homology", "2"], torus(300, random), homology(2), 1),
        ("two neighbours, 5000 × 50", ["two-neighbours"], wide, scikit("TwoNN"), 5),
        ("likelihood, k = 20, 5000 × 50", ["likelihood"], wide, scikit("MLE", K=20), 1),
        ("correlation, 5000 × 50", ["correlation"], wide, scikit("CorrInt"), 0),
    ]
    missed, peaks = 0, []
    with tempfile.TemporaryDirectory() as folder:
        for name, words, points, peer, least in tasks:
            file = pathlib.Path(folder) / "points.f64"
            points.tofile(file)
            command = [str(PROGRAM), words[0], str(file), str(points.shape[1])] + words[1:]
            ours = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

            def run():
                ours.stdin.write("\n")
                ours.stdin.flush()
                return [float(word) for word in ours.stdout.readline().split()]

            run(), peer(points)
            mine, theirs = [], []
            for _ in range(arguments.rounds):
                seconds, *found = run()
                mine.append(seconds)
                start = time.perf_counter()
                expected = peer(points)
                theirs.append(time.perf_counter() - start)
            peaks.append(peak_memory(ours.pid))
            ours.stdin.close()
            ours.wait()
            ratio = statistics.median(theirs) / statistics.median(mine)
            apart = max(abs(a - b) / max(abs(b), 1e-12) for a, b in zip(found, expected))
            missed += ratio < least
            print(f"{name:<32} Fieldbook {statistics.median(mine):7.4f} s   peer {statistics.median(theirs):7.4f} s   {ratio:5.1f}× as fast"
                  f"{'' if ratio >= least else f' (at least {least}× wanted)'}   results {apart:.0e} apart", flush=True)
    print(f"peak memory of Fieldbook {max(peaks):.0f} MB, of the peers' process {peak_memory(os.getpid()):.0f} MB;"
          f" {os.cpu_count()} processors")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
