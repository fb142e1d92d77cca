"""A U-Net of 57,000 parameters that predicts the noise in images of two factors, and the same function as a recipe file.

As in the study (Liang et al. 2024) what it is told is a concatenation of sinusoidal encodings of the timestep and of the
two factors, which enters every block; smaller are the images, the widths and the depth, and instead of self-attention
the coarsest level has a learned bias for every place.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save
from torch import nn
from torch.nn import functional

from noising_process import DenoisingDiffusion
from score_network import NORM_EPSILON

FREQUENCIES, EMBEDDING, GROUPS = 8, 48, 4
WIDTHS = (8, 16, 24)
OUTPUTS = ("noise", "representation", "condition")


def encoded(t: torch.Tensor, c: torch.Tensor, time_rates: torch.Tensor, factor_rates: torch.Tensor) -> torch.Tensor:
    """Sinusoidal encodings of the timestep and of both factors, one behind the other."""
    time, factor = t[:, None] * time_rates, (c[:, :, None] * factor_rates).flatten(1)
    return torch.cat([time.sin(), time.cos(), factor.sin(), factor.cos()], dim=1)


def beta_line(process: DenoisingDiffusion) -> tuple[float, float]:
    """The first beta, and by how much each is more than the one before."""
    first, last = process.betas
    return first, (last - first) / (process.steps - 1)


def smooth_coefficients(process: DenoisingDiffusion, t: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Signal and noise as a formula: to second order in beta, so within a hundred-thousandth at any step."""
    first, slope = beta_line(process)
    once = (t + 1) * (first + slope * t / 2)
    twice = (t + 1) * (first**2 + first * slope * t + slope**2 * t * (2 * t + 1) / 6)
    survival = torch.exp(-once - twice / 2)
    return survival.sqrt(), (1 - survival).sqrt()


