"""Sequence models of one block learn to predict the x of the Lorenz system, of which they see neither y nor z.

After Ostrow, Eisen and Fiete (2024): transformer decoders with and without a positional embedding, diagonal state-space
models (LRU) and GRUs (`sequence_networks.py`), of widths 10, 25 and 50, three seeds each, are given 200 samples of x
and trained to give the next of each: where x is exact (`clean`), and where noise of deviation 0.05 is added (`noisy`).

    python3 sequence_models.py                              trains all on two cores and writes ../sequence-models
    python3 sequence_models.py --jobs 16 --output FOLDER    trains elsewhere; this needs PyTorch and SciPy only
    python3 sequence_models.py --finish FOLDER              writes ../sequence-models from that

`KIND-WIDTH-NOISE-seed-SEED-step-STEP` is a network as it begins and at the end, at width 25 also between. It takes any
number of trials and samples, trials x time x 1, and gives `prediction`, the next sample, and `representation`, the
states that it is predicted from. Networks of one seed begin alike with and without noise, so that at the widths 10 and
50 the beginning is written once, as `clean`. `trials.npz` are 16 held-out trials x 200 samples, in absolute units:
`clean` and `noisy`, what the networks are given, `x` and `yz`, what there was.

From the study's code differ: windows of 200 samples, not 500; 3000 steps, not 200,000, and so a learning rate that
falls from 5e-3 to 0, not one of 1e-3; and Gaussian matrices B, C and D of the LRU.
"""

import functools
import json
import multiprocessing
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import torch
from scipy.integrate import solve_ivp
from torch import nn
from torch.nn import functional

from export import export
from manifest import CHECKPOINTS, list_folder
from recipe_command import run
from score_training import make_deterministic
from sequence_networks import Gated, network

NAME = "sequence-models"
SEED = 11
KINDS, WIDTHS, SEEDS = ("lru", "decoder-positions", "decoder", "gru"), (10, 25, 50), (1, 2, 3)
NOISES = {"clean": 0.0, "noisy": 0.05}
STEPS, BATCH, SAMPLES, RATE = 3000, 10, 200, 5e-3
BETWEEN = {25: (30, 300)}
INTERVAL, DISCARDED, BEGINNING = 0.01, 200, (-9.7869288, -15.03852, 20.533978)
TRAJECTORIES, HELD_OUT, TRIALS = 2000, 200, 16
# Increase of the MASE from noise 0 to 0.05 in the study's notebooks, at widths 10, 25 and 50.
PUBLISHED = {"lru": (0.183, 0.198, 0.184), "decoder-positions": (0.133, 0.113, 0.148), "decoder": (0.072, 0.057, 0.087)}


def named(kind: str, width: int, noise: str, seed: int, **_: object) -> str:
    return f"{kind}-{width}-{noise}-seed-{seed}"


@functools.cache
def trajectories() -> torch.Tensor:
    """Windows x samples x 3 (x, y, z): those to train on, then those held out; one sample more, as the last target."""
    rng = np.random.default_rng(SEED)
    count, samples = TRAJECTORIES + HELD_OUT, DISCARDED + SAMPLES + 1
    begin = np.outer(BEGINNING, 5 * rng.random(count)).ravel()

    def velocity(_: float, state: np.ndarray) -> np.ndarray:
        x, y, z = state.reshape(3, count)
        return np.concatenate([10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z])

    times = INTERVAL * np.arange(samples)
    path = solve_ivp(velocity, (0, times[-1]), begin, method="DOP853", t_eval=times, rtol=1e-9, atol=1e-9).y
    return torch.tensor(path.reshape(3, count, samples).transpose(1, 2, 0)[:, DISCARDED:], dtype=torch.float32)


