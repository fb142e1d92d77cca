"""Geometric similarity of all pairs: Fieldbook beside netrep's shape distances, and beside NumPy for kernel alignment.

    swift build -c release --package-path benchmarks/geometry
    NETREP=checkout python benchmarks/geometry/benchmark.py [--systems 20] [--sizes 200x30 1000x100 2000x300]

Systems are noisy rotations of one cloud, each scaled so that the root mean square of its singular values is 1, where both conventions
of partial whitening agree. netrep takes its quickest way, each system prepared once by `partial_fit` and each pair by
`finalize_fit` and `score`. Both sides run on one processor, in double precision, in turns; times are for all pairs with preparation.
"""
import argparse
import itertools
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np  # noqa: E402

sys.path.insert(0, os.environ.get("NETREP", "netrep"))
from netrep.metrics import LinearMetric  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = HERE / ".build/release/GeometryBenchmark"


def systems(count, samples, units, random):
    cloud = random.standard_normal((samples, units)) * np.linspace(3, 0.3, units)
    for _ in range(count):
        q, _ = np.linalg.qr(random.standard_normal((units, units)))
        x = (cloud + random.uniform(0.2, 2) * random.standard_normal((samples, units))) @ q
        x -= x.mean(0)
        yield x / np.sqrt(np.linalg.norm(x) ** 2 / units)


def shapes(data, alpha):
    metric = LinearMetric(alpha=alpha, score_method="angular")
    prepared = [metric.partial_fit(x) for x in data]
    found = np.zeros((len(data), len(data)))
    for i, j in itertools.combinations(range(len(data)), 2):
        found[i, j] = found[j, i] = metric.finalize_fit(prepared[i], prepared[j]).score(data[i], data[j])
    return found


def alignment(data):
    data = [x - x.mean(0) for x in data]
    own = [np.linalg.norm(x.T @ x) for x in data]
    found = np.eye(len(data))
    for i, j in itertools.combinations(range(len(data)), 2):
        found[i, j] = found[j, i] = np.linalg.norm(data[i].T @ data[j]) ** 2 / own[i] / own[j]
    return found


def measure(samples, units, arguments, folder):
    data = list(systems(arguments.systems, samples, units, np.random.default_rng(units)))
    file, found_file = folder / "systems.f64", folder / "found.f64"
    np.array(data).tofile(file)
    words = [str(PROGRAM), str(file), str(len(data)), str(samples), str(units), str(found_file)]
    ours = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(name):
        ours.stdin.write(f"{name}\n")
        ours.stdin.flush()
        return float(ours.stdout.readline())

    print(f"\n{len(data)} systems of {samples} samples × {units} units, all pairs, s", flush=True)
    worst = 0
    peers = {f"{a}": ("netrep", lambda a=a: shapes(data, a)) for a in (1, 0.5, 0)} | {"cka": ("NumPy", lambda: alignment(data))}
    for name, (peer, reference) in peers.items():
        mine, theirs = [], []
        for _ in range(arguments.rounds):
            mine.append(run(name))
            start = time.perf_counter()
            expected = reference()
            theirs.append(time.perf_counter() - start)
        difference = np.abs(np.fromfile(found_file).reshape(len(data), -1) - expected).max()
        worst = max(worst, difference)
        ratio = statistics.median(theirs) / statistics.median(mine)
        print(f"  {'shape distance, α = ' + name if peer == 'netrep' else name:<26} {statistics.median(mine):8.3f}"
              f"   {peer} {statistics.median(theirs):8.3f}   {ratio:5.1f}×   largest difference {difference:.1e}", flush=True)
    for name in ("debiased-cka", "cca", "rsa", "neighbours"):
        print(f"  {name:<26} {statistics.median(run(name) for _ in range(arguments.rounds)):8.3f}", flush=True)
    ours.stdin.close()
    return worst


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--systems", type=int, default=20)
    parser.add_argument("--sizes", nargs="*", default=["200x30", "1000x100", "2000x300"])
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        worst = max(measure(*map(int, size.split("x")), arguments, pathlib.Path(folder)) for size in arguments.sizes)
    # netrep takes the arccosine of a rounded cosine, which is 1e-8 off where systems are the same.
    sys.exit(1 if worst > 1e-7 else 0)


if __name__ == "__main__":
    main()
