"""Conditional diffusion models of bumps and of sums of stripes: on all conditions, around a hole, and from few examples.

After Liang et al. (2024). `FOLDER/conditions.npz` has for every training set its conditions, `FOLDER/SET-step-STEP` is
the network trained on it: `.json`, the function as a recipe file, with its weights in `.safetensors`, and `.probe.npz`.

    python3 composition.py                              trains all on two cores and writes ../composition
    python3 composition.py --jobs 2 --output FOLDER     trains elsewhere
    python3 composition.py --finish FOLDER              writes ../composition from that

From the study differ: 16x16 pixels, not 32x32, and a smaller network (`factor_unet.py`).
"""

import json
import multiprocessing
import shutil
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from export import record_pairs
from factor_training import PROCESS, right, sample, train_together
from factor_unet import EMBEDDING, OUTPUTS, WIDTHS, FactorUNet, Layers, write_function
from manifest import CHECKPOINTS, list_folder
from recipe_command import run
from score_training import make_deterministic
from two_factors import Images

NAME = "composition"
SEED = 13
SIDE, STEPS, BATCH = 16, 1500, 32
# Around the steps at which each kind is learned.
SERIES = {"bumps": (0, 300, 400, 500, 600, 800), "sums": (0, 100, 200, 300, 400)}
# Trained side by side are the networks of a group.
GROUPS = (
    ("bumps-periodic", "bumps-square", "sums-periodic", "bumps-few-stripes"),
    ("bumps-lesion-1", "bumps-lesion-3", "bumps-lesion-6", "bumps-few"),
    ("bumps-bounded", "sums-bounded", "sums-square"),
)
PROBED_LEVELS = (20.0, 300.0, 800.0)
FEW = 24


@dataclass(frozen=True)
class TrainingSet:
    """Images and the lists of conditions that they are drawn from; `held_out` is what they lack."""

    images: Images
    parts: list[torch.Tensor]
    held_out: torch.Tensor
    is_series: bool = False


def training_sets() -> dict[str, TrainingSet]:
    bumps, sums = Images("bumps"), Images("sums")
    none = torch.zeros(0, 2)
    sets = {}
    for images in (Images("bumps", periodic=True), Images("sums", periodic=True), bumps, sums):
        topology = "periodic" if images.periodic else "bounded"
        sets[f"{images.kind}-{topology}"] = TrainingSet(
            images, [images.lattice()], none, images.periodic
        )
    lattice = bumps.lattice()
    from_middle = (lattice - bumps.reach / 2).abs()
    for images in (bumps, sums):
        within = from_middle.amax(dim=1) <= 3
        sets[f"{images.kind}-square"] = TrainingSet(
            images, [lattice[~within]], lattice[within], images is bumps
        )
    for width in (1, 3, 6):
        within = from_middle[:, 0] <= width / 2
        sets[f"bumps-lesion-{width}"] = TrainingSet(bumps, [lattice[~within]], lattice[within])
    order = torch.randperm(len(lattice), generator=torch.Generator().manual_seed(SEED))
    few, rest = lattice[order[:FEW]], lattice[order[FEW:]]
    sets["bumps-few"] = TrainingSet(bumps, [few], rest)
    sets["bumps-few-stripes"] = TrainingSet(bumps, [few, bumps.stripes()], rest)
    return sets


def noised(images: Images, conditions: torch.Tensor, level: float, seed: int) -> dict[str, torch.Tensor]:
    """Images of the conditions with noise, as the network takes them."""
    signal, noise = PROCESS.coefficients(torch.tensor(level))
    clean = images.draw(conditions)
    eps = torch.randn(clean.shape, generator=torch.Generator().manual_seed(seed))
    return {"x": signal * clean + noise * eps, "t": torch.full((len(clean),), level), "c": conditions}


