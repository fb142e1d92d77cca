"""Noising processes: what a noise level means, which levels are trained on, and how the manifest states it."""

from dataclasses import dataclass
from typing import Protocol

import torch


class NoisingProcess(Protocol):
    """x = signal * x0 + noise * eps at every noise level; `level_name` is what networks call the level."""

    level_name: str

    def coefficients(self, level: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Signal and noise."""

    def draw_levels(self, count: int) -> torch.Tensor:
        """Levels to train on."""

    def description(self) -> dict:
        """What a notebook must state to read the network's output."""

    def trained_range(self) -> list[float]:
        """The smallest and the largest level trained on."""


@dataclass(frozen=True)
class VarianceExploding:
    """x = x0 + sigma eps, trained on log-uniform sigma."""

    kind: str
    lowest: float = 2e-3
    highest: float = 20.0
    level_name = "sigma"

    def coefficients(self, sigma: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return torch.ones_like(sigma), sigma

    def draw_levels(self, count: int) -> torch.Tensor:
        return self.lowest * (self.highest / self.lowest) ** torch.rand(count)

    def description(self) -> dict:
        return {"kind": self.kind}

    def trained_range(self) -> list[float]:
        return [self.lowest, self.highest]


@dataclass(frozen=True)
class DenoisingDiffusion:
    """x = sqrt(abar_t) x0 + sqrt(1 - abar_t) eps; abar_t is the product of 1 - beta_0 ... 1 - beta_t, t < steps."""

    betas: tuple[float, float] = (1e-4, 2e-2)
    steps: int = 1000
    level_name = "t"

    def coefficients(self, t: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        survival = torch.cumprod(1 - torch.linspace(*self.betas, self.steps, dtype=torch.float64), dim=0)[t.long()]
        return survival.sqrt().to(t.dtype), (1 - survival).sqrt().to(t.dtype)

    def draw_levels(self, count: int) -> torch.Tensor:
        """Half uniform, half log-uniform in t + 1: the uniform choice alone all but skips the smallest noise."""
        uniform = torch.rand(count)
        spread = torch.where(torch.rand(count) < 0.5, uniform * self.steps, self.steps**uniform - 1)
        return spread.floor().clamp(max=self.steps - 1)

    def description(self) -> dict:
        return {"kind": "ddpm", "betas": list(self.betas), "steps": self.steps, "schedule": "linear"}

    def trained_range(self) -> list[float]:
        return [0, self.steps - 1]


@dataclass(frozen=True)
class StraightFlow:
    """x = (1 - t) x0 + t eps; half of the trained t are uniform on (0, 1), half log-uniform above `lowest`."""

    lowest: float = 5e-3
    level_name = "t"

    def coefficients(self, t: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return 1 - t, t

    def draw_levels(self, count: int) -> torch.Tensor:
        uniform = torch.rand(count)
        return torch.where(torch.rand(count) < 0.5, uniform.clamp(min=self.lowest), self.lowest ** (1 - uniform))

    def description(self) -> dict:
        return {"kind": "flow"}

    def trained_range(self) -> list[float]:
        return [self.lowest, 1]
