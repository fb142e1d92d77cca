"""How much data a conditional diffusion model of bumps needs, with and without stripes, by side.

After Liang et al. (2024), Figures 5 and 6. A U-Net (`factor_unet.py`) is trained on few bumps, at places drawn from a lattice
of half a pixel, or on as many and on all stripes: bumps that lack one of the two factors. Then it is asked for bumps on
an even grid over the whole image. The networks are not kept; `KIND-side-SIDE-seed-SEED-size-SIZE.npz` has
`trained`, the centres of the bumps that it learned from, `conditions`, what it was asked for, and `images`, what it
made of that, 0 to 255 for -1 to 1.

    python3 composition_scaling.py                            trains all on two cores and writes ../composition-scaling
    python3 composition_scaling.py --jobs 2 --output FOLDER   trains elsewhere
    python3 composition_scaling.py --finish FOLDER            writes ../composition-scaling from that
"""

import json
import multiprocessing
import shutil
import sys
from pathlib import Path

import numpy as np
import torch

from factor_training import PROCESS, right, sample, train_together
from factor_unet import FactorUNet
from manifest import CHECKPOINTS, list_folder
from recipe_command import run
from score_training import make_deterministic
from two_factors import Images

NAME = "composition-scaling"
SEED = 17
SIDES, SIZES, SEEDS = (8, 12, 16), (8, 16, 32, 64, 128), (1, 2)
KINDS = ("bumps", "stripes")
STEPS, BATCH = 1500, 32
ASKED = 10


def trained_on(images: Images, size: int, seed: int) -> torch.Tensor:
    """The centres of the bumps, the same with and without stripes; a larger set of a seed has the smaller ones."""
    lattice = images.lattice()
    order = torch.randperm(len(lattice), generator=torch.Generator().manual_seed(100 * SEED + seed))
    return lattice[order[:size]]


def asked_for(images: Images) -> torch.Tensor:
    """An even grid over the image, without its border."""
    return torch.cartesian_prod(*[(torch.arange(ASKED) + 0.5) * (images.reach / ASKED)] * 2)


def train_group(task: tuple[int, int, Path]) -> dict[str, float]:
    """Trains all networks of a side and a seed side by side, and writes what they make; the share of it that is right."""
    side, seed, folder = task
    make_deterministic(1000 * SEED + 10 * side + seed)
    images = Images("bumps", side)
    runs = [(kind, size) for kind in KINDS for size in SIZES]
    sets = []
    for kind, size in runs:
        bumps = trained_on(images, size, seed)
        sets.append((images, [bumps, images.stripes()] if kind == "stripes" else [bumps]))
    conditions = asked_for(images)
    shares = {}
    for (kind, size), network in zip(runs, train_together(FactorUNet, sets, STEPS, BATCH)[STEPS], strict=True):
        made = sample(network, conditions, seed)
        path = named(kind, side, seed, size)
        shares[path] = right(images, made, conditions).double().mean().item()
        np.savez_compressed(
            folder / f"{path}.npz", trained=trained_on(images, size, seed).half().numpy(),
            conditions=conditions.numpy(), images=((made[:, 0] + 1) * 127.5).round().byte().numpy(),
        )
    return shares


def train_all(folder: Path, jobs: int) -> None:
    """Every run, in processes of one thread, and what is right in `results.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    shares = {}
    # The longest first.
    tasks = [(side, seed, folder) for side in reversed(SIDES) for seed in SEEDS]
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        for found in pool.imap_unordered(train_group, tasks, chunksize=1):
            shares |= found
    (folder / "results.json").write_text(json.dumps({
        "made_with": f"PyTorch {torch.__version__.split('+')[0]}", "right": dict(sorted(shares.items())),
    }))


def finish(source: Path) -> bool:
    """Copies what came of it to ../composition-scaling and lists it; whether much data is enough."""
    target = CHECKPOINTS / NAME
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("results.json"))
    results = json.loads((source / "results.json").read_text())
    shares = results["right"]
    list_folder(NAME, sorted(path.name for path in target.iterdir()), {
        "data": f"What {len(shares)} networks made that had learned from few bumps, with and without all stripes, on "
                f"images of {', '.join(map(str, SIDES))} pixels a side: 'trained' are the centres of the bumps, "
                f"'conditions' the {ASKED**2} centres asked for, (column, row) in pixels, 'images' what came, 0 to 255 "
                "for -1 (the middle of a bump) to 1 (nothing).",
        "licence": "Apache-2.0",
        "made_with": results["made_with"],
        "parameters": {str(side): sum(p.numel() for p in FactorUNet(side, PROCESS).parameters()) for side in SIDES},
        "recipe": "recipes/composition_scaling.py",
        "right": shares,
        "seed": SEED,
    })
    for side in SIDES:
        for kind in KINDS:
            row = [np.mean([shares[named(kind, side, seed, size)] for seed in SEEDS]) for size in SIZES]
            print(f"side {side:2d}  {kind:8s} right of sizes {SIZES}: {' '.join(f'{share:.2f}' for share in row)}")
    return min(shares[named(kind, SIDES[0], seed, SIZES[-1])] for kind in KINDS for seed in SEEDS) > 0.6


def named(kind: str, side: int, seed: int, size: int) -> str:
    return f"{kind}-side-{side:02d}-seed-{seed}-size-{size:03d}"


if __name__ == "__main__":
    well = run("Trains conditional diffusion models on few bumps.", "groups of networks", train_all, finish)
    sys.exit(0 if well else "many bumps on the smallest images are not enough")
