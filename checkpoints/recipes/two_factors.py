"""Images of two factors after Liang et al. (2024): bumps, which are products, and sums of two stripes.

An image is 1 where it is empty and falls to -1 in the middle of a bump: twice the study's pixel value, minus 1. A
condition is (x, y), the centre in pixels; x runs along columns. Where images are bounded, a factor outside of the
image stands for none: a bump that lacks one is a stripe.
"""

from dataclasses import dataclass

import torch

SPACING = 0.5
# Centres of stripes in the direction in which they have none.
OUTSIDE = 3


@dataclass(frozen=True)
class Images:
    """What a condition looks like: `kind` is "bumps" or "sums"."""

    kind: str
    side: int = 16
    periodic: bool = False
    width: float = 1.0

    @property
    def reach(self) -> float:
        """The largest centre within the image."""
        return self.side - SPACING if self.periodic else self.side - 1

    def draw(self, conditions: torch.Tensor) -> torch.Tensor:
        """[n, 1, side, side] from [n, 2]."""
        distance = (torch.arange(self.side, dtype=conditions.dtype) - conditions[:, :, None]).abs()
        if self.periodic:
            distance = torch.minimum(distance, self.side - distance)
        profile = torch.exp(-distance.square() / (2 * self.width**2))
        if self.kind == "sums":
            return 1 - (profile[:, None, 1, :, None] + profile[:, None, 0, None, :])
        absent = (conditions < 0) | (conditions > self.reach)
        column, row = profile.masked_fill(absent[:, :, None], 1.0).unbind(dim=1)
        return 1 - 2 * (row[:, :, None] * column[:, None, :])[:, None]

    def lattice(self, spacing: float = SPACING) -> torch.Tensor:
        """All centres within the image, `spacing` apart: [n, 2]."""
        return torch.cartesian_prod(*[torch.arange(0, self.reach + 1e-6, spacing)] * 2)

    def stripes(self) -> torch.Tensor:
        """Conditions of which one factor is within the image and the other outside, on either side."""
        within = torch.arange(0, self.reach + 1e-6, SPACING)
        outside = torch.cat([torch.arange(-OUTSIDE, 0.0), self.reach + torch.arange(1.0, OUTSIDE + 1)])
        vertical = torch.cartesian_prod(within, outside)
        return torch.cat([vertical, vertical.flip(1)])

    def offset(self, found: torch.Tensor, conditions: torch.Tensor) -> torch.Tensor:
        """How far found centres are from where they should be, in either direction: [n, 2]."""
        distance = (found - conditions).abs()
        return torch.minimum(distance, self.side - distance) if self.periodic else distance

    def found(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The centre of the nearest image, to a quarter of a pixel [n, 2], and its distance, root mean square [n]."""
        centres = self.lattice(0.25)
        known, given = self.draw(centres).flatten(1), images.flatten(1)
        squares = known.square().sum(dim=1) + given.square().sum(dim=1)[:, None] - 2 * given @ known.T
        least, index = squares.min(dim=1)
        return centres[index], (least.clamp(min=0) / known.shape[1]).sqrt()
