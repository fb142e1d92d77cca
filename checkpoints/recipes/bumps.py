"""Gaussian bumps on 32x32 pixels, learned by a U-Net that is told where the bump is and left to choose its two widths.

Ten checkpoints show the training: the untrained network, then the average of the weights after 32, 64, ... 8192 steps.
`python bumps.py --from-weights` trains nothing: it writes all other files again from the state dicts in the folder.
"""

import copy
import sys

import torch

from checkpoint_folder import CHECKPOINTS, check_onnx, export_onnx, write_arrays, write_entry
from conditional_unet import SIDE, ConditionalUNet
from export import export
from noising_process import DenoisingDiffusion
from score_training import make_deterministic, train

NAME = "bumps"
FOLDER = CHECKPOINTS / NAME
SEED = 5
PROCESS = DenoisingDiffusion()
STEPS = 8192
KEPT = [0, *(2**power for power in range(5, 14))]
HELD_OUT = 64
PROBED_LEVELS = torch.tensor([20.0, 200.0, 700.0])
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


def noised(level: torch.Tensor) -> dict[str, torch.Tensor]:
    """One bump for each level [count], noised, as the network takes them."""
    images, centre = draw_bumps(len(level))
    signal, noise = (c[:, None, None, None] for c in PROCESS.coefficients(level))
    return {"x": signal * images + noise * torch.randn_like(images), "t": level, "c": centre}


def load_weights() -> dict[int, ConditionalUNet]:
    """The networks of every step from the state dicts in the folder."""
    kept = {step: build_network().eval().requires_grad_(False) for step in KEPT}
    for step, network in kept.items():
        network.load_state_dict(torch.load(FOLDER / f"{stem(step)}.pt", weights_only=True))
    return kept


def stem(step: int) -> str:
    return f"step-{step:04d}"


def write_checkpoints(kept: dict[int, ConditionalUNet]) -> None:
    """The networks of every step as state dict, ONNX and .pt2, the last also as safetensors, with probe pairs; and 64 more
    bumps."""
    # What is drawn from here on is the same whether the networks were trained or loaded.
    torch.manual_seed(SEED + 1)
    FOLDER.mkdir(exist_ok=True)
    images, centre = draw_bumps(HELD_OUT)
    arrays = {"points": images.flatten(1), "centres": centre}
    write_arrays(FOLDER, arrays)
    examples = [noised(level[None]) for level in PROBED_LEVELS]
    batch = noised(PROCESS.draw_levels(5))
    files = [f"{key}.npy" for key in arrays]
    for step, network in kept.items():
        network = network.to(memory_format=torch.contiguous_format)
        path = FOLDER / stem(step)
        torch.save(network.state_dict(), path.with_suffix(".pt"))
        export_onnx(network, batch, network.predicts, path.with_suffix(".onnx"))
        check_onnx(network, batch, path.with_suffix(".onnx"))
        export(network, examples[0], str(path), outputs=[network.predicts], more_inputs=examples[1:], quiet=True)
        kinds = ["onnx", "probe.npz", "pt", "pt2", "safetensors"]
        if step != max(kept):
            # The same weights as in .pt; one file shows the form.
            path.with_suffix(".safetensors").unlink()
            kinds.remove("safetensors")
        files += [f"{path.name}.{kind}" for kind in kinds]
    write_entry(NAME, network, PROCESS, files, {
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


def train_network() -> dict[int, ConditionalUNet]:
    """The networks of every step that is kept."""
    kept = {}

    def keep(step, average):
        if step in KEPT:
            kept[step] = copy.deepcopy(average).eval().requires_grad_(False)

    train(build_network(), PROCESS, draw_bumps, steps=STEPS, batch=32, weight_decay=0.01, watch=keep)
    return kept


def main(from_weights: bool) -> bool:
    make_deterministic(SEED)
    kept = load_weights() if from_weights else train_network()
    agrees = from_weights or check_samples(kept)
    write_checkpoints(kept)
    return agrees


if __name__ == "__main__":
    sys.exit(0 if main("--from-weights" in sys.argv[1:]) else "samples are not where they were asked for")
