"""Singular values of the dimensionless score Jacobian noise^2 d score / d x, and the dimension of their widest gap."""

import copy
from collections import Counter

import torch
from torch import nn

from noising_process import NoisingProcess


def spectra(network: nn.Module, process: NoisingProcess, x: torch.Tensor, level: float) -> torch.Tensor:
    """Singular values, descending, at each row of x; the exact Jacobian in float64."""
    network = copy.deepcopy(network).double()
    levels = torch.full((len(x),), level, dtype=torch.float64)

    def output(point, its_level):
        return network(point[None], its_level[None])[0]

    jacobians = torch.func.vmap(torch.func.jacrev(output))(x.double(), levels)
    signal, noise = process.coefficients(levels[:1])
    return torch.linalg.svdvals(network.scaled_score_jacobian(jacobians, signal, noise))


def dimension(values: torch.Tensor) -> torch.Tensor:
    """d minus the number of singular values above the widest gap."""
    return values.shape[-1] - 1 - (values[..., :-1] - values[..., 1:]).argmax(dim=-1)


def linear_theory(eigenvalues: torch.Tensor, dimension_count: int, signal: float, noise: float) -> torch.Tensor:
    """The exact spectrum for x0 = F z: 1 across the manifold, noise^2 / (noise^2 + signal^2 lambda) along it."""
    along = noise**2 / (noise**2 + signal**2 * eigenvalues.double())
    across = torch.ones(dimension_count - len(eigenvalues), dtype=torch.float64)
    return torch.cat([across, along]).sort(descending=True).values


def print_check(
    network: nn.Module,
    process: NoisingProcess,
    points: torch.Tensor,
    levels: torch.Tensor,
    eigenvalues: torch.Tensor | None = None,
) -> bool:
    """Prints, per noise level, the dimensions found at clean and at noised points, beside the theory if there is one.

    Returns whether every point agrees with the theory wherever the theory's widest gap exceeds 0.3. Clean points are
    scaled by the signal coefficient but carry no noise.
    """
    agrees = True
    for level in levels.tolist():
        signal, noise = (c.item() for c in process.coefficients(torch.tensor([level], dtype=torch.float64)))
        clean = signal * points.double()
        noised = clean + noise * torch.randn(clean.shape, dtype=torch.float64)
        values = [spectra(network, process, x, level) for x in (clean, noised)]
        found = [Counter(dimension(v).tolist()) for v in values]
        counts = "   ".join(" ".join(f"{k}x{n}" for k, n in sorted(c.items())) for c in found)
        line = f"{process.level_name} {level:9.4f}  noise {noise:.4f}  clean and noised: {counts}"
        if eigenvalues is not None:
            theory = linear_theory(eigenvalues, points.shape[1], signal, noise)
            gap, expected = (theory[:-1] - theory[1:]).max().item(), dimension(theory).item()
            error = [(v - theory).abs().max().item() for v in values]
            line += f"   theory {expected}, gap {gap:.3f}, largest error {error[0]:.3f} and {error[1]:.3f}"
            if gap > 0.3 and any(set(c) != {expected} for c in found):
                agrees, line = False, line + "   DISAGREES"
        print(line, flush=True)
    return agrees
