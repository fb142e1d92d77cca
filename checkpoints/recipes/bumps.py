"""Gaussian bumps on 32x32 pixels, learned by a U-Net that is told where the bump is and left to choose its two widths.

Ten checkpoints show the training: the untrained network, then the average of the weights after 32, 64, ... 8192 steps.
"""

import copy
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save

from checkpoint_folder import CHECKPOINTS, check_onnx, export_onnx, export_program, write_arrays, write_entry
from conditional_unet import SIDE, ConditionalUNet
from noising_process import DenoisingDiffusion
from score_training import make_deterministic, train

NAME = "bumps"
SEED = 5
PROCESS = DenoisingDiffusion()
STEPS = 8192
KEPT = [0, *(2**power for power in range(5, 14))]
HELD_OUT = 64
MIDDLE, REACH = (SIDE - 1) / 2, 9.5
WIDTHS = (1.5, 2.5)


def draw_bumps(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Images [count, 1, 32, 32], -1 far from the bump and 1 at its top, and centres [count, 2] from -1 to 1."""
    centre = 2 * torch.rand(count, 2) - 1
    width = WIDTHS[0] + (WIDTHS[1] - WIDTHS[0]) * torch.rand(count, 2)
    return bumps(centre, width), centre


def bumps(centre: torch.Tensor, width: torch.Tensor) -> torch.Tensor:
    """2 exp(-dx^2 / 2 width_x^2 - dy^2 / 2 width_y^2) - 1 around pixel 15.5 + 9.5 centre; column first, then row."""
    pixel = torch.arange(SIDE, dtype=centre.dtype)
    offset = (pixel - (MIDDLE + REACH * centre[:, :, None])) / width[:, :, None]
    column, row = torch.exp(-offset.square() / 2).unbind(dim=1)
    return (2 * row[:, :, None] * column[:, None, :] - 1)[:, None]


def build_network() -> ConditionalUNet:
    """The untrained network."""
    return ConditionalUNet((torch.arange(SIDE) - MIDDLE) / REACH, PROCESS).to(memory_format=torch.channels_last)


@torch.no_grad()
def sample(network: ConditionalUNet, centre: torch.Tensor, steps: int = 50) -> torch.Tensor:
    """Deterministic DDIM samples, one for every centre; the clean image seen on the way is held between -1 and 1."""
    x = torch.randn(len(centre), 1, SIDE, SIDE)
    times = torch.linspace(PROCESS.steps - 1, 0, steps).round()
    for t, after in zip(times, [*times[1:], None], strict=True):
        signal, noise = PROCESS.coefficients(t)
        clean = ((x - noise * network(x, t.expand(len(x)), centre)) / signal).clamp(-1, 1)
        eps = (x - signal * clean) / noise
        signal, noise = PROCESS.coefficients(after) if after is not None else (1, 0)
        x = signal * clean + noise * eps
    return x


def found_centres(images: torch.Tensor) -> torch.Tensor:
    """The centre of mass of what rises above a fifth of the bump's height, as (column, row) in pixels."""
    mass = ((images[:, 0] + 1) / 2 - 0.2).clamp(min=0)
    pixel = torch.arange(SIDE, dtype=images.dtype)
    total = mass.sum(dim=(1, 2)).clamp(min=1e-6)
    return torch.stack([(mass.sum(dim=1) * pixel).sum(dim=1), (mass.sum(dim=2) * pixel).sum(dim=1)], dim=1) / total[:, None]


def distance_to_nearest(images: torch.Tensor, centre: torch.Tensor) -> torch.Tensor:
    """Root-mean-square difference of every image from the nearest bump around its centre, over a grid of widths."""
    width = torch.cartesian_prod(*[torch.linspace(*WIDTHS, 21)] * 2)
    nearest = [
        (bumps(c.expand(len(width), 2), width) - image).square().mean(dim=(1, 2, 3)).min().sqrt()
        for image, c in zip(images, centre, strict=True)
    ]
    return torch.stack(nearest)


def check_samples(kept: dict[int, ConditionalUNet]) -> bool:
    """Prints how far samples are from where they should be; whether the last network's are bumps at their centres."""
    for step, network in kept.items():
        torch.manual_seed(SEED)
        centre = 2 * torch.rand(HELD_OUT, 2) - 1
        images = sample(network, centre)
        error = (found_centres(images) - (MIDDLE + REACH * centre)).abs().amax(dim=1)
        off = distance_to_nearest(images, centre)
        print(
            f"step {step:5d}  centre off by {error.median():.3f} px (largest {error.max():.3f}), "
            f"image off the nearest bump by {off.median():.4f} (largest {off.max():.4f})", flush=True)
    return error.max().item() < 1


def write_probe(network: ConditionalUNet, inputs: dict[str, torch.Tensor], path: Path) -> None:
    """What the network makes of a few inputs, in both precisions: whoever runs the file elsewhere can compare."""
    wide = copy.deepcopy(network).double()
    pairs = {}
    for pair in range(len(next(iter(inputs.values())))):
        given = {name: value[pair : pair + 1] for name, value in inputs.items()}
        pairs |= {f"{pair}/input/{name}": value for name, value in given.items()}
        pairs[f"{pair}/output/noise"] = network(*given.values())
        pairs[f"{pair}/output64/noise"] = wide(*(value.double() for value in given.values()))
    np.savez(path, **{name: value.detach().contiguous().numpy() for name, value in pairs.items()})


def write_checkpoints(kept: dict[int, ConditionalUNet]) -> None:
    """The networks of every step as ONNX and as PyTorch state dict, the last one as safetensors and .pt2 too."""
    folder = CHECKPOINTS / NAME
    folder.mkdir(exist_ok=True)
    files = []

    def place(file: str) -> Path:
        files.append(file)
        return folder / file

    def inputs(count: int) -> dict[str, torch.Tensor]:
        images, centre = draw_bumps(count)
        level = PROCESS.draw_levels(count)
        signal, noise = (c[:, None, None, None] for c in PROCESS.coefficients(level))
        return {"x": signal * images + noise * torch.randn_like(images), "t": level, "c": centre}

    for step, network in kept.items():
        network = network.to(memory_format=torch.contiguous_format)
        stem = f"step-{step:04d}"
        torch.save(network.state_dict(), place(f"{stem}.pt"))
        export_onnx(network, inputs(5), network.predicts, place(f"{stem}.onnx"))
        check_onnx(network, inputs(3), folder / f"{stem}.onnx")
        if step == STEPS:
            place(f"{stem}.safetensors").write_bytes(save(network.state_dict()))
            export_program(network, inputs(5), place(f"{stem}.pt2"))
            write_probe(network, inputs(3), place(f"{stem}.probe.npz"))
    images, centre = draw_bumps(HELD_OUT)
    arrays = {"points": images.flatten(1), "centres": centre}
    write_arrays(folder, arrays)
    write_entry(NAME, network, PROCESS, files + [f"{key}.npy" for key in arrays], {
        "data": "32x32 pixels: a Gaussian bump from -1 to 1 whose centre, told to the network, is uniform within 9.5 "
                "pixels of the middle and whose two widths are uniform from 1.5 to 2.5 pixels. Fresh draws at every "
                "training step; points.npy and centres.npy are 64 more.",
        "inputs": {
            "x": "noised images",
            "t": "float timestep 0 ... 999: x = sqrt(abar_t) x0 + sqrt(1 - abar_t) eps",
            "c": "centre of the bump (column, row), (pixel - 15.5) / 9.5",
        },
        "licence": "Apache-2.0",
        "recipe": "recipes/bumps.py",
        "score": "-noise / sqrt(1 - abar_t)",
        "seed": SEED,
        "shapes": {
            "x": ["batch", 1, SIDE, SIDE], "t": ["batch"], "c": ["batch", 2], "noise": ["batch", 1, SIDE, SIDE],
        },
        "steps": KEPT,
    })


def main() -> bool:
    make_deterministic(SEED)
    kept = {}

    def keep(step, average):
        if step in KEPT:
            kept[step] = copy.deepcopy(average).eval().requires_grad_(False)

    train(build_network(), PROCESS, draw_bumps, steps=STEPS, batch=32, weight_decay=0.01, watch=keep)
    agrees = check_samples(kept)
    write_checkpoints(kept)
    return agrees


if __name__ == "__main__":
    sys.exit(0 if main() else "samples are not where they were asked for")
