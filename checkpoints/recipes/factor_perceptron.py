"""A perceptron that predicts the noise in images of two factors: forty times faster to train than the U-Net."""

import torch
from torch import nn
from torch.nn import functional

from factor_unet import FREQUENCIES, encoded, smooth_coefficients
from noising_process import DenoisingDiffusion

WIDTH, EMBEDDING, BLOCKS = 96, 48, 2


class FactorPerceptron(nn.Module):
    """The noise in x [B, 1, side, side] at timestep t [B], given the factors c [B, 2] in pixels.

    Residual blocks between two linear layers; in each block the condition scales and shifts what was normed. Told and
    read out as the U-Net is (`factor_unet.py`).
    """

    def __init__(self, side: int, process: DenoisingDiffusion) -> None:
        super().__init__()
        self.side, self.process = side, process
        self.register_buffer("time_rates", torch.logspace(0, -3, FREQUENCIES))
        self.register_buffer("factor_rates", torch.logspace(0, -2, FREQUENCIES))
        self.told, self.mixed = nn.Linear(6 * FREQUENCIES, EMBEDDING), nn.Linear(EMBEDDING, EMBEDDING)
        self.enter, self.leave = nn.Linear(side**2, WIDTH), nn.Linear(WIDTH, side**2)
        self.modulations = nn.ModuleList(nn.Linear(EMBEDDING, 2 * WIDTH) for _ in range(BLOCKS))
        self.layers = nn.ModuleList(nn.Linear(WIDTH, WIDTH) for _ in range(BLOCKS))
        self.gain = nn.Linear(EMBEDDING, 1)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)

    def forward(self, x: torch.Tensor, t: torch.Tensor, c: torch.Tensor) -> torch.Tensor:
        waves = encoded(t, c, self.time_rates, self.factor_rates)
        condition = functional.silu(self.mixed(functional.silu(self.told(waves))))
        h = self.enter(x.flatten(1))
        for modulation, layer in zip(self.modulations, self.layers, strict=True):
            scale, shift = modulation(condition).chunk(2, dim=1)
            h = h + functional.silu(layer(functional.layer_norm(h, [WIDTH]) * (1 + scale) + shift))
        velocity = self.leave(h).reshape(x.shape) + self.gain(condition)[:, :, None, None] * x
        signal, noise = (value[:, None, None, None] for value in smooth_coefficients(self.process, t))
        return signal * velocity + noise * x
