"""Jacobians of score MLPs (3 hidden layers) at 64 points and their singular values: Fieldbook beside PyTorch.

    swift build -c release --package-path benchmarks/jacobian
    python benchmarks/jacobian/benchmark.py [--rounds 5] [--sizes 64 256 784] [--width 1024] [--no-vmap]

Rounds of all routes take turns, so that a busy machine slows them alike; medians are printed, and the ratio of the
medians. Both use all processors (PyTorch by its own threads) and single precision. PyTorch's routes: torch.func.vmap over
jacrev and jacfwd, a loop over points of jacrev, and a chain of matrix products written by hand for this architecture.
The rate of sgemm is measured in the same rounds, each processor with its own products on one thread of OpenBLAS.
"""
import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import tempfile
import time
import warnings

import numpy as np
import torch
from torch.func import jacfwd, jacrev, vmap

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = HERE / ".build/release/JacobianBenchmark"
POINTS = 64


class Score(torch.nn.Module):
    def __init__(self, size, width, layers=3):
        super().__init__()
        sizes = [size + 64] + [width] * layers
        self.hidden = torch.nn.ModuleList(torch.nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.last = torch.nn.Linear(width, size)
        self.register_buffer("frequencies", torch.exp(torch.linspace(0, 5, 32)))

    def embed(self, x, t):
        angles = t[:, None] * self.frequencies
        return torch.cat([x, torch.sin(angles), torch.cos(angles)], 1)

    def forward(self, x, t):
        h = self.embed(x, t)
        for layer in self.hidden:
            h = torch.nn.functional.silu(layer(h))
        return self.last(h)


def by_hand(model, x, t):
    """Forward mode as one matrix product per layer over all points."""
    h = model.embed(x, t)
    size = x.shape[1]
    jacobian = None
    for layer in model.hidden:
        a = layer(h)
        s = torch.sigmoid(a)
        slope = s * (1 + a * (1 - s))
        h = a * s
        if jacobian is None:
            jacobian = layer.weight[:, :size].T[None] * slope[:, None, :]
        else:
            jacobian = (jacobian @ layer.weight.T) * slope[:, None, :]
    return (jacobian @ model.last.weight.T).transpose(1, 2)


def routes(model, x, t, with_vmap):
    def single(point, level):
        return model(point[None], level[None])[0]

    found = {
        "loop jacrev": lambda: torch.stack([jacrev(single)(x[i], t[i]) for i in range(len(x))]),
        "by hand": lambda: by_hand(model, x, t),
    }
    if with_vmap:
        found["vmap jacrev"] = lambda: vmap(jacrev(single))(x, t)
        found["vmap jacfwd"] = lambda: vmap(jacfwd(single))(x, t)
    return found


class Rounds:
    """A program that runs one round for each line it is sent."""

    def __init__(self, *words):
        self.process = subprocess.Popen([PROGRAM, *map(str, words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return [float(word) for word in self.process.stdout.readline().split()]

    def peak(self):
        self.process.stdin.close()
        return int(self.process.stdout.readline()) / 1024


def timed(body):
    start = time.perf_counter()
    result = body()
    return time.perf_counter() - start, result


def measure(size, arguments, folder):
    torch.manual_seed(size)
    model = Score(size, arguments.width).eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    x, t = torch.randn(POINTS, size), torch.full((POINTS,), 0.1)
    path = folder / f"score{size}.onnx"
    torch.onnx.export(model, (x[:2], t[:2]), str(path), input_names=["x", "t"], output_names=["score"],
                      dynamic_axes={"x": {0: "batch"}, "t": {0: "batch"}, "score": {0: "batch"}}, dynamo=False, opset_version=17)
    x.numpy().tofile(folder / "points.f32")
    ours = Rounds("jacobian", path, folder / "points.f32", folder / "jacobian.f32")
    products = Rounds("sgemm", arguments.width)
    theirs = routes(model, x, t, not arguments.no_vmap)
    times = {name: [] for name in [*theirs, "svdvals", "fieldbook", "fieldbook svd", "sgemm"]}
    ours.run(), products.run()
    for _ in range(arguments.rounds):
        rate, = products.run()
        times["sgemm"].append(rate)
        jacobian_time, singular_time = ours.run()
        times["fieldbook"].append(jacobian_time)
        times["fieldbook svd"].append(singular_time)
        for name, route in theirs.items():
            seconds, jacobian = timed(route)
            times[name].append(seconds)
        times["svdvals"].append(timed(lambda: torch.linalg.svdvals(jacobian))[0])
    found = torch.from_numpy(np.fromfile(folder / "jacobian.f32", dtype=np.float32)).reshape(POINTS, size, size)
    error = ((found - jacobian).abs().max() / jacobian.abs().max()).item()
    median = {name: statistics.median(values) for name, values in times.items()}
    best = min(theirs, key=lambda name: median[name])
    width = arguments.width
    operations = POINTS * 2 * size * (2 * width * width + width * size)
    rate = operations / median["fieldbook"]
    total = median["fieldbook"] + median["fieldbook svd"]
    print(f"\n{size} inputs, width {width}, {POINTS} points ({arguments.rounds} rounds; median seconds)")
    for name in [*theirs, "svdvals", "fieldbook", "fieldbook svd"]:
        print(f"  {name:<14} {median[name]:8.3f}   ({min(times[name]):.3f} … {max(times[name]):.3f})")
    print(f"  Jacobian: {median[best] / median['fieldbook']:.2f}× as fast as PyTorch's best route ({best})")
    print(f"  Jacobian and singular values: {(median[best] + median['svdvals']) / total:.2f}× as fast as the best route")
    for name in theirs:
        if name.startswith("vmap"):
            print(f"  Jacobian and singular values: {(median[name] + median['svdvals']) / total:.2f}× as fast as {name}")
    print(f"  rate {rate / 1e9:.0f} GFLOP/s: {100 * rate / median['sgemm']:.0f} % of sgemm's {median['sgemm'] / 1e9:.0f}"
          f" (largest of the rounds {max(times['sgemm']) / 1e9:.0f})")
    print(f"  largest difference {error:.1e} of the largest entry; peak memory {ours.peak():.0f} MB")
    products.peak()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sizes", type=int, nargs="+", default=[64, 256, 784])
    parser.add_argument("--width", type=int, default=1024)
    parser.add_argument("--no-vmap", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(os.cpu_count())
    print(f"PyTorch {torch.__version__}, {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory() as folder:
        for size in arguments.sizes:
            measure(size, arguments, pathlib.Path(folder))
    print(f"\nPyTorch's own peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
