"""Procrustes analysis over vector fields: Fieldbook beside dsa-metric on the same operators.

    swift build -c release --package-path benchmarks/similarity
    python benchmarks/similarity/benchmark.py [--sizes 10 30 50 100] [--pairs 1] [--seed 1] [--iterations 1500] [--systems 100]

Four kinds of pairs: unrelated Gaussian operators, unrelated operators as DMD gives them (eigenvalues near the unit circle, mildly
non-normal), conjugate ones (true distance 0), and conjugate ones with a tenth of noise. dsa-metric runs with its own
settings (Adam, 1500 iterations twice, rate 0.005), in single precision as it insists; both sides use one thread, but
that Fieldbook prepares the two operators side by side. Both objectives are computed here, in double precision, from the
orthogonal matrices: half the squared distance of the operators over their norms. Then all pairs of 100 DMD-like systems at rank 30 are compared by Fieldbook on all processors.
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

os.environ.setdefault("OMP_NUM_THREADS", "1")
HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = HERE / ".build/release/SimilarityBenchmark"


def orthogonal(n, random):
    q, r = np.linalg.qr(random.standard_normal((n, n)))
    return q * np.sign(np.diag(r))


def gaussian(n, random):
    return random.standard_normal((n, n)) / np.sqrt(n)


def dmd(n, random):
    """Eigenvalues of modulus 0.7 to 1 in complex pairs, coupled one way only."""
    a = np.triu(0.3 * gaussian(n, random), 1)
    for i in range(0, n - 1, 2):
        r, t = random.uniform(0.7, 1), random.uniform(0, 1.5)
        a[i:i + 2, i:i + 2] = r * np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])
    q = orthogonal(n, random)
    return q @ a @ q.T


def pairs(n, count, random):
    for _ in range(count):
        yield "Gaussian", gaussian(n, random), gaussian(n, random)
        yield "DMD-like", dmd(n, random), dmd(n, random)
        a, q = dmd(n, random), orthogonal(n, random)
        yield "conjugate", a, q @ a @ q.T
        a, q, noise = dmd(n, random), orthogonal(n, random), gaussian(n, random)
        yield "noisy", a, q @ a @ q.T + 0.1 * np.linalg.norm(a) * noise / np.linalg.norm(noise)


def objective(a, b, turn):
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    turn = np.linalg.svd(turn)
    turn = turn[0] @ turn[2]  # single precision leaves it a little off
    return 0.5 * np.linalg.norm(a - turn @ b @ turn.T) ** 2


def reference(a, b, arguments):
    import torch
    from DSA.simdist import SimilarityTransformDist

    torch.set_num_threads(1)
    torch.manual_seed(0)
    a, b = (torch.from_numpy(m / np.linalg.norm(m)).float() for m in (a, b))
    search = SimilarityTransformDist(iters=arguments.iterations, lr=arguments.rate, score_method="angular")
    start = time.perf_counter()
    angle = float(search.fit_score(a, b))
    seconds = time.perf_counter() - start
    return seconds, angle, np.asarray(search.C_star.detach() if hasattr(search.C_star, "detach") else search.C_star, float)


def measure(n, arguments, folder):
    cases = [case for case in pairs(n, arguments.pairs, np.random.default_rng([n, arguments.seed])) if case[0] in arguments.kinds]
    file, turn_file = folder / f"operators-{n}.f64", folder / "turn.f64"
    np.array([m for _, a, b in cases for m in (a, b)]).tofile(file)
    words = [str(PROGRAM), "pairs", str(file), str(n), str(turn_file)] + [str(count) for count in arguments.search]
    ours = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(index):
        ours.stdin.write(f"{index}\n")
        ours.stdin.flush()
        return [float(word) for word in ours.stdout.readline().split()]

    run(0)
    ratios, worse = [], 0
    print(f"\nn = {n}: objective (angle), seconds", flush=True)
    for index, (kind, a, b) in enumerate(cases):
        rounds = [run(index) for _ in range(arguments.rounds)]
        seconds = statistics.median(r[0] for r in rounds)
        _, _, angle, bound, converged = rounds[0]
        mine = objective(a, b, np.fromfile(turn_file).reshape(n, n))
        their_seconds, their_angle, turn = reference(a, b, arguments)
        theirs = min(objective(a, b, turn), objective(a, b, turn.T))
        ratios.append(their_seconds / seconds)
        worse += mine > theirs * (1 + 1e-9) + 1e-15
        print(f"  {kind:<10} Fieldbook {mine:.3e} ({angle:.4f}, at least {bound:.4f}{'' if converged else ', not converged'})"
              f" {seconds:8.4f} s   dsa-metric {theirs:.3e} ({their_angle:.4f}) {their_seconds:7.2f} s"
              f"   {ratios[-1]:6.0f}× as fast", flush=True)
    ours.stdin.close()
    print(f"  median ratio {statistics.median(ratios):.0f}×, least {min(ratios):.0f}×; objective higher than dsa-metric's in"
          f" {worse} of {len(cases)}", flush=True)
    return worse


def all_pairs(arguments, folder):
    random = np.random.default_rng(1)
    file = folder / "systems.f64"
    np.array([dmd(arguments.rank, random) for _ in range(arguments.systems)]).tofile(file)
    words = subprocess.run([str(PROGRAM), "all", str(file), str(arguments.rank)], capture_output=True, text=True, check=True)
    seconds, converged, count = words.stdout.split()
    print(f"\nall pairs of {arguments.systems} systems of rank {arguments.rank}: {float(seconds):.1f} s on {os.cpu_count()} processors;"
          f" {converged} of {count} entries converged")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="*", default=[10, 30, 50, 100])
    parser.add_argument("--pairs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--iterations", type=int, default=1500)
    parser.add_argument("--rate", type=float, default=5e-3)
    parser.add_argument("--systems", type=int, default=100)
    parser.add_argument("--rank", type=int, default=30)
    parser.add_argument("--search", type=int, nargs=2, default=[], metavar=("RANDOM", "DESCENTS"),
                        help="random starts and complete descents of Fieldbook's search, for more than the usual ones")
    parser.add_argument("--kinds", nargs="*", default=["Gaussian", "DMD-like", "conjugate", "noisy"])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        if arguments.systems > 1:
            all_pairs(arguments, folder)
        worse = sum(measure(n, arguments, folder) for n in arguments.sizes)
    sys.exit(1 if worse else 0)


if __name__ == "__main__":
    main()
