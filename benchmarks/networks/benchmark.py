"""Whole networks beside their peers: evaluation against ONNX Runtime, the exact Jacobian of a U-Net against PyTorch.

    swift build -c release --package-path benchmarks/networks
    python benchmarks/networks/benchmark.py [--rounds 7] [--only NAME …] [--no-jacobian]

The U-Net is the gallery's own (checkpoints/bumps); the other models are made here with random weights. Both sides have
two threads. Rounds take turns, so that a busy machine slows both alike; medians are printed, and their ratio. Evaluation
is in single, the Jacobian (1024 inputs) in double precision, against the faster of jacrev at several chunk sizes and jacfwd.
"""
import argparse
import pathlib
import statistics
import subprocess
import tempfile
import time
import warnings

import numpy as np
import onnxruntime
import torch
from torch import nn
from torch.func import jacfwd, jacrev

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = HERE / ".build/release/NetworksBenchmark"
CHECKPOINTS = HERE.parent.parent / "checkpoints"
THREADS = 2
# Idle threads of the peers go on spinning for a while and would take a processor from whoever comes next.
PAUSE = 0.05


class ConvolutionalDenoiser(nn.Module):
    """Eight 3x3 convolutions, 48 wide, over a grey image of 32x32."""

    def __init__(self):
        super().__init__()
        widths = [1] + [48] * 7 + [1]
        self.layers = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in zip(widths, widths[1:]))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = nn.functional.relu(layer(x))
        return self.layers[-1](x)


class ScoreMLP(nn.Module):
    """784 numbers through three hidden layers of 1024."""

    def __init__(self, size=784, width=1024):
        super().__init__()
        sizes = [size] + [width] * 3
        self.hidden = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.last = nn.Linear(width, size)

    def forward(self, x):
        for layer in self.hidden:
            x = nn.functional.silu(layer(x))
        return self.last(x)


class CausalTransformer(nn.Module):
    """Four blocks, 128 wide, 4 heads, over 64 places."""

    def __init__(self, places=64, width=128, heads=4, depth=4):
        super().__init__()
        self.heads = heads
        self.position = nn.Parameter(torch.randn(places, width) * 0.1)
        self.register_buffer("mask", torch.full((places, places), float("-inf")).triu(1))
        self.blocks = nn.ModuleList(
            nn.ModuleDict({
                "before": nn.LayerNorm(width), "read": nn.Linear(width, 3 * width), "write": nn.Linear(width, width),
                "between": nn.LayerNorm(width), "up": nn.Linear(width, 4 * width), "down": nn.Linear(4 * width, width),
            }) for _ in range(depth))

    def forward(self, x):
        x = x + self.position
        for block in self.blocks:
            parts = block["read"](block["before"](x)).chunk(3, dim=-1)
            query, key, value = (p.unflatten(2, (self.heads, -1)).transpose(1, 2) for p in parts)
            scores = query @ key.transpose(2, 3) / query.shape[-1] ** 0.5 + self.mask
            x = x + block["write"]((scores.softmax(-1) @ value).transpose(1, 2).flatten(2))
            x = x + block["down"](nn.functional.gelu(block["up"](block["between"](x))))
        return x