def scaled_error(model: nn.Module, x: torch.Tensor) -> float:
    """MASE: the mean error of the next sample, relative to that of giving the last one again."""
    with torch.no_grad():
        found = torch.cat([model(rows[:, :-1])[0] for rows in x.split(50)])
    return ((found - x[:, 1:]).abs().mean() / (x[:, 1:] - x[:, :-1]).abs().mean()).item()


def packed(source: Path, target: Path) -> None:
    """The archive, deflated; of probe pairs after the first, only the inputs and the float64 outputs."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name in old.namelist():
            pair, _, rest = name.partition("/")
            if not (pair in ("1", "2") and rest.split("/")[0] in ("output", "direction", "jvp")):
                member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                member.compress_type = zipfile.ZIP_DEFLATED
                new.writestr(member, old.read(name))


def write_gated(model: Gated, width: int, path: str) -> None:
    """The GRU as a recipe file: an exported program would be bound to one number of samples."""
    # ONNX's order of the gates.
    order = torch.arange(3 * width).reshape(3, width)[[1, 0, 2]].ravel()
    w, r, *biases = (weight.detach()[order] for weight in model.gru.parameters())
    readout = {f"readout.{name}": weight.detach() for name, weight in model.readout.named_parameters()}
    np.savez_compressed(f"{path}.npz", W=w[None], R=r[None], B=torch.cat(biases)[None], **readout)
    Path(f"{path}.json").write_text(json.dumps({
        "recipe": 1, "about": "PyTorch's GRU over time, its gates in ONNX's order, and a linear readout",
        "weights": f"{Path(path).name}.npz",
        "inputs": {"x": ["batch", "time", 1]},
        "steps": [
            f"states = GRU(Transpose(x, perm=[1, 0, 2]), W, R, B, hidden_size={width}, linear_before_reset=1)",
            f"representation = reshape(Transpose(states, perm=[2, 0, 1, 3]), 0, 0, {width})",
            "prediction = linear(representation, readout.weight, readout.bias)",
        ],
        "outputs": {"prediction": ["batch", "time", 1], "representation": ["batch", "time", width]},
    }, indent=1) + "\n")


def write_network(model: nn.Module, kind: str, width: int, path: str) -> None:
    """The network, and pairs of few samples, of several lengths, to hold it to."""
    x = trajectories()[TRAJECTORIES:, :, :1]
    examples = (x[:1, 20:24], x[1:3, 60:62], x[3:4, 100:103])
    with tempfile.TemporaryDirectory() as folder:
        export(
            model, examples[0], f"{folder}/network", outputs=["prediction", "representation"],
            more_inputs=examples[1:], free_axes=(0,) if kind == "gru" else (0, 1), quiet=True,
        )
        packed(Path(f"{folder}/network.probe.npz"), Path(f"{path}.probe.npz"))
        if kind == "gru":
            write_gated(model, width, path)
        else:
            packed(Path(f"{folder}/network.pt2"), Path(f"{path}.pt2"))


def train_network(task: tuple[str, int, str, int, Path]) -> dict:
    """Trains one network, which depends on no other, and writes it as it goes."""
    kind, width, noise, seed, folder = task
    make_deterministic(100 * SEED + seed)
    model = network(kind, width)
    x = trajectories()[..., :1]
    held_out = x[TRAJECTORIES:]
    # The same for all networks.
    held_out = held_out + NOISES[noise] * torch.randn(held_out.shape, generator=torch.Generator().manual_seed(SEED))
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS)
    errors = {}
    for step in range(STEPS + 1):
        if step in (0, *BETWEEN.get(width, ()), STEPS):
            model.eval()
            errors[step] = round(scaled_error(model, held_out), 5)
            if step or noise == "clean" or width in BETWEEN:
                write_network(model, kind, width, f"{folder}/{named(kind, width, noise, seed)}-step-{step:04d}")
            model.train()
        if step < STEPS:
            rows = x[torch.randint(TRAJECTORIES, (BATCH,))]
            rows = rows + NOISES[noise] * torch.randn(rows.shape)
            loss = functional.mse_loss(model(rows[:, :-1])[0], rows[:, 1:])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    parameters = sum(p.numel() for p in model.parameters())
    return {"kind": kind, "width": width, "noise": noise, "seed": seed, "parameters": parameters, "mase": errors}


def train_all(folder: Path, jobs: int) -> None:
    """Every network, in processes of one thread, and what came of each in `results.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    trajectories()
    tasks = [(k, w, n, s, folder) for w in reversed(WIDTHS) for k in reversed(KINDS) for n in NOISES for s in SEEDS]
    results = []
    # Forked, they have the trajectories already.
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        for found in pool.imap_unordered(train_network, tasks):
            results.append(found)
            error = found["mase"][STEPS]
            print(f"{len(results):2d} of {len(tasks)}  {named(**found):34s} MASE {error:.4f}", flush=True)
    results.sort(key=lambda r: (r["kind"], r["width"], r["noise"], r["seed"]))
    trials = trajectories()[TRAJECTORIES:TRAJECTORIES + TRIALS, :SAMPLES].numpy()
    x, noise = trials[..., :1], np.random.default_rng(SEED).standard_normal((TRIALS, SAMPLES, 1)).astype(np.float32)
    np.savez_compressed(folder / "trials.npz", clean=x, noisy=x + NOISES["noisy"] * noise, x=x, yz=trials[..., 1:])
    (folder / "results.json").write_text(json.dumps({
        "made_with": f"PyTorch {torch.__version__.split('+')[0]}", "networks": results,
    }))


def report(results: list[dict]) -> bool:
    """Prints what noise adds to the error; whether every network does better than giving the last sample again."""
    final = {(r["kind"], r["width"], r["noise"], r["seed"]): r["mase"][str(STEPS)] for r in results}
    print("MASE, mean over seeds: clean, noisy, increase (published)")
    for kind in KINDS:
        for width, published in zip(WIDTHS, PUBLISHED.get(kind, ("-",) * len(WIDTHS)), strict=True):
            clean, noisy = (np.mean([final[kind, width, noise, seed] for seed in SEEDS]) for noise in NOISES)
            print(f"{kind:18s} {width:3d}   {clean:.3f}  {noisy:.3f}  {noisy - clean:+.3f} ({published})")
    return max(final.values()) < 1


def finish(source: Path) -> bool:
    """Copies what was trained to ../sequence-models and lists it."""
    target = CHECKPOINTS / NAME
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("results.json"))
    found = json.loads((source / "results.json").read_text())
    results = found["networks"]
    list_folder(NAME, sorted(path.name for path in target.iterdir()), {
        "data": f"x of the Lorenz system (sigma 10, rho 28, beta 8/3), a sample every {INTERVAL}, from {BEGINNING} "
                f"times 5 u, u uniform from 0 to 1, {DISCARDED} samples discarded; {TRAJECTORIES} windows of {SAMPLES} "
                f"to train on, {TRIALS} more in trials.npz. 'noisy' adds Gaussian noise of standard deviation "
                f"{NOISES['noisy']}, drawn afresh at every step.",
        "inputs": {"x": "samples, trials x time x 1, in absolute units"},
        "licence": "Apache-2.0",
        "made_with": found["made_with"],
        "mase": {named(**r): r["mase"] for r in results},
        "parameters": {f"{r['kind']}-{r['width']}": r["parameters"] for r in results},
        "recipe": "recipes/sequence_models.py",
        "seed": SEED,
        "shapes": {
            "x": ["batch", "time", 1], "prediction": ["batch", "time", 1],
            "representation": ["batch", "time", "width (lru: 2 width)"],
        },
    })
    return report(results)


if __name__ == "__main__":
    well = run("Trains sequence models on the Lorenz system.", "networks", train_all, finish)
    sys.exit(0 if well else "a network predicts no better than the last sample does")
