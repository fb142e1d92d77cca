"""A small U-Net for 32x32 grey images that predicts the noise, told the noise level and where the image's bump is."""

import math

import torch
from torch import nn

from noising_process import DenoisingDiffusion
from score_network import NORM_EPSILON, NoiseEmbedding

SIDE = 32
HARMONICS = 6
# The lowest harmonic has a period of four units, so that the whole image, 3.3 units wide, lies within one.
LOWEST = 2 * math.pi / 4


def harmonics(position: torch.Tensor) -> torch.Tensor:
    """Sines and cosines of every coordinate: [..., 2] to [..., 4 * HARMONICS]."""
    orders = torch.arange(1, HARMONICS + 1, dtype=position.dtype, device=position.device)
    angles = (position[..., None] * (LOWEST * orders)).flatten(-2)
    return torch.cat([angles.sin(), angles.cos()], dim=-1)


class ModulatedBlock(nn.Module):
    """GroupNorm, SiLU and convolution twice, with a scale and a shift read from the embedding between them.

    What is told multiplies what is known of the place: with harmonics of both, their product is a bump at the place told.
    """

    def __init__(self, enter: int, leave: int, embedding: int, place: int, groups: int = 8):
        super().__init__()
        self.first_norm = nn.GroupNorm(groups, enter, eps=NORM_EPSILON)
        self.first = nn.Conv2d(enter, leave, 3, padding=1)
        self.place = nn.Conv2d(place, leave, 1, bias=False)
        self.second_norm = nn.GroupNorm(groups, leave, eps=NORM_EPSILON)
        self.scale = nn.Linear(embedding, leave)
        self.shift = nn.Linear(embedding, leave)
        self.second = nn.Conv2d(leave, leave, 3, padding=1)
        self.skip = nn.Conv2d(enter, leave, 1) if enter != leave else nn.Identity()
        for layer in (self.scale, self.shift, self.second):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, h: torch.Tensor, embedded: torch.Tensor, where: torch.Tensor) -> torch.Tensor:
        inner = self.first(nn.functional.silu(self.first_norm(h))) + self.place(where)
        scale, shift = self.scale(embedded)[:, :, None, None], self.shift(embedded)[:, :, None, None]
        inner = self.second_norm(inner) * (1 + scale) + shift
        return self.skip(h) + self.second(nn.functional.silu(inner))


class Attention(nn.Module):
    """Every place of the image looks at every other one: one head, added to what comes in."""

    def __init__(self, channels: int, groups: int = 8):
        super().__init__()
        self.norm = nn.GroupNorm(groups, channels, eps=NORM_EPSILON)
        self.query, self.key, self.value, self.leave = (nn.Conv2d(channels, channels, 1) for _ in range(4))
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)

    def forward(self, h: torch.Tensor) -> torch.Tensor:
        normed = self.norm(h)
        layers = (self.query, self.key, self.value)
        # Batch, head, place, channel: with an axis for the one head, or the ONNX exporter refuses it.
        query, key, value = (layer(normed).flatten(2).transpose(1, 2).unsqueeze(1) for layer in layers)
        mixed = nn.functional.scaled_dot_product_attention(query, key, value).squeeze(1)
        return h + self.leave(mixed.transpose(1, 2).unflatten(2, h.shape[2:]))


class ConditionalUNet(nn.Module):
    """The noise in x [B, 1, 32, 32] at timestep t [B], given the centre c [B, 2] = (column, row) of the bump, from -1 to 1.

    Three levels, 32, 16 and 8 pixels wide; attention on the last. What the last convolution makes is read as the velocity
    v = signal eps - noise x0, whose size is the same at every level, and the noise is signal v + noise x: at large noise
    the image itself, which need not pass through the bottleneck.
    """

    predicts = "noise"

    def __init__(
        self,
        centres: torch.Tensor,
        process: DenoisingDiffusion,
        widths: tuple[int, int, int] = (8, 24, 48),
        embedding: int = 96,
    ):
        super().__init__()
        self.process = process
        fine, middle, coarse = widths
        self.level = NoiseEmbedding(embedding, 2e-3, 1.0)
        self.told = nn.Sequential(nn.Linear(4 * HARMONICS, embedding), nn.SiLU(), nn.Linear(embedding, embedding))
        rows, columns = torch.meshgrid(centres, centres, indexing="ij")
        where = harmonics(torch.stack([columns, rows], dim=-1)).movedim(-1, 0)[None]
        for side in (SIDE // 2, SIDE // 4):
            self.register_buffer(f"where_{side}", nn.functional.adaptive_avg_pool2d(where, side))
        place = 4 * HARMONICS
        self.enter = nn.Conv2d(1, fine, 3, padding=1)
        self.down_16 = nn.Conv2d(fine, middle, 3, stride=2, padding=1)
        self.block_16 = ModulatedBlock(middle, middle, embedding, place)
        self.down_8 = nn.Conv2d(middle, coarse, 3, stride=2, padding=1)
        self.block_8 = ModulatedBlock(coarse, coarse, embedding, place)
        self.attention = Attention(coarse)
        self.last_8 = ModulatedBlock(coarse, coarse, embedding, place)
        self.up_16 = nn.Conv2d(coarse, middle, 3, padding=1)
        self.last_16 = ModulatedBlock(2 * middle, middle, embedding, place)
        self.up_32 = nn.Conv2d(middle, fine, 3, padding=1)
        self.leave_norm = nn.GroupNorm(4, 2 * fine, eps=NORM_EPSILON)
        self.leave = nn.Conv2d(2 * fine, 1, 3, padding=1)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)

    def forward(self, x: torch.Tensor, t: torch.Tensor, c: torch.Tensor) -> torch.Tensor:
        embedded = nn.functional.silu(self.level(t) + self.told(harmonics(c)))
        fine = self.enter(x)
        middle = self.block_16(self.down_16(fine), embedded, self.where_16)
        coarse = self.block_8(self.down_8(middle), embedded, self.where_8)
        coarse = self.last_8(self.attention(coarse), embedded, self.where_8)
        h = self.up_16(nn.functional.interpolate(coarse, scale_factor=2.0, mode="nearest"))
        h = self.last_16(torch.cat([h, middle], dim=1), embedded, self.where_16)
        h = self.up_32(nn.functional.interpolate(h, scale_factor=2.0, mode="nearest"))
        velocity = self.leave(nn.functional.silu(self.leave_norm(torch.cat([h, fine], dim=1))))
        signal, noise = self.smooth_coefficients(t)
        return signal[:, None, None, None] * velocity + noise[:, None, None, None] * x

    def smooth_coefficients(self, t: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The process's coefficients as a formula: to third order in beta, so within a thousandth at any step."""
        first, last = self.process.betas
        slope = (last - first) / (self.process.steps - 1)
        once = (t + 1) * first + slope * t * (t + 1) / 2
        twice = (t + 1) * first**2 + first * slope * t * (t + 1) + slope**2 * t * (t + 1) * (2 * t + 1) / 6
        survival = torch.exp(-once - twice / 2)
        return survival.sqrt(), (1 - survival).sqrt()

    def target(self, x0: torch.Tensor, eps: torch.Tensor) -> torch.Tensor:
        return eps

    def loss_weight(self, level: torch.Tensor) -> torch.Tensor:
        """The error of the velocity: an error of the noise alone would forgive the wrong place at large noise."""
        signal, _ = self.process.coefficients(level)
        return signal**-2
