"""Dynamic mode decomposition of a matrix of 200 units and 2000 samples, variant by variant, against PyDMD, and subspace identification
against dsa-metric.

    swift build -c release --package-path benchmarks/dmd
    python benchmarks/dmd/benchmark.py [--rounds 5] [--units 200] [--samples 2000] [--rank 16] [--slow]

Needs PyDMD, and dsa-metric for the last row. The recording is a sum of damped oscillations, half as many as the rank, under noise; for
the fits with control random inputs drive them. Both sides take turns; medians,
their ratio, and how far each side's eigenvalues are from the true ones at most are printed. --slow adds what PyDMD needs seconds for.
"""
import argparse
import importlib.metadata
import os
import pathlib
import statistics
import subprocess
import tempfile
import time
import warnings

import numpy
from pydmd import BOPDMD, DMD, DMDc, FbDMD, HAVOK, HODMD, HankelDMD, VarProDMD

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = HERE / ".build/release/DynamicsBenchmark"


def recorded(arguments):
    """Samples, units × time, and the eigenvalues of a step."""
    random = numpy.random.default_rng(0)
    pairs = arguments.rank // 2
    angles = numpy.linspace(0.1, 1.3, pairs)
    values = numpy.exp(-random.uniform(0, 0.001, pairs) + 1j * angles)
    time_courses = values[:, None] ** numpy.arange(arguments.samples)
    shapes = random.normal(size=(arguments.units, pairs)) + 1j * random.normal(size=(arguments.units, pairs))
    clean = (shapes @ time_courses).real
    return clean + arguments.noise * random.normal(size=clean.shape), numpy.concatenate([values, values.conj()])


def driven(arguments):
    """Samples that inputs drive, units × time, the inputs, inputs × time, and the eigenvalues of a step."""
    random = numpy.random.default_rng(1)
    pairs = arguments.rank // 2
    values = random.uniform(0.8, 0.98, pairs) * numpy.exp(1j * numpy.linspace(0.1, 1.3, pairs))
    inputs = random.normal(size=(arguments.inputs, arguments.samples))
    weights = random.normal(size=(pairs, arguments.inputs)) + 1j * random.normal(size=(pairs, arguments.inputs))
    states = numpy.zeros((pairs, arguments.samples), complex)
    for step in range(1, arguments.samples):
        states[:, step] = values * states[:, step - 1] + weights @ inputs[:, step - 1]
    shapes = random.normal(size=(arguments.units, pairs)) + 1j * random.normal(size=(arguments.units, pairs))
    clean = (shapes @ states).real
    samples = clean + arguments.noise * random.normal(size=clean.shape)
    return samples, inputs, numpy.concatenate([values, values.conj()])


def subspaces(arguments, samples, inputs):
    from DSA.subspace_dmdc import SubspaceDMDc

    model = SubspaceDMDc(
        samples.T, inputs.T, n_delays=arguments.windows, rank=arguments.rank, backend=arguments.backend)
    model.fit()
    return model


def peers(arguments, steps, inputs):
    """By variant, what fits and how to read its eigenvalues."""
    rank, delays = arguments.rank, arguments.delays
    step = lambda model: model.eigs
    rates = lambda model: numpy.exp(model.eigs)
    fast = {
        "exact": (lambda x: DMD(svd_rank=rank, exact=True).fit(x), step),
        "projected": (lambda x: DMD(svd_rank=rank).fit(x), step),
        "forward-backward": (lambda x: FbDMD(svd_rank=rank, exact=True).fit(x), step),
        "total-least-squares": (lambda x: DMD(svd_rank=rank, tlsq_rank=rank, exact=True).fit(x), step),
        "higher-order": (lambda x: HODMD(svd_rank=rank, svd_rank_extra=rank, d=delays, exact=True).fit(x), step),
        "optimized": (lambda x: BOPDMD(svd_rank=rank, use_proj=True).fit(x, steps), rates),
        "controlled": (
            lambda x: DMDc(svd_rank=rank, svd_rank_omega=rank + arguments.inputs).fit(x, inputs[:, :-1]), step),
        "subspace": (
            lambda x: subspaces(arguments, x, inputs), lambda model: numpy.linalg.eigvals(numpy.asarray(model.A_v))),
    }
    slow = {
        "hankel": (lambda x: HankelDMD(svd_rank=rank, d=delays, exact=True).fit(x), step),
        "havok": (lambda x: HAVOK(svd_rank=rank, delays=delays).fit(x, steps), None),
        "bagged": (lambda x: BOPDMD(svd_rank=rank, use_proj=True, num_trials=arguments.bags, trial_size=0.6).fit(x, steps), rates),
        "unprojected": (lambda x: BOPDMD(svd_rank=rank, use_proj=False).fit(x, steps), rates),
        "unprojected VarPro": (lambda x: VarProDMD(svd_rank=rank).fit(x, steps), rates),
    }
    return {**fast, **slow} if arguments.slow else fast


