"""Denoising score matching with AdamW, a cosine learning rate and an average of the weights over the last steps."""

import copy
import math
from collections.abc import Callable

import torch
from torch import nn

from noising_process import NoisingProcess


def make_deterministic(seed: int) -> None:
    """One thread, so that sums are taken in one order, and one seed for weights, data and noise."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(seed)


def train(
    network: nn.Module,
    process: NoisingProcess,
    draw_clean: Callable[[int], torch.Tensor | tuple[torch.Tensor, ...]],
    steps: int,
    batch: int = 512,
    learning_rate: float = 2e-3,
    weight_decay: float = 0.02,
    averaging: float = 0.999,
    watch: Callable[[int, nn.Module], None] = lambda step, average: None,
) -> nn.Module:
    """Returns the exponential average of `network` over its training.

    `draw_clean(n)` gives n data points, or a tuple of them and of what the network is told of each. `watch` is called
    with the number of steps taken, 0 first, and the average so far.
    """
    average = copy.deepcopy(network)
    optimiser = torch.optim.AdamW(network.parameters(), betas=(0.9, 0.99), weight_decay=weight_decay)
    running = 0.0
    watch(0, average)
    for step in range(1, steps + 1):
        for group in optimiser.param_groups:
            group["lr"] = learning_rate * min(1, step / 200) * 0.5 * (1 + math.cos(math.pi * (step - 1) / steps))
        drawn, level = draw_clean(batch), process.draw_levels(batch)
        x0, *told = drawn if isinstance(drawn, tuple) else (drawn,)
        eps = torch.randn_like(x0)
        signal, noise = (c.reshape(-1, *[1] * (x0.dim() - 1)) for c in process.coefficients(level))
        output = network(signal * x0 + noise * eps, level, *told)
        errors = (output - network.target(x0, eps)).square().flatten(1).mean(dim=1)
        loss = (network.loss_weight(level) * errors).mean()
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        with torch.no_grad():
            # The early average forgets quickly, so that the initial weights leave no trace.
            kept = min(averaging, step / (step + 9))
            for slow, fast in zip(average.parameters(), network.parameters(), strict=True):
                slow.lerp_(fast, 1 - kept)
        watch(step, average)
        running += loss.item()
        if step % 1000 == 0:
            print(f"step {step:6d}  loss {running / 1000:.5f}", flush=True)
            running = 0.0
    return average.eval().requires_grad_(False)
