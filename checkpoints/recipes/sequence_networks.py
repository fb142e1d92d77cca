"""Sequence models of one block, in real arithmetic and for any number of trials and samples.

Each takes trials x samples x 1 and gives the prediction of the next sample and the representation it is made from. The
transformer and the linear recurrent unit (LRU, Orvieto et al. 2023) have the blocks of Ostrow, Eisen and Fiete (2024):
without a residual path around the normalisation, and with a perceptron of one hidden layer to read the prediction out.
"""

import math

import torch
from torch import nn

HIDDEN = 50


def perceptron(width: int) -> nn.Module:
    return nn.Sequential(nn.LayerNorm(width), nn.Linear(width, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, 1))


class Decoder(nn.Module):
    """A decoder block with one head; its representation is what the second LayerNorm is given."""

    def __init__(self, width: int, has_positions: bool) -> None:
        super().__init__()
        self.encoder, self.norm = nn.Linear(1, width), nn.LayerNorm(width)
        self.attention, self.mixing = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.readout = perceptron(width)
        self.has_positions = has_positions

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        values, time = self.encoder(x), torch.arange(x.shape[1])
        if self.has_positions:
            channel, width = torch.arange(values.shape[2]), values.shape[2]
            rates = torch.exp(-math.log(10000) / width * (channel - channel % 2))
            values = values + torch.sin(time[:, None] * rates + math.pi / 2 * (channel % 2))
        values = self.norm(values)
        query, key, value = self.attention(values).chunk(3, dim=-1)
        scores = query @ key.mT / math.sqrt(query.shape[-1])
        weights = scores.masked_fill(time[:, None] < time, -torch.inf).softmax(dim=-1)
        representation = values + self.mixing(weights @ value)
        return self.readout(representation), representation


class StateSpace(nn.Module):
    """A linear recurrent unit; its representation are the real and then the imaginary parts of its states."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.encoder, self.norm = nn.Linear(1, width), nn.LayerNorm(width)
        # Eigenvalues uniform on the ring from 0.8 to 0.99.
        radius = torch.sqrt(0.8**2 + (0.99**2 - 0.8**2) * torch.rand(width))
        self.decay_log = nn.Parameter(torch.log(-torch.log(radius)))
        self.angle_log = nn.Parameter(torch.log(2 * math.pi * torch.rand(width)))
        self.scale_log = nn.Parameter(torch.log(1 - radius**2) / 2)
        self.drive = nn.Parameter(torch.randn(2, width, width) / math.sqrt(2 * width))
        self.output = nn.Parameter(torch.randn(width, 2 * width) / math.sqrt(width))
        self.skip = nn.Parameter(torch.randn(width, width) / math.sqrt(width))
        self.readout = perceptron(width)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        values, time = self.norm(self.encoder(x)), torch.arange(x.shape[1])
        driven = self.scale_log.exp() * (values @ self.drive[:, None].mT)
        decay, angle = self.decay_log.exp(), self.angle_log.exp()
        if self.training:
            # The same sums by Fourier transforms, which is faster.
            powers = torch.polar(torch.exp(-decay * time[:, None]), angle * time[:, None])
            spectrum = torch.fft.fft(torch.complex(*driven), 2 * len(time), dim=1)
            states = torch.fft.ifft(spectrum * torch.fft.fft(powers, 2 * len(time), dim=0), dim=1)[:, :len(time)]
            states = torch.cat([states.real, states.imag], dim=-1)
        else:
            lag = time[:, None] - time
            radius = torch.where(lag >= 0, torch.exp(-decay[:, None, None] * lag.clamp(min=0)), 0.0)
            turn = angle[:, None, None] * lag
            cosine, sine = radius * torch.cos(turn), radius * torch.sin(turn)
            real, imaginary = driven.permute(0, 3, 2, 1)
            states = torch.cat([cosine @ real - sine @ imaginary, sine @ real + cosine @ imaginary]).permute(2, 1, 0)
        return self.readout(states @ self.output.mT + values @ self.skip.mT), states


class Gated(nn.Module):
    """PyTorch's GRU and a linear readout; its representation are the hidden states."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gru, self.readout = nn.GRU(1, width, batch_first=True), nn.Linear(width, 1)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        states = self.gru(x)[0]
        return self.readout(states), states


def network(kind: str, width: int) -> nn.Module:
    if kind == "lru":
        return StateSpace(width)
    return Gated(width) if kind == "gru" else Decoder(width, kind == "decoder-positions")