def packed(source: Path, target: Path) -> None:
    """The archive, deflated; of probe pairs after the first, only the inputs and the noise in float64."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name in old.namelist():
            if name.startswith("0/") or "/input/" in name or name.endswith("/output64/noise.npy"):
                member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                member.compress_type = zipfile.ZIP_DEFLATED
                new.writestr(member, old.read(name))


def write_network(network: FactorUNet, images: Images, conditions: torch.Tensor, about: str, path: str) -> None:
    """The recipe file, and pairs to hold it to."""
    write_function(network, about, path)
    few = conditions[:: len(conditions) // 3]
    examples = [noised(images, few[k:k + 1], level, k) for k, level in enumerate(PROBED_LEVELS)]
    with tempfile.TemporaryDirectory() as folder:
        record_pairs(Layers(network), examples, f"{folder}/network", outputs=list(OUTPUTS))
        packed(Path(f"{folder}/network.probe.npz"), Path(f"{path}.probe.npz"))


def train_group(task: tuple[tuple[str, ...], Path]) -> dict[str, dict]:
    """Trains networks side by side and writes them; what each gets right after every step."""
    names, folder = task
    make_deterministic(SEED)
    chosen = {name: training_sets()[name] for name in names}
    sets = [(each.images, each.parts) for each in chosen.values()]
    trained = train_together(FactorUNet, sets, STEPS, BATCH, sum(SERIES.values(), ()))
    shares = {name: {} for name in names}
    for step, networks in trained.items():
        for (name, each), network in zip(chosen.items(), networks, strict=True):
            if step < STEPS and not (each.is_series and step in SERIES[each.images.kind]):
                continue
            about = f"The noise in 16x16 images of two factors: {name}, after {step} steps"
            write_network(network, each.images, torch.cat(each.parts), about, f"{folder}/{name}-step-{step:04d}")
            shares[name][str(step)] = {
                region: share_right(network, each.images, conditions)
                for region, conditions in (("trained", each.parts[0]), ("held_out", each.held_out)) if len(conditions)
            }
    return shares


def share_right(network: FactorUNet, images: Images, conditions: torch.Tensor) -> float:
    """Of an even choice of 100 of the conditions."""
    chosen = conditions[torch.linspace(0, len(conditions) - 1, min(100, len(conditions))).long()]
    return round(right(images, sample(network, chosen, SEED), chosen).double().mean().item(), 4)


def train_all(folder: Path, jobs: int) -> None:
    """Every network, in processes of one thread, and every set's conditions; what is right in `results.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    sets = training_sets()
    torch.set_num_threads(1)
    found = {}
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        for shares in pool.imap_unordered(train_group, [(names, folder) for names in GROUPS]):
            found |= shares
    conditions = {name: torch.cat(each.parts).half().numpy() for name, each in sets.items()}
    np.savez_compressed(folder / "conditions.npz", **conditions)
    (folder / "results.json").write_text(json.dumps({
        "made_with": f"PyTorch {torch.__version__.split('+')[0]}", "right": found,
    }))


def finish(source: Path) -> bool:
    """Copies what was trained to ../composition and lists it; whether every network draws what it was trained on."""
    target = CHECKPOINTS / NAME
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("results.json"))
    found = json.loads((source / "results.json").read_text())
    network = FactorUNet(SIDE, PROCESS)
    image = ["batch", 1, SIDE, SIDE]
    list_folder(NAME, sorted(path.name for path in target.iterdir()), {
        "data": "16x16 pixels, from -1 in the middle of a bump to 1 where nothing is: Gaussian bumps of deviation 1 "
                "pixel, or sums of two stripes, whose centre is told. conditions.npz has for every training set the "
                "centres that it was drawn from, on a lattice of half a pixel.",
        "inputs": {
            "x": "noised images",
            "t": "float timestep 0 ... 999: x = sqrt(abar_t) x0 + sqrt(1 - abar_t) eps",
            "c": "centre (column, row) in pixels; outside of 0 ... 15, in bumps-few-stripes: none",
        },
        "licence": "Apache-2.0",
        "made_with": found["made_with"],
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "predicts": network.predicts,
        "process": PROCESS.description(),
        "recipe": "recipes/composition.py",
        "right": found["right"],
        "score": "-noise / sqrt(1 - abar_t)",
        "seed": SEED,
        "shapes": {
            "x": image, "t": ["batch"], "c": ["batch", 2], "noise": image,
            "representation": ["batch", WIDTHS[-1], SIDE // 4, SIDE // 4], "condition": ["batch", EMBEDDING],
        },
        "trained_range": {"t": PROCESS.trained_range()},
    })
    for name, shares in found["right"].items():
        print(f"{name:18s} {shares}")
    return all(shares[str(STEPS)]["trained"] > 0.9 for shares in found["right"].values())


if __name__ == "__main__":
    well = run("Trains conditional diffusion models of images of two factors.", "groups of networks", train_all, finish)
    sys.exit(0 if well else "a network does not draw what it was trained on")
