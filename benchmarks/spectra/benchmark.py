"""The ten largest singular values of a trained denoiser's Jacobian: from products alone beside the whole matrix.

    swift build -c release --package-path benchmarks/spectra
    python benchmarks/spectra/benchmark.py [--rounds 5] [--networks mlp unet] [--sizes 1024 3072] [--steps 400]

The denoisers (an MLP of 3 hidden layers; a U-Net over 32×32 images of one or three colours, two levels 32 and 64 wide) are trained on
Gaussian data of 40 directions of falling variance, at one noise level; a random network's flat spectrum would be no spectrum of a
denoiser. The U-Net's directions are smooth waves. Trained networks are kept in --cache. Routes, in double precision, taking
turns: Fieldbook's Lanczos process, Fieldbook's Jacobian and dense decomposition, and PyTorch's (jacrev, in chunks for the U-Net, and jacfwd for the
MLP) with torch.linalg.svdvals. Medians and ratios of medians are printed.
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


class Block(torch.nn.Module):
    """Two 3×3 convolutions with group norms, beside a way past them."""

    def __init__(self, before, after):
        super().__init__()
        self.norms = torch.nn.ModuleList([torch.nn.GroupNorm(8, before), torch.nn.GroupNorm(8, after)])
        self.layers = torch.nn.ModuleList(
            [torch.nn.Conv2d(before, after, 3, padding=1), torch.nn.Conv2d(after, after, 3, padding=1)])
        self.past = torch.nn.Conv2d(before, after, 1) if before != after else torch.nn.Identity()

    def forward(self, x):
        h = x
        for norm, layer in zip(self.norms, self.layers):
            h = layer(torch.nn.functional.silu(norm(h)))
        return h + self.past(x)


class UNet(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self.colours = size // 1024
        self.first = torch.nn.Conv2d(self.colours, 32, 3, padding=1)
        self.upper, self.lower, self.last = Block(32, 32), Block(32, 64), Block(96, 32)
        self.out = torch.nn.Conv2d(32, self.colours, 3, padding=1)

    def forward(self, x):
        upper = self.upper(self.first(x))
        lower = self.lower(torch.nn.functional.avg_pool2d(upper, 2))
        lower = torch.nn.functional.interpolate(lower, scale_factor=2.0, mode="nearest")
        return self.out(self.last(torch.cat([upper, lower], dim=1)))


def frame_of(kind, size):
    """40 orthonormal directions: any, or the lowest waves over 32×32 places, each with a colour of its own."""
    if kind == "mlp":
        return torch.linalg.qr(torch.randn(size, 40))[0]
    places = (torch.arange(32) + 0.5) * torch.pi / 32
    numbers = sorted(((i, j) for i in range(8) for j in range(8)), key=lambda n: (n[0] ** 2 + n[1] ** 2, n))[:40]
    waves = torch.stack([torch.outer(torch.cos(i * places), torch.cos(j * places)).flatten() for i, j in numbers])
    colours = torch.nn.functional.normalize(torch.randn(40, size // 1024), dim=1)
    images = colours[:, :, None] * torch.nn.functional.normalize(waves, dim=1)[:, None, :]
    return images.flatten(1).T


def trained(kind, size, arguments):
    """The network and a point, trained once and kept."""
    folder = pathlib.Path(arguments.cache)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{kind}-{size}-{arguments.width}-{arguments.steps}"
    torch.manual_seed(size)
    model, shape = (Denoiser(size, arguments.width), (size,)) if kind == "mlp" else (UNet(size), (size // 1024, 32, 32))
    factor = frame_of(kind, size) * (2.0 * 0.9 ** torch.arange(40))
    point = (torch.randn(1, 40) @ factor.T).reshape(1, *shape)
    if path.with_suffix(".pt").exists():
        model.load_state_dict(torch.load(path.with_suffix(".pt")))
    else:
        optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
        for step in range(arguments.steps):
            for group in optimiser.param_groups:
                group["lr"] = 1e-3 * (1 - step / arguments.steps)
            clean = (torch.randn(128 if kind == "mlp" else 32, 40) @ factor.T).reshape(-1, *shape)
            loss = (model(clean + SIGMA * torch.randn_like(clean)) - clean).square().flatten(1).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        print(f"trained {kind} at {size}: squared error {loss.item():.3f}", flush=True)
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


def measure(kind, size, arguments):
    model, point, path = trained(kind, size, arguments)
    words = [PROGRAM, path.with_suffix(".onnx"), path.with_suffix(".f64"), SIGMA, COUNT, arguments.tolerance]
    ours = subprocess.Popen([str(word) for word in words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run():
        ours.stdin.write("\n")
        ours.stdin.flush()
        return [float(word) for word in ours.stdout.readline().split()]

    single = lambda x: model(x[None])[0]
    chunk = None if kind == "mlp" else 64
    routes = {"torch jacrev": jacrev(single, chunk_size=chunk)}
    if kind == "mlp":
        routes["torch jacfwd"] = jacfwd(single)
    times = {name: [] for name in ["lanczos", "dense", *routes]}
    run()
    for _ in range(arguments.rounds):
        dense, free, products, converged, *values = run()
        times["dense"].append(dense)
        times["lanczos"].append(free)
        for name, route in routes.items():
            seconds, theirs = timed(lambda: torch.linalg.svdvals(route(point[0]).reshape(size, size)))
            times[name].append(seconds)
    ours.stdin.close()
    median = {name: statistics.median(values) for name, values in times.items()}
    print(f"\n{kind}, {size} inputs, top {COUNT} ({arguments.rounds} rounds; median seconds)")
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
    parser.add_argument("--networks", nargs="+", default=["mlp", "unet"])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1024, 3072])
    parser.add_argument("--width", type=int, default=1024)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--tolerance", type=float, default=1e-7)
    parser.add_argument("--cache", default="/tmp/fieldbook-spectra")
    arguments = parser.parse_args()
    torch.set_num_threads(os.cpu_count())
    print(f"PyTorch {torch.__version__}, {os.cpu_count()} processors")
    for kind in arguments.networks:
        for size in arguments.sizes:
            measure(kind, size, arguments)


if __name__ == "__main__":
    main()
