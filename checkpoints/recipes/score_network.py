"""The network every checkpoint here uses, the quantities it may predict, and how it is trained.

A noised point is ``x = signal * x0 + noise * eps`` with ``eps`` standard normal. What the second input of a network
means, and the two coefficients it stands for, are decided by a `Process`; what the output means, by `predicts`.
"""

import math
from dataclasses import dataclass

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
    """h + W2 silu(W1 (LayerNorm(h) * (1 + scale) + shift)), scale and shift read from the noise embedding."""

    def __init__(self, width: int, embedding: int):
        super().__init__()
        self.norm = nn.LayerNorm(width, eps=NORM_EPSILON, elementwise_affine=False)
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
    """A residual network whose input features carry a learned, noise-dependent gain.

    At small noise the score is about 1/noise times steeper across the data manifold than along it. The gain lets a
    feature grow as the noise shrinks, which fixed weights behind a LayerNorm learn only slowly.
    """

    def __init__(self, dimension: int, width: int, block_count: int, slowest: float, fastest: float):
        super().__init__()
        embedding = width // 2
        self.embedding = NoiseEmbedding(embedding, slowest, fastest)
        self.enter = nn.Linear(dimension, width, bias=False)
        self.log_gain = nn.Linear(embedding, width)
        self.blocks = nn.ModuleList(ResidualBlock(width, embedding) for _ in range(block_count))
        self.leave = nn.Linear(width, dimension)
        nn.init.zeros_(self.log_gain.weight)
        nn.init.zeros_(self.log_gain.bias)

    def forward(self, x: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        embedded = self.embedding(label)
        h = self.enter(x) * torch.exp(self.log_gain(embedded))
        for block in self.blocks:
            h = block(h, embedded)
        return self.leave(h)
