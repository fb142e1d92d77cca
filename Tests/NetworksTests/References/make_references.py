"""Reference outputs and Jacobians for the network tests, made with PyTorch.

For every shipped checkpoint, `<name>.safetensors` holds four inputs `x` with their noise levels, and the output and the
Jacobian d output / d x at each, computed in float64 from the float32 weights (`output`, `jacobian`) and in float32
(`output.float32`, `jacobian.float32`). Every input is exactly a float32 number.

For each tiny network below, `<name>.onnx` holds float64 weights, so that nothing was rounded to float32 on the way, and
`<name>.safetensors` the inputs, output and Jacobian in float64.

Run with the packages of checkpoints/recipes/requirements.txt: python make_references.py
"""

import sys
from pathlib import Path

import numpy as np
import onnx
import onnx.reference
import torch
from safetensors.torch import load_file, save
from torch import nn

HERE = Path(__file__).resolve().parent
CHECKPOINTS = HERE.parents[2] / "checkpoints"
sys.path.insert(0, str(CHECKPOINTS / "recipes"))

import digits  # noqa: E402
import linear  # noqa: E402
import sphere  # noqa: E402
from checkpoint_folder import export_onnx  # noqa: E402
from noising_process import NoisingProcess  # noqa: E402
from score_network import NORM_EPSILON  # noqa: E402

METADATA = {"made_with": f"PyTorch {torch.__version__.split('+')[0]}", "made_by": "make_references.py"}


class TanhNetwork(nn.Module):
    """Three linear layers with tanh between them."""

    sizes = {"x": 7}

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(7, 24), nn.Tanh(), nn.Linear(24, 24), nn.Tanh(), nn.Linear(24, 5))

    def forward(self, x):
        return self.layers(x)


class GeluNetwork(nn.Module):
    """GELU and LayerNorm, with a sinusoidal embedding of a second input added in."""

    sizes = {"x": 8, "t": None}

    def __init__(self):
        super().__init__()
        self.register_buffer("frequencies", torch.logspace(0, 2, 6, dtype=torch.float64))
        self.time = nn.Linear(12, 20)
        self.enter = nn.Linear(8, 20)
        self.norm = nn.LayerNorm(20, eps=NORM_EPSILON)
        self.inside = nn.Linear(20, 20)
        self.leave = nn.Linear(20, 8)

    def forward(self, x, t):
        angles = t[:, None] * self.frequencies
        h = self.enter(x) + self.time(torch.cat([torch.sin(angles), torch.cos(angles)], dim=1))
        h = h + nn.functional.gelu(self.inside(self.norm(h)))
        return self.leave(nn.functional.gelu(h, approximate="tanh"))


class SiluNetwork(nn.Module):
    """SiLU layers that read x beside the logarithm of sigma, and a residual connection."""

    sizes = {"x": 6, "sigma": None}

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(7, 16)
        self.second = nn.Linear(16, 16)
        self.leave = nn.Linear(16, 6)

    def forward(self, x, sigma):
        label = torch.log(sigma)[:, None] / 4
        h = nn.functional.silu(self.first(torch.cat([x, label], dim=1)))
        h = h + nn.functional.silu(self.second(h))
        return (x - self.leave(h)) / sigma[:, None]


class MixedNetwork(nn.Module):
    """Softplus, exp, pow, sqrt, split, slice, gather, softmax and reductions in one graph."""

    sizes = {"x": 9}

    def __init__(self):
        super().__init__()
        self.enter = nn.Linear(9, 18)
        self.leave = nn.Linear(15, 4)
        self.register_buffer("order", torch.tensor([5, 0, 3, 3]))

    def forward(self, x):
        a, b, c = torch.split(nn.functional.softplus(self.enter(x)), [6, 6, 6], dim=1)
        ratio = a.pow(1.5) / (1 + b.pow(2))
        weights = torch.softmax(c, dim=1)
        reduced = torch.stack([
            ratio.mean(dim=1),
            (weights * b).sum(dim=1),
            torch.linalg.vector_norm(c, dim=1),
            a.amax(dim=1),
            torch.logsumexp(b, dim=1),
        ], dim=1)
        picked = torch.index_select(torch.exp(-ratio), 1, self.order)
        strided = torch.sqrt(a * b)[:, 1::2]
        return self.leave(torch.cat([reduced, picked, strided, c[:, :-3]], dim=1))


def with_jacobian(network: nn.Module, inputs: dict[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """The output and d output / d x at each row of the inputs."""

    def output(x, *rest):
        return network(x[None], *(r[None] for r in rest))[0]

    return network(*inputs.values()), torch.func.vmap(torch.func.jacrev(output))(*inputs.values())


def write(name: str, tensors: dict[str, torch.Tensor]) -> None:
    contiguous = {key: tensor.detach().contiguous() for key, tensor in tensors.items()}
    (HERE / f"{name}.safetensors").write_bytes(save(contiguous, METADATA))


def write_checkpoint_reference(name: str, network: nn.Module, process: NoisingProcess, levels: list[float]) -> None:
    """Points of points.npy under noise, at one level each."""
    network.load_state_dict(load_file(CHECKPOINTS / name / "score.safetensors"))
    points = torch.from_numpy(np.load(CHECKPOINTS / name / "points.npy"))[: len(levels)]
    level = torch.tensor(levels)
    signal, noise = process.coefficients(level)
    inputs = {"x": signal[:, None] * points + noise[:, None] * torch.randn_like(points), process.level_name: level}
    single = dict(zip(("output.float32", "jacobian.float32"), with_jacobian(network, inputs), strict=True))
    inputs = {key: value.double() for key, value in inputs.items()}
    double = dict(zip(("output", "jacobian"), with_jacobian(network.double(), inputs), strict=True))
    write(name, inputs | single | double)


def write_tiny_reference(name: str, network: nn.Module) -> None:
    """The ONNX file and its reference, after a check that the file holds no float32 and computes the same."""
    network = network.double().eval()
    inputs = {
        key: 0.1 + torch.rand(4, dtype=torch.float64) if size is None else torch.randn(4, size, dtype=torch.float64)
        for key, size in network.sizes.items()
    }
    path = HERE / f"{name}.onnx"
    export_onnx(network, inputs, "output", path)
    output, jacobian = with_jacobian(network, inputs)
    model = onnx.load(path)
    assert not any(tensor.data_type == onnx.TensorProto.FLOAT for tensor in model.graph.initializer), name
    (found,) = onnx.reference.ReferenceEvaluator(model).run(None, {k: v.numpy() for k, v in inputs.items()})
    # ONNX's evaluator keeps the constants of Gelu in float32; without Gelu the two agree to 1e-15.
    np.testing.assert_allclose(found, output.detach().numpy(), rtol=1e-6, atol=1e-7)
    write(name, inputs | {"output": output, "jacobian": jacobian})


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    for name, model in linear.MODELS.items():
        write_checkpoint_reference(name, linear.build_network(name), model["process"], [0.01, 0.1, 0.5, 5.0])
    write_checkpoint_reference("digits", digits.build_network(), digits.PROCESS, [0.0, 20.0, 200.0, 800.0])
    write_checkpoint_reference("sphere", sphere.build_network(), sphere.PROCESS, [0.01, 0.1, 0.4, 0.9])
    write_tiny_reference("tiny-tanh", TanhNetwork())
    write_tiny_reference("tiny-gelu", GeluNetwork())
    write_tiny_reference("tiny-silu", SiluNetwork())
    write_tiny_reference("tiny-mixed", MixedNetwork())


if __name__ == "__main__":
    main()
