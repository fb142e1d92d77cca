"""Forecasts, cross mapping and neighbours: Fieldbook beside pyEDM, SciPy and scikit-learn on the same numbers.

    swift build -c release --package-path benchmarks/embedding
    python benchmarks/embedding/benchmark.py [--rounds 5]

Lorenz x and y of 5,000 samples, 0.05 apart, in three coordinates: simplex projection from one half to the other and of the whole, local linear
maps at a locality of 2, and cross mapping both ways with five sizes of libraries, twenty draws each. The ten nearest neighbours of
20,000 points: Lorenz x in 3 and in 10 coordinates, and Gaussian points in 10 coordinates. All use the processors there are; of pyEDM's
cross mapping in one process and in several, and of SciPy's tree and scikit-learn's two ways, the quickest counts. Results are compared
first: correlations and sums of distances to 1e-9, means over random libraries to 0.01. Both sides take turns; medians and
ratios of medians.
"""
import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
import pandas
import pyEDM
from scipy.integrate import solve_ivp
from scipy.spatial import cKDTree
from sklearn.neighbors import NearestNeighbors

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = HERE / ".build/release/EmbeddingBenchmark"
SIZES = [50, 200, 800, 2400, 4998]


def lorenz(count, interval):
    def flow(_, s):
        return [10 * (s[1] - s[0]), s[0] * (28 - s[2]) - s[1], s[0] * s[1] - 8 / 3 * s[2]]
    times = 50 + interval * np.arange(count)
    return solve_ivp(flow, [0, times[-1]], [1, 1, 1], t_eval=times, rtol=1e-9, atol=1e-9).y


def embedded(series, width, lag):
    count = len(series) - (width - 1) * lag
    return np.stack([series[k * lag:k * lag + count] for k in range(width)], axis=1)


def forecast(method, frame, library, tested, **settings):
    def run():
        found = method(dataFrame=frame, columns="x", target="x", lib=library, pred=tested, E=3, Tp=1, **settings)
        found = found["predictions"] if isinstance(found, dict) else found
        known = found[["Observations", "Predictions"]].dropna().to_numpy()
        return [float(np.corrcoef(known.T)[0, 1])]
    return run


def cross_mapping(frame, parallel):
    def run():
        found = pyEDM.CCM(dataFrame=frame, columns="x", target="y", libSizes=SIZES, sample=20, E=3, seed=1, noTime=True,
                          parallel=parallel)
        # 'x:y' tells y from x's history, and the other way round.
        return [float(value) for name in ("y:x", "x:y") for value in found[name]]
    return run


def tree(points):
    return lambda: [float(cKDTree(points).query(points, k=11, workers=-1)[0][:, 1:].sum())]


def scikit(points, algorithm):
    def run():
        found = NearestNeighbors(n_neighbors=10, algorithm=algorithm, n_jobs=-1).fit(points).kneighbors()
        return [float(found[0].sum())]
    return run


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    x, y, _ = lorenz(5000, 0.05)
    frame = pandas.DataFrame({"time": np.arange(1, 5001), "x": x, "y": y})
    long = lorenz(20_100, 0.02)[0]
    gaussian = np.random.default_rng(1).standard_normal((20_000, 10))
    flows = {width: embedded(long, width, 8)[:20_000] for width in (3, 10)}
    # The first vector that lies wholly in the second half has its newest coordinate two samples later.
    halves, whole = ("1 2500", "2503 5000"), ("1 5000", "1 5000")
    # Local maps take all 2,497 vectors of the first half; left to itself pyEDM takes one less.
    simplex, maps = pyEDM.Simplex, pyEDM.SMap
    draws = ["20"] + [str(size) for size in SIZES]
    # What, our words, the numbers, the peers, how far results may be apart, how many times as fast we want to be.
    tasks = [
        ("simplex, halves", ["simplex", "halves"], x, {"pyEDM": forecast(simplex, frame, *halves)}, 1e-9, 5),
        ("simplex, whole", ["simplex", "whole"], x, {"pyEDM": forecast(simplex, frame, *whole)}, 1e-9, 5),
        ("local maps, halves", ["local-map", "halves"], x, {"pyEDM": forecast(maps, frame, *halves, theta=2, knn=2497)}, 1e-9, 5),
        ("local maps, whole", ["local-map", "whole"], x, {"pyEDM": forecast(maps, frame, *whole, theta=2)}, 1e-9, 5),
        ("cross mapping", ["cross-mapping"] + draws, np.r_[x, y],
         {"pyEDM": cross_mapping(frame, False), "pyEDM, processes": cross_mapping(frame, True)},
         # Means over libraries that each side draws for itself, but for the last, which are whole.
         np.tile([0.01] * 4 + [1e-9], 2), 5),
    ]
    for name, points in [("3", flows[3]), ("10", flows[10]), ("10, Gaussian", gaussian)]:
        tasks.append((f"neighbours, 20000 × {name}", ["neighbours", str(points.shape[1]), "10"], points,
                      {"SciPy": tree(points), "scikit-learn, tree": scikit(points, "kd_tree"),
                       "scikit-learn, brute": scikit(points, "brute")}, 1e-9, 1))
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        for name, words, numbers, peers, tolerance, wanted in tasks:
            if arguments.only not in name:
                continue
            file = pathlib.Path(folder) / "numbers.f64"
            np.ascontiguousarray(numbers).tofile(file)
            command = [str(PROGRAM), words[0], str(file)] + words[1:]
            ours = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

            def run():
                ours.stdin.write("\n")
                ours.stdin.flush()
                return [float(word) for word in ours.stdout.readline().split()]

            found = run()[1:]
            apart = np.max([np.abs(np.subtract(found, peer()) / np.abs(found)) for peer in peers.values()], axis=0)
            mine, theirs = [], {peer: [] for peer in peers}
            for _ in range(arguments.rounds):
                mine.append(run()[0])
                for peer, call in peers.items():
                    start = time.perf_counter()
                    call()
                    theirs[peer].append(time.perf_counter() - start)
            ours.stdin.close()
            ours.wait()
            medians = {peer: statistics.median(times) for peer, times in theirs.items()}
            own, best = statistics.median(mine), min(medians, key=medians.get)
            ratio = medians[best] / own
            agree = bool(np.all(apart <= tolerance))
            missed = missed or not agree or ratio < wanted
            rest = "".join(f"; {peer} {value:.4f}" for peer, value in medians.items() if peer != best)
            print(f"{name:<30} Fieldbook {own:8.4f} s   {best} {medians[best]:8.4f} s   {ratio:5.1f}× as fast"
                  f"{'' if ratio >= wanted else f' ({wanted}× wanted)'}   results {apart.max():.0e} apart"
                  f"{'' if agree else f' (at most {np.min(tolerance):.0e} wanted)'}{rest}",
                  flush=True)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
