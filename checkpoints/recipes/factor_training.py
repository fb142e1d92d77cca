"""Trains networks on lists of conditions of two factors, several side by side, and asks them for images."""

import copy
import math
from collections.abc import Callable

import torch
from torch import nn
from torch.func import functional_call, stack_module_state, vmap

from noising_process import DenoisingDiffusion
from two_factors import Images

PROCESS = DenoisingDiffusion()
RATE, WARM_UP, DECAY, AVERAGING = 3e-3, 50, 0.01, 0.99
SAMPLER_STEPS = 25
# Right is an image whose centre lies within a pixel of where it was asked for, and that is near to an image of the data:
# half as far as an image without a bump is.
WITHIN_PIXELS = 1.0


def drawn(parts: list[torch.Tensor], count: int) -> torch.Tensor:
    """Conditions from several lists, equally many from each."""
    shares = [count // len(parts) + (k < count % len(parts)) for k in range(len(parts))]
    return torch.cat([part[torch.randint(len(part), (n,))] for part, n in zip(parts, shares, strict=True)])


def train_together(
    build: Callable[[int, DenoisingDiffusion], nn.Module],
    sets: list[tuple[Images, list[torch.Tensor]]],
    steps: int,
    batch: int,
    kept: tuple[int, ...] = (),
) -> dict[int, list[nn.Module]]:
    """Networks of one side on images of those conditions; of each the running average, in half precision, after the steps
    that are `kept` and at the end. They share nothing but the speed of few large operations."""
    networks = [build(images.side, PROCESS) for images, _ in sets]
    weights, buffers = stack_module_state(networks)
    weights = {name: value.detach().requires_grad_() for name, value in weights.items()}
    skeleton = copy.deepcopy(networks[0]).to("meta")
    predicted = vmap(lambda w, b, x, t, c: functional_call(skeleton, (w, b), (x, t, c)))
    optimiser = torch.optim.AdamW(weights.values(), betas=(0.9, 0.99), weight_decay=DECAY, foreach=True)
    average = [value.detach().clone() for value in weights.values()]
    found = {}
    for step in range(steps + 1):
        if step in kept or step == steps:
            found[step] = [
                unstacked(network, dict(zip(weights, average, strict=True)), k) for k, network in enumerate(networks)
            ]
        if step == steps:
            return found
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1, (step + 1) / WARM_UP) * 0.5 * (1 + math.cos(math.pi * step / steps))
        conditions = torch.stack([drawn(parts, batch) for _, parts in sets])
        x0 = torch.stack([images.draw(c) for (images, _), c in zip(sets, conditions, strict=True)])
        # Uniform: where the noise is small the image tells what the condition tells.
        level = torch.randint(PROCESS.steps, (len(sets), batch)).float()
        signal, noise = (c[..., None, None, None] for c in PROCESS.coefficients(level))
        eps = torch.randn_like(x0)
        error = predicted(weights, buffers, signal * x0 + noise * eps, level, conditions) - eps
        # The error of the velocity: an error of the noise alone would forgive the wrong place at large noise.
        loss = (error / signal).square().flatten(1).mean(dim=1)
        optimiser.zero_grad()
        loss.sum().backward()
        gradients = [value.grad for value in weights.values()]
        norm = torch.stack([g.flatten(1).square().sum(dim=1) for g in gradients]).sum(dim=0).sqrt()
        for g in gradients:
            g.mul_((1 / norm).clamp(max=1).reshape(-1, *[1] * (g.dim() - 1)))
        optimiser.step()
        with torch.no_grad():
            # The early average forgets quickly, so that the initial weights leave no trace.
            torch._foreach_lerp_(average, list(weights.values()), 1 - min(AVERAGING, (step + 1) / (step + 10)))
        if step % 250 == 249:
            print(f"step {step + 1:5d}  loss {' '.join(f'{value:.4f}' for value in loss.tolist())}", flush=True)


def unstacked(network: nn.Module, weights: dict[str, torch.Tensor], k: int) -> nn.Module:
    """A network with the k-th of the stacked weights."""
    own = copy.deepcopy(network)
    own.load_state_dict({name: value[k] for name, value in weights.items()}, strict=False)
    with torch.no_grad():
        for parameter in own.parameters():
            parameter.copy_(parameter.half().float())
    return own.eval().requires_grad_(False)


@torch.no_grad()
def sample(network: nn.Module, conditions: torch.Tensor, seed: int) -> torch.Tensor:
    """Deterministic DDIM samples, one for every condition; the clean image seen on the way is held between -1 and 1."""
    start = torch.Generator().manual_seed(seed)
    x = torch.randn(len(conditions), 1, network.side, network.side, generator=start)
    times = torch.linspace(PROCESS.steps - 1, 0, SAMPLER_STEPS).round()
    for t, after in zip(times, [*times[1:], None], strict=True):
        signal, noise = PROCESS.coefficients(t)
        clean = ((x - noise * network(x, t.expand(len(x)), conditions)) / signal).clamp(-1, 1)
        eps = (x - signal * clean) / noise
        signal, noise = PROCESS.coefficients(after) if after is not None else (1, 0)
        x = signal * clean + noise * eps
    return x


def right(images: Images, made: torch.Tensor, conditions: torch.Tensor) -> torch.Tensor:
    """Which of the images are what was asked for."""
    centres, deviation = images.found(made)
    height = (images.draw(centres) - 1).flatten(1).square().mean(dim=1).sqrt()
    return (images.offset(centres, conditions).amax(dim=1) <= WITHIN_PIXELS) & (deviation <= height / 2)