def distance(found, truth):
    """How far the true values are from the nearest found ones, at most."""
    return max(min(abs(value - other) for other in found) for value in truth) if len(found) else float("nan")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--units", type=int, default=200)
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--delays", type=int, default=10)
    parser.add_argument("--inputs", type=int, default=2)
    parser.add_argument("--windows", type=int, default=2, help="samples of past, and of future, of subspaces")
    parser.add_argument("--backend", default="n4sid", help="dsa-metric's: n4sid or custom")
    parser.add_argument("--bags", type=int, default=20)
    parser.add_argument("--noise", type=float, default=0.1)
    parser.add_argument("--slow", action="store_true")
    parser.add_argument("--variants", nargs="+", help="only these")
    arguments = parser.parse_args()
    samples, truth = recorded(arguments)
    moved, inputs, moved_truth = driven(arguments)
    steps = numpy.arange(arguments.samples, dtype=float)
    print(f"PyDMD {importlib.metadata.version('pydmd')}, NumPy {numpy.__version__}, {os.cpu_count()} processors;"
          f" {arguments.units} units × {arguments.samples} samples, rank {arguments.rank}; {arguments.rounds} rounds; median seconds")
    print(f"{'variant':<22} {'Fieldbook':>10} {'peer':>10} {'ratio':>7}   furthest eigenvalue: ours, theirs")
    with tempfile.TemporaryDirectory() as folder:
        for name, numbers in (("samples", samples), ("driven", moved), ("inputs", inputs)):
            numpy.ascontiguousarray(numbers.T).tofile(pathlib.Path(folder) / f"{name}.f64")
        words = [PROGRAM, folder, arguments.units, arguments.inputs, arguments.rank, arguments.delays,
                 arguments.windows, arguments.bags]
        ours = subprocess.Popen([str(word) for word in words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

        def run(variant):
            ours.stdin.write(variant.split()[0] + "\n")
            ours.stdin.flush()
            seconds, *numbers = [float(word) for word in ours.stdout.readline().split()]
            return seconds, numpy.array(numbers[::2]) + 1j * numpy.array(numbers[1::2])

        for variant, (fit, eigenvalues) in peers(arguments, steps, inputs).items():
            if arguments.variants and variant not in arguments.variants:
                continue
            is_driven = variant in ("controlled", "subspace")
            data, known = (moved, moved_truth) if is_driven else (samples, truth)
            times = ([], [])
            run(variant)
            for _ in range(arguments.rounds):
                seconds, mine = run(variant)
                times[0].append(seconds)
                start = time.perf_counter()
                model = fit(data)
                times[1].append(time.perf_counter() - start)
            theirs = eigenvalues(model) if eigenvalues else []
            here, there = statistics.median(times[0]), statistics.median(times[1])
            ends = "" if eigenvalues is None else f"{distance(mine, known):.1e}, {distance(theirs, known):.1e}"
            print(f"{variant:<22} {here:10.4f} {there:10.4f} {there / here:6.1f}×   {ends}", flush=True)
        ours.stdin.close()


if __name__ == "__main__":
    main()