class Rounds:
    """The program, which runs one round for each line it is sent."""

    def __init__(self, *words):
        self.process = subprocess.Popen([PROGRAM, *map(str, words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, line=""):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def timed(body):
    start = time.perf_counter()
    body()
    return time.perf_counter() - start


def turn(once, count=1):
    """The median of some runs in a row, after the others' threads have gone to sleep."""
    time.sleep(PAUSE)
    return statistics.median(once() for _ in range(count))


def export(model, shape, path):
    torch.onnx.export(model, (torch.randn(2, *shape),), str(path), input_names=["x"], output_names=["y"],
                      dynamic_axes={"x": {0: "batch"}, "y": {0: "batch"}}, dynamo=False, opset_version=17)
    return path


def inputs_of(session, batch, folder):
    generator = np.random.default_rng(7)
    given = {}
    for index, port in enumerate(session.get_inputs()):
        shape = [batch, *port.shape[1:]]
        # A noise level is a step of the process.
        given[port.name] = (np.full(shape, 300.0) if len(shape) == 1 else generator.standard_normal(shape)).astype(np.float32)
        given[port.name].tofile(folder / str(index))
    return given


def forward(name, path, batch, rounds, folder):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    given = inputs_of(session, batch, folder)
    ours = Rounds("forward", path, folder, batch)
    ours.run("write")
    expected = session.run(None, given)[0]
    found = np.fromfile(folder / "result", dtype=np.float32).reshape(expected.shape)
    error = np.abs(found - expected).max() / np.abs(expected).max()
    mine, theirs = [], []
    # Of a single sample several in a row, as a sampler asks for them: the first wakes up threads and caches.
    count = 5 if batch > 1 else 40
    for _ in range(rounds):
        mine.append(turn(ours.run, count))
        theirs.append(turn(lambda: timed(lambda: session.run(None, given)), count))
    ours.end()
    a, b = statistics.median(mine), statistics.median(theirs)
    print(f"  {name:<22} batch {batch:<3} {1e3 * a:9.2f} ms   ONNX Runtime {1e3 * b:9.2f} ms   {a / b:5.2f}× its time"
          f"   (difference {error:.0e})", flush=True)


def jacobian(path, rounds, folder):
    model = torch.export.load(str(path.with_suffix(".pt2"))).module().double()
    generator = torch.Generator().manual_seed(7)
    x = torch.randn(1, 1, 32, 32, generator=generator).numpy()
    t, c = np.full(1, 300, np.float32), np.array([[0.25, -0.5]], np.float32)
    for index, array in enumerate([x, t, c]):
        array.tofile(folder / str(index))
    ours = Rounds("jacobian", path, folder, 1)
    ours.run("write")
    told = [torch.from_numpy(a).double() for a in (t, c)]
    point = torch.from_numpy(x).double()

    def function(image):
        return model(image, *told)

    routes = {
        f"jacrev, {chunk} at a time": lambda chunk=chunk: jacrev(function, chunk_size=chunk)(point) for chunk in (16, 64, 256, 1024)
    }
    routes["jacfwd"] = lambda: jacfwd(function)(point)
    times = {key: [] for key in ["fieldbook", *routes]}
    found = np.fromfile(folder / "result").reshape(1024, 1024)
    for route in routes.values():
        expected = route().detach().numpy().reshape(1024, 1024)
    for _ in range(rounds):
        times["fieldbook"].append(turn(ours.run))
        for key, route in routes.items():
            times[key].append(turn(lambda: timed(route)))
    ours.end()
    medians = {key: statistics.median(values) for key, values in times.items()}
    for key, value in medians.items():
        print(f"  {key:<24} {value:8.3f} s")
    best = min(routes, key=lambda key: medians[key])
    print(f"  {medians[best] / medians['fieldbook']:.2f}× as fast as PyTorch's best ({best});"
          f" difference {np.abs(found - expected).max() / np.abs(expected).max():.0e}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", nargs="+")
    parser.add_argument("--no-jacobian", action="store_true")
    arguments = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(THREADS)
    name = next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
    print(f"{name}; ONNX Runtime {onnxruntime.__version__}, PyTorch {torch.__version__}; {THREADS} threads each")
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        unet = CHECKPOINTS / "bumps/step-8192.onnx"
        models = {"U-Net": lambda: unet}
        for key, make, shape in [
            ("convolutional denoiser", ConvolutionalDenoiser, (1, 32, 32)), ("score MLP", ScoreMLP, (784,)),
            ("causal transformer", CausalTransformer, (64, 128)),
        ]:
            models[key] = lambda key=key, make=make, shape=shape: export(make().eval(), shape, folder / f"{key}.onnx")
        print("Evaluation, float32:")
        for key, path in models.items():
            if arguments.only and key not in arguments.only:
                continue
            made = path()
            for batch in (1, 64):
                forward(key, made, batch, arguments.rounds, folder)
        if not arguments.no_jacobian:
            print("Exact Jacobian of the U-Net, 1024 by 1024, float64:")
            jacobian(unet, max(3, arguments.rounds // 2), folder)


if __name__ == "__main__":
    main()