class Block(nn.Module):
    """GroupNorm, SiLU and convolution twice, with a scale and a shift read from the condition between them."""

    def __init__(self, enter: int, leave: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(GROUPS, enter, eps=NORM_EPSILON)
        self.first = nn.Conv2d(enter, leave, 3, padding=1)
        self.inner = nn.GroupNorm(GROUPS, leave, eps=NORM_EPSILON, affine=False)
        self.scale, self.shift = nn.Linear(EMBEDDING, leave), nn.Linear(EMBEDDING, leave)
        self.second = nn.Conv2d(leave, leave, 3, padding=1)
        self.skip = nn.Conv2d(enter, leave, 1) if enter != leave else None
        nn.init.zeros_(self.second.weight)
        nn.init.zeros_(self.second.bias)

    def forward(self, h: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
        inner = self.inner(self.first(functional.silu(self.norm(h))))
        inner = inner * (1 + self.scale(condition)[:, :, None, None]) + self.shift(condition)[:, :, None, None]
        return (h if self.skip is None else self.skip(h)) + self.second(functional.silu(inner))


class FactorUNet(nn.Module):
    """The noise in x [B, 1, side, side] at timestep t [B], given the factors c [B, 2] in pixels.

    Three levels, of which the coarsest is a quarter as wide. The last convolution and a gain on x make the velocity
    v = signal eps - noise x0, and the noise is signal v + noise x.
    """

    predicts = "noise"

    def __init__(self, side: int, process: DenoisingDiffusion) -> None:
        super().__init__()
        self.side, self.process = side, process
        fine, middle, coarse = WIDTHS
        # Radians a step and radians a pixel.
        self.register_buffer("time_rates", torch.logspace(0, -3, FREQUENCIES))
        self.register_buffer("factor_rates", torch.logspace(0, -2, FREQUENCIES))
        self.told, self.mixed = nn.Linear(6 * FREQUENCIES, EMBEDDING), nn.Linear(EMBEDDING, EMBEDDING)
        self.enter = nn.Conv2d(1, fine, 3, padding=1)
        self.down_middle = nn.Conv2d(fine, middle, 3, stride=2, padding=1)
        self.encoder_middle = Block(middle, middle)
        self.down_coarse = nn.Conv2d(middle, coarse, 3, stride=2, padding=1)
        self.place = nn.Parameter(torch.randn(coarse, side // 4, side // 4) / 2)
        self.encoder_coarse = Block(coarse, coarse)
        self.bottleneck = Block(coarse, coarse)
        self.up_middle = nn.ConvTranspose2d(coarse, middle, 2, stride=2)
        self.decoder_middle = Block(2 * middle, middle)
        self.up_fine = nn.ConvTranspose2d(middle, fine, 2, stride=2)
        self.last = nn.GroupNorm(GROUPS, 2 * fine, eps=NORM_EPSILON)
        self.leave = nn.Conv2d(2 * fine, 1, 3, padding=1)
        self.gain = nn.Linear(EMBEDDING, 1)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)

    def forward(self, x: torch.Tensor, t: torch.Tensor, c: torch.Tensor) -> torch.Tensor:
        return self.layers(x, t, c)[0]

    def layers(self, x: torch.Tensor, t: torch.Tensor, c: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """The noise; the representation, which is what the encoder's last block gives; and the embedded condition."""
        waves = encoded(t, c, self.time_rates, self.factor_rates)
        condition = functional.silu(self.mixed(functional.silu(self.told(waves))))
        fine = self.enter(x)
        middle = self.encoder_middle(self.down_middle(fine), condition)
        representation = self.encoder_coarse(self.down_coarse(middle) + self.place, condition)
        coarse = self.bottleneck(representation, condition)
        joined = torch.cat([self.up_middle(coarse), middle], dim=1)
        joined = torch.cat([self.up_fine(self.decoder_middle(joined, condition)), fine], dim=1)
        velocity = self.leave(functional.silu(self.last(joined))) + self.gain(condition)[:, :, None, None] * x
        signal, noise = (value[:, None, None, None] for value in smooth_coefficients(self.process, t))
        return signal * velocity + noise * x, representation, condition


class Layers(nn.Module):
    """A network with the layers that can be read out beside the noise."""

    def __init__(self, network: FactorUNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: torch.Tensor, t: torch.Tensor, c: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return self.network.layers(x, t, c)


def block_steps(leave: str, enter: str, name: str, has_skip: bool = False) -> list[str]:
    """The lines of a block."""
    norm = f"num_groups={GROUPS}, epsilon={NORM_EPSILON}"
    channels = {"encoder_middle": WIDTHS[1], "decoder_middle": WIDTHS[1]}.get(name, WIDTHS[2])
    entered = f"silu(GroupNormalization({enter}, {name}.norm.weight, {name}.norm.bias, {norm}))"
    told = [f"reshape(linear(condition, {name}.{k}.weight, {name}.{k}.bias), 0, 0, 1, 1)" for k in ("scale", "shift")]
    skip = f"Conv({enter}, {name}.skip.weight, {name}.skip.bias)" if has_skip else enter
    return [
        f"{leave}_first = Conv({entered}, {name}.first.weight, {name}.first.bias, pads=[1, 1, 1, 1])",
        f"{leave}_inner = GroupNormalization({leave}_first, ones({channels}), zeros({channels}), {norm})",
        f"{leave}_told = {leave}_inner * (1 + {told[0]}) + {told[1]}",
        f"{leave} = {skip} + Conv(silu({leave}_told), {name}.second.weight, {name}.second.bias, pads=[1, 1, 1, 1])",
    ]


def function(network: FactorUNet) -> dict:
    """What `layers` computes, in the lines of a recipe file, with the names of its weights."""
    first, slope = beta_line(network.process)
    side, coarse = network.side, WIDTHS[2]
    down, up = "strides=[2, 2], pads=[1, 1, 1, 1]", "strides=[2, 2]"
    return {
        "inputs": {"x": ["batch", 1, side, side], "t": ["batch"], "c": ["batch", 2]},
        "constants": {"first": first, "slope": slope},
        "steps": [
            "time = reshape(t, -1, 1) * time_rates",
            f"factor = reshape(reshape(c, -1, 2, 1) * factor_rates, -1, {2 * FREQUENCIES})",
            "waves = concat(sin(time), cos(time), sin(factor), cos(factor))",
            "condition = silu(linear(silu(linear(waves, told.weight, told.bias)), mixed.weight, mixed.bias))",
            "fine = Conv(x, enter.weight, enter.bias, pads=[1, 1, 1, 1])",
            f"down_1 = Conv(fine, down_middle.weight, down_middle.bias, {down})",
            *block_steps("middle", "down_1", "encoder_middle"),
            f"down_2 = Conv(middle, down_coarse.weight, down_coarse.bias, {down}) + place",
            *block_steps("representation", "down_2", "encoder_coarse"),
            *block_steps("coarse", "representation", "bottleneck"),
            f"up_1 = ConvTranspose(coarse, up_middle.weight, up_middle.bias, {up})",
            "joined_1 = Concat(up_1, middle, axis=1)",
            *block_steps("decoded", "joined_1", "decoder_middle", has_skip=True),
            f"up_2 = ConvTranspose(decoded, up_fine.weight, up_fine.bias, {up})",
            f"normed = GroupNormalization(Concat(up_2, fine, axis=1), last.weight, last.bias, num_groups={GROUPS}, "
            f"epsilon={NORM_EPSILON})",
            "gained = reshape(linear(condition, gain.weight, gain.bias), 0, 1, 1, 1) * x",
            "velocity = Conv(silu(normed), leave.weight, leave.bias, pads=[1, 1, 1, 1]) + gained",
            "step = reshape(t, -1, 1, 1, 1)",
            "once = (step + 1) * (first + slope * step / 2)",
            "twice = (step + 1) * (first ** 2 + first * slope * step + slope ** 2 * step * (2 * step + 1) / 6)",
            "survival = exp(-once - twice / 2)",
            "noise = sqrt(survival) * velocity + sqrt(1 - survival) * x",
        ],
        "outputs": {
            "noise": ["batch", 1, side, side], "representation": ["batch", coarse, side // 4, side // 4],
            "condition": ["batch", EMBEDDING],
        },
    }


def write_function(network: FactorUNet, about: str, path: str) -> None:
    """`path`.json, and its weights in half precision in `path`.safetensors; `network` must have been rounded to it."""
    weights = {
        name: value if name.endswith("_rates") else value.half() for name, value in network.state_dict().items()
    }
    Path(f"{path}.safetensors").write_bytes(save(weights))
    recipe = {"recipe": 1, "about": about, "weights": f"{Path(path).name}.safetensors", **function(network)}
    Path(f"{path}.json").write_text(json.dumps(recipe, indent=1) + "\n")
