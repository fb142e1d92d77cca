"""Exports functions of PyTorch one by one, with their values and tangents in double precision.

    python make_functions.py

Writes `functions/NAME.pt2` for each function of an array of 2 × 4 × 6 numbers, and `functions/functions.safetensors` with
the input and one tangent, and for each function its value and the tangent's product with its Jacobian.
"""

import pathlib
import warnings

import safetensors.torch
import torch
from torch.nn import functional as F

from make_architectures import save_program

FOLDER = pathlib.Path(__file__).parent / "functions"
C = torch.complex
INDEX = torch.tensor([2, 0, 3, 0])
PAIR = torch.tensor([[1, 0], [3, 2]])
MASK = torch.tensor([True, False, True, True, False, True])


def z(x):
    return C(x[:, :2], x[:, 2:])


FUNCTIONS = {
    "add-alpha": lambda x: torch.add(x, x[:, :1], alpha=3) - torch.sub(2, x, alpha=0.5),
    "rsub": lambda x: torch.rsub(x, 3.0, alpha=2.0),
    "addcmul": lambda x: torch.addcmul(x, x, x, value=0.3) + torch.addcdiv(x, x, x * x + 1, value=2),
    "lerp": lambda x: torch.lerp(x, x * x, 0.3),
    "floor-division": lambda x: x - torch.div(x, 0.7, rounding_mode="floor") + torch.div(x, 0.7, rounding_mode="trunc"),
    "remainder": lambda x: torch.remainder(x, 0.7) + torch.fmod(x, 0.3),
    "power": lambda x: x**2 + x**3 + (x * x + 1) ** -1.5 + 2.0**x,
    "extremes": lambda x: torch.maximum(x, x.flip(0)) + torch.minimum(x, x.roll(1, 2)),
    "clamp": lambda x: x.clamp(-0.5, 0.6) + x.clamp(min=0.1) + x.clamp_max(0.2) + x.clamp(torch.tensor(-0.25), torch.tensor(1.0)),
    "hardtanh": lambda x: F.hardtanh(x) + F.relu6(4 * x) + F.hardswish(x),
    # PyTorch rounds a constant to single precision in the derivatives of these two.
    "celu": lambda x: F.celu(x, 1.3),
    "hardsigmoid": lambda x: F.hardsigmoid(x),
    "activations": lambda x: F.silu(x) + F.mish(x) + F.elu(x, 0.7) + F.selu(x) + F.softsign(x),
    "gelu": lambda x: F.gelu(x) + F.gelu(x, approximate="tanh") + F.leaky_relu(x, 0.2),
    "softplus": lambda x: F.softplus(20 * x) + F.softplus(x, 2.0, 1.5) + F.logsigmoid(x),
    "glu": lambda x: F.glu(x, 1),
    "trigonometry": lambda x: x.sin() + x.cos() + x.tan() + x.atan() + x.sinh() + x.cosh() + x.tanh() + (x / 9).asin(),
    "logarithms": lambda x: (x * x + 1).log() + (x * x + 1).log2() + (x * x + 1).log10() + (x * x).log1p() + x.expm1() + x.exp2(),
    "roots": lambda x: (x * x + 1).sqrt() + (x * x + 1).rsqrt() + (x * x + 1).reciprocal() + x.abs() + x.erf(),
    "rounding": lambda x: x * x.floor() + x * x.ceil() + x * x.round() + x * x.trunc() + x * x.sign(),
    "softmax": lambda x: x.softmax(1) + x.log_softmax(-1),
    "comparisons": lambda x: x * (x > 0) + x * (x <= 0.3) + x * (x == x) + x * (x != 0.5) + x * ((x > 0) & (x < 1)) + x * ~(x > 0),
    "where": lambda x: torch.where(x > 0, x, x * x) + torch.where(x > 0, 1.0, x),
    "masked-fill": lambda x: x.masked_fill(x > 0.5, 2.0).masked_fill(x < -0.5, torch.tensor(1.0)),
    "triangles": lambda x: x.tril() + x.triu(1) + x.tril(-2),
    "views": lambda x: x.view(2, -1).unflatten(1, (3, 8)).flatten(1).reshape(4, 12),
    "orders": lambda x: x.permute(2, 0, 1).transpose(0, 1).movedim(0, 2).mT + x[0].t().unsqueeze(2)[:, :1],
    "squeeze": lambda x: x[:, :1].squeeze(1) + x.unsqueeze(-1).squeeze()[:, 0],
    "expand": lambda x: x[:, :1].expand(-1, 3, -1) + x[:, :1].expand_as(x)[:, :3] + x[:, :1].repeat(1, 3, 1) + x[0].repeat(2, 1, 1)[:, :3],
    "cat-stack": lambda x: torch.cat([x, torch.stack([x[:, 0], x[:, 1]], 1)], 1),
    "parts": lambda x: x.split(3, 2)[1] * x.chunk(2, 2)[0] + x.split([1, 2, 3], 2)[2] + torch.stack(x.unbind(1), 1)[..., :3],
    "slices": lambda x: x[:, 1:-1, ::2] + x.narrow(1, 0, 2)[:, :, 1::2] + x.select(1, -1)[:, None, :3],
    "slice-scatter": lambda x: torch.slice_scatter(x, x[:, :2] * 2, 1, 1, 3) + torch.select_scatter(x, x[:, 0] * 3, 1, 2),
    "index": lambda x: x[:, INDEX] + x.index_select(1, INDEX),
    "index-pairs": lambda x: x[:, PAIR, PAIR + 1] + x[:, PAIR, [0, 5]],
    "index-apart": lambda x: x[INDEX % 2, :, INDEX] + x[INDEX % 2, INDEX][:, :4],
    "gather": lambda x: x.gather(2, (INDEX % 3).expand(2, 4, 4)),
    "scatter": lambda x: x.scatter(1, INDEX[None, :2, None].expand(2, 2, 6), x[:, :2] * 2),
    "embedding": lambda x: F.embedding(INDEX, x[0]) + x[1],
    "pad": lambda x: F.pad(x, (1, 2), value=0.5)[..., 1:7] + F.pad(x, (2, 0), mode="reflect")[..., :6],
    "generators": lambda x: x * torch.arange(6) + torch.ones_like(x) * torch.full((6,), 0.3) + x.new_zeros(6) + torch.linspace(0, 1, 6) + torch.arange(1.0, 4.0, 0.5),
    "reductions": lambda x: x.sum(1) + x.mean((1,)) + x.amax(1) - x.amin(1) + x.logsumexp(1) + x.prod(1),
    "reductions-all": lambda x: x.sum() + x.mean() + x.max() + x.min() + x.norm() + x.sum((0, 2)),
    "spread": lambda x: x.var(1) + x.std(1) + x.var(1, unbiased=False) + torch.var_mean(x, 1)[1],
    "norms": lambda x: x.norm(dim=-1) + torch.linalg.vector_norm(x, 1, dim=-1) + F.normalize(x, dim=2)[..., 0],
    "cumulative": lambda x: x.cumsum(1) + x.cumprod(2),
    "diff": lambda x: x.diff(dim=2) + x.diff(dim=1, prepend=x[:, :1])[..., 1:],
    "any-all": lambda x: x * (x > 1).any(1, keepdim=True) + x * (x > -3).all(2, keepdim=True),
    "products": lambda x: x @ x.mT + torch.bmm(x, x.mT) + torch.baddbmm(x[..., :4], x, x.mT, beta=0.5, alpha=2.0),
    "vectors": lambda x: torch.mv(x[0], x[1, 0]) + torch.dot(x[0, 0], x[1, 1]) + torch.outer(x[0, 0], x[1, 1])[0, 0],
    "addmm": lambda x: torch.addmm(x[0], x[1][:, :4], x[0], beta=0.5) + F.linear(x[0], x[1, 0].expand(6, 6)),
    "einsum": lambda x: torch.einsum("b i k, b j k -> b i j", x, x * x),
    "attention": lambda x: F.scaled_dot_product_attention(x, x * x, x, scale=0.3) + F.scaled_dot_product_attention(x, x, x, attn_mask=torch.ones(4, 4).tril() > 0),
    "attention-bias": lambda x: F.scaled_dot_product_attention(x, x, x, attn_mask=torch.arange(4.0)),
    "rms-norm": lambda x: F.rms_norm(x, (6,), eps=1e-6),
    "layer-norm": lambda x: F.layer_norm(x, (4, 6)),
    "group-norm": lambda x: F.group_norm(x, 2) + F.instance_norm(x),
    "batch-norm": lambda x: F.batch_norm(x, torch.arange(4.0), torch.arange(4.0) + 1, None, None),
    "complex": lambda x: torch.view_as_real(z(x) * z(x).conj() + torch.exp(z(x)) / z(x) + 2.0 * z(x)),
    "complex-parts": lambda x: z(x).abs() + z(x).real * z(x).imag + torch.polar(x[:, :2] ** 2, x[:, 2:]).real,
    "complex-product": lambda x: torch.view_as_real(z(x) @ z(x).mT + torch.einsum("bik,bjk->bij", z(x), x[:, :2].to(torch.complex64 if x.dtype == torch.float32 else torch.complex128))),
    "complex-power": lambda x: torch.view_as_real(z(x) ** 3 + 1j),
    "complex-reductions": lambda x: torch.view_as_real(z(x).sum(-1) + z(x).mean(-1) + torch.cat([z(x), z(x)], 1).sum(2)[:, :2]),
    "fourier": lambda x: torch.fft.irfft(torch.fft.rfft(x, n=8) * 2, n=7) + torch.fft.ifft(torch.fft.fft(z(x), dim=-1, norm="ortho"), n=7).abs().sum(),
    "fourier-axis": lambda x: torch.view_as_real(torch.fft.rfft(x, dim=1)) + torch.view_as_real(torch.fft.fft(x, dim=1))[:, :3],
    "pools": lambda x: F.avg_pool1d(x, 2) + F.max_pool1d(x, 2, padding=0) + F.adaptive_avg_pool1d(x, 3) + F.adaptive_avg_pool1d(x, 1),
    "resize": lambda x: F.interpolate(x, size=9)[..., :6] + F.interpolate(x[None], scale_factor=2, mode="bilinear", align_corners=True)[0, :, :4, :6],
    "convolution": lambda x: F.conv1d(x, x[:, :, :3].detach() * 0 + 0.3, padding="same") + F.conv_transpose1d(x, torch.full((4, 2, 3), 0.2), padding=1).repeat(1, 1, 1),
    "in-place": lambda x: F.relu_((x * 2).add_(x).mul_(3)) + F.silu(x * 2, inplace=True),
    "cells": lambda x: torch.gru_cell(x[0], x[1], *(torch.full((18, 6), 0.1),) * 2) + torch.lstm_cell(x[0], (x[1], x[0]), *(torch.full((24, 6), 0.1),) * 2)[0],
}


class Function(torch.nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def main():
    warnings.simplefilter("ignore")
    FOLDER.mkdir(exist_ok=True)
    torch.manual_seed(7)
    x = torch.randn(2, 4, 6)
    tangent = torch.randn(x.numel(), dtype=torch.float64)
    tensors = {"x": x.double(), "tangent": tangent.reshape(x.shape)}
    for name, function in FUNCTIONS.items():
        try:
            program = torch.export.export(Function(function), (x,))
            torch.set_default_dtype(torch.float64)
            tensors[f"{name}.value"] = function(x.double()).detach().contiguous()
            jacobian = torch.autograd.functional.jacobian(function, x.double())
            jacobian = jacobian.reshape(-1, x.numel())
            tensors[f"{name}.pushed"] = (jacobian @ tangent).reshape(tensors[f"{name}.value"].shape)
            save_program(program, FOLDER / f"{name}.pt2")
        except Exception as error:
            print(name, type(error).__name__, str(error)[:200])
        finally:
            torch.set_default_dtype(torch.float32)
    safetensors.torch.save_file(tensors, FOLDER / "functions.safetensors")


if __name__ == "__main__":
    main()
