"""The ten largest singular values of a trained denoiser's Jacobian: from products alone beside the whole matrix.

    swift build -c release --package-path benchmarks/spectra
    python benchmarks/spectra/benchmark.py [--rounds 5] [--sizes 1024 3072] [--width 1024] [--steps 400]

The denoiser (3 hidden layers beside a linear way past them) is trained on Gaussian data of 40 directions of falling variance, at
one noise level; a random network's flat spectrum would be no spectrum of a denoiser. Trained networks are kept in --cache. Routes,
in double precision, taking turns: Fieldbook's Lanczos process, Fieldbook's Jacobian and dense decomposition, and PyTorch's
(vmap of jacfwd, and of jacrev) with torch.linalg.svdvals. Medians and ratios of medians are printed.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import time
import warnings

import torch
from torch.func import jacfwd, jacrev

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = HERE / ".build/release/SpectraBenchmark"
SIGMA, COUNT = 0.3, 10


class Denoiser(torch.nn.Module):
    def __init__(self, size, width):
        super().__init__()
        sizes = [size] + [width] * 3
        self.hidden = torch.nn.ModuleList(torch.nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.last = torch.nn.Linear(width, size)

    def forward(self, x):
        h = x
        for layer in self.hidden:
            h = torch.nn.functional.silu(layer(h))
        return self.last(h)


def trained(size, arguments):
    """The network and a point, trained once and kept."""
    folder = pathlib.Path(arguments.cache)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"denoiser-{size}-{arguments.width}-{arguments.steps}"
    torch.manual_seed(size)
    model = Denoiser(size, arguments.width)
    frame, _ = torch.linalg.qr(torch.randn(size, 40))
    factor = frame * (2.0 * 0.9 ** torch.arange(40))
    point = torch.randn(1, 40) @ factor.T
    if path.with_suffix(".pt").exists():
        model.load_state_dict(torch.load(path.with_suffix(".pt")))
    else:
        optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
        for step in range(arguments.steps):
            for group in optimiser.param_groups:
                group["lr"] = 1e-3 * (1 - step / arguments.steps)
            clean = torch.randn(128, 40) @ factor.T
            loss = (model(clean + SIGMA * torch.randn_like(clean)) - clean).square().sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        print(f"trained at {size}: squared error {loss.item():.3f}", flush=True)
        torch.save(model.state_dict(), path.with_suffix(".pt"))
    model.eval().requires_grad_(False)
    torch.onnx.export(model, (point,), str(path.with_suffix(".onnx")), input_names=["x"], output_names=["denoised"],
                      dynamic_axes={"x": {0: "batch"}, "denoised": {0: "batch"}}, dynamo=False, opset_version=17)
    model, point = model.double(), point.double()
    point.numpy().tofile(path.with_suffix(".f64"))
    return model, point, path


def timed(body):
    start = time.perf_counter()
    result = body()
    return time.perf_counter() - start, result


def measure(size, arguments):
    model, point, path = trained(size, arguments)
    words = [PROGRAM, path.with_suffix(".onnx"), path.with_suffix(".f64"), SIGMA, COUNT, arguments.tolerance]
    ours = subprocess.Popen([str(word) for word in words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run():
        ours.stdin.write("\n")
        ours.stdin.flush()
        return [float(word) for word in ours.stdout.readline().split()]

    single = lambda x: model(x[None])[0]
    routes = {"torch jacfwd": jacfwd(single), "torch jacrev": jacrev(single)}
    times = {name: [] for name in ["lanczos", "dense", *routes]}
    run()
    for _ in range(arguments.rounds):
        dense, free, products, converged, *values = run()
        times["dense"].append(dense)
        times["lanczos"].append(free)
        for name, route in routes.items():
            seconds, theirs = timed(lambda: torch.linalg.svdvals(route(point[0])))
            times[name].append(seconds)
    ours.stdin.close()
    median = {name: statistics.median(values) for name, values in times.items()}
    print(f"\n{size} inputs, width {arguments.width}, top {COUNT} ({arguments.rounds} rounds; median seconds)")
    for name, value in median.items():
        print(f"  {name:<13} {value:8.4f}   ({min(times[name]):.4f} … {max(times[name]):.4f})")
    whole, found = values[:COUNT], values[COUNT:]
    for name in ["dense", *routes]:
        print(f"  lanczos is {median[name] / median['lanczos']:.1f}× as fast as {name}")
    print(f"  {int(products)} products, {'converged' if converged else 'not converged'}; values {found[0]:.4f} … {found[-1]:.4f}")
    print(f"  largest difference: {max(abs(a - b) for a, b in zip(whole, found)):.1e} from our dense route,"
          f" {max(abs(a - b) for a, b in zip(theirs.tolist(), found)):.1e} from PyTorch's")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1024, 3072])
    parser.add_argument("--width", type=int, default=1024)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--tolerance", type=float, default=1e-7)
    parser.add_argument("--cache", default="/tmp/fieldbook-spectra")
    arguments = parser.parse_args()
    torch.set_num_threads(os.cpu_count())
    print(f"PyTorch {torch.__version__}, {os.cpu_count()} processors")
    for size in arguments.sizes:
        measure(size, arguments)


if __name__ == "__main__":
    main()
