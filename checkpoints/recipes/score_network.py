"""The network behind every checkpoint here, in the four forms that trained score networks are met in.

A noised point is ``x = signal * x0 + noise * eps`` with ``eps`` standard normal; `noising_process` says what the
second input of a network stands for. Each form says what its output estimates (`predicts`), against which target it is
trained, and how the Jacobian of its output becomes the dimensionless Jacobian ``noise^2 d score / d x``.
"""

import math

import torch
from torch import nn

# A power of two is the same number in float32 and float64, so both precisions of the ONNX file agree to round-off.
NORM_EPSILON = 2.0**-17


class NoiseEmbedding(nn.Module):
    """Sines and cosines of the noise label at geometrically spaced frequencies, then two linear layers."""

    def __init__(self, features: int, slowest: float, fastest: float, frequency_count: int = 24):
        super().__init__()
        frequencies = torch.logspace(math.log10(slowest), math.log10(fastest), frequency_count)
        self.register_buffer("frequencies", frequencies)
        self.first = nn.Linear(2 * frequency_count, features)
        self.second = nn.Linear(features, features)

    def forward(self, label: torch.Tensor) -> torch.Tensor:
        angles = label[:, None] * self.frequencies
        waves = torch.cat([torch.sin(angles), torch.cos(angles)], dim=1)
        return nn.functional.silu(self.second(nn.functional.silu(self.first(waves))))


class ResidualBlock(nn.Module):
    """h + W2 silu(W1 (norm(h) * (1 + scale) + shift)), scale and shift read from the noise embedding."""

    def __init__(self, width: int, embedding: int, normalised: bool):
        super().__init__()
        self.norm = nn.LayerNorm(width, eps=NORM_EPSILON, elementwise_affine=False) if normalised else nn.Identity()
        self.scale = nn.Linear(embedding, width)
        self.shift = nn.Linear(embedding, width)
        self.first = nn.Linear(width, width)
        self.second = nn.Linear(width, width)
        for layer in (self.scale, self.shift, self.second):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, h: torch.Tensor, embedded: torch.Tensor) -> torch.Tensor:
        modulated = self.norm(h) * (1 + self.scale(embedded)) + self.shift(embedded)
        return h + self.second(nn.functional.silu(self.first(modulated)))


class ScoreBody(nn.Module):
    """A residual network whose features carry learned, noise-dependent gains where they enter and where they leave.

    At small noise the score is about 1/noise times steeper across the data manifold than along it. The gains let a
    feature grow as the noise shrinks, which fixed weights learn only slowly. `frequencies` are the slowest and the
    fastest of the noise embedding, in radians per unit of the label. `normalised` blocks begin with a LayerNorm; a
    network without keeps its slope better where a point has less noise than its label says.
    """

    def __init__(
        self,
        dimension: int,
        width: int,
        block_count: int,
        frequencies: tuple[float, float],
        normalised: bool,
    ):
        super().__init__()
        embedding = width // 2
        self.embedding = NoiseEmbedding(embedding, *frequencies)
        self.enter = nn.Linear(dimension, width, bias=False)
        self.log_gain_in = nn.Linear(embedding, width)
        self.blocks = nn.ModuleList(ResidualBlock(width, embedding, normalised) for _ in range(block_count))
        self.log_gain_out = nn.Linear(embedding, width)
        self.leave = nn.Linear(width, dimension)
        for layer in (self.log_gain_in, self.log_gain_out):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, x: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        embedded = self.embedding(label)
        h = self.enter(x) * torch.exp(self.log_gain_in(embedded))
        for block in self.blocks:
            h = block(h, embedded)
        return self.leave(h * torch.exp(self.log_gain_out(embedded)))


class DirectPredictor(nn.Module):
    """A `ScoreBody` as it is: output and noise label are not rescaled."""

    def __init__(self, body: ScoreBody):
        super().__init__()
        self.body = body

    def forward(self, x: torch.Tensor, level: torch.Tensor) -> torch.Tensor:
        return self.body(x, level)

    def loss_weight(self, level: torch.Tensor) -> torch.Tensor:
        return torch.ones_like(level)


class NoisePredictor(DirectPredictor):
    """An estimate of eps; score = -noise_prediction / noise."""

    predicts = "noise"

    def target(self, x0: torch.Tensor, eps: torch.Tensor) -> torch.Tensor:
        return eps

    def scaled_score_jacobian(self, jacobian: torch.Tensor, signal: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        return -noise * jacobian


class VelocityPredictor(DirectPredictor):
    """An estimate of eps - x0 on the straight path x = (1 - t) x0 + t eps; score = -(x + (1 - t) velocity) / t."""

    predicts = "velocity"

    def target(self, x0: torch.Tensor, eps: torch.Tensor) -> torch.Tensor:
        return eps - x0

    def scaled_score_jacobian(self, jacobian: torch.Tensor, signal: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        return -noise * (torch.eye(jacobian.shape[-1], dtype=jacobian.dtype) + signal * jacobian)


class SigmaNoisePredictor(NoisePredictor):
    """A `NoisePredictor` for noise of any size: the body sees x at unit variance and the logarithm of sigma."""

    def __init__(self, body: ScoreBody, data_deviation: float):
        super().__init__(body)
        self.data_deviation = data_deviation

    def forward(self, x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
        variance = sigma[:, None] ** 2 + self.data_deviation**2
        return self.body(x / torch.sqrt(variance), torch.log(sigma))


class Denoiser(SigmaNoisePredictor):
    """An EDM estimate of x0, c_skip x + c_out body(c_in x, ln sigma); score = (estimate - x) / sigma^2."""

    predicts = "denoised"

    def forward(self, x: torch.Tensor, sigma: torch.Tensor) -> torch.Tensor:
        variance = sigma[:, None] ** 2 + self.data_deviation**2
        skip = self.data_deviation**2 / variance
        out = sigma[:, None] * self.data_deviation / torch.sqrt(variance)
        return skip * x + out * super().forward(x, sigma)

    def target(self, x0: torch.Tensor, eps: torch.Tensor) -> torch.Tensor:
        return x0

    def loss_weight(self, sigma: torch.Tensor) -> torch.Tensor:
        return (sigma**2 + self.data_deviation**2) / (sigma * self.data_deviation) ** 2

    def scaled_score_jacobian(self, jacobian: torch.Tensor, signal: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        return jacobian - torch.eye(jacobian.shape[-1], dtype=jacobian.dtype)


def coarse(deviation: float) -> float:
    """The deviation rounded to 1/64, so that it and its square are the same numbers in float32 and float64."""
    return round(64 * deviation) / 64
