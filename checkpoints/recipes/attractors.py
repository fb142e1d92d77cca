"""Three kinds of attractor that do the same on average: a bistable switch, a line and a point, in the plane.

Ten models of each kind answer two conditions with 8 noisy trials each. A switch is pushed by a constant input and
decides; lines and points are steered, step by step, by the one input for all trials that puts their average where the
average of the switch of the same number is (Galgali, Sahani and Mante 2023; Ostrow et al. 2023, figure 3).
What is left of the kind is how trials return, or do not, after noise.
"""

from collections import defaultdict

import numpy as np

from recording_folder import write_recordings

SEED = 2023
MODELS, TRIALS = 10, 8
STEP, STEPS, KEPT_EVERY = 0.01, 10_000, 10
NOISE = 0.05
CONDITIONS = np.array([-0.1, 0.1])
# At rest along (sqrt 2, 1); along (1, -1) it returns at 1.207 times the rate.
LINE = np.outer([1, -1], [0.5, -np.sqrt(0.5)])


def drift(kind: str, rng: np.random.Generator):
    """The velocity of one model of a kind as a function of the state, its rates drawn at random."""
    if kind == "bistable":
        cubic, growth, decay = rng.uniform([-5, 4, -4], [-4, 5, -3])
        return lambda x: np.stack([cubic * x[..., 0] ** 3 + growth * x[..., 0], decay * x[..., 1]], axis=-1)
    matrix = rng.uniform(-3, -2) * LINE if kind == "line" else np.diag(rng.uniform([-5, -9], [-4, -8]))
    return lambda x: x @ matrix.T


def simulate(velocity, rng: np.random.Generator, averages: np.ndarray | None = None) -> np.ndarray:
    """Conditions x trials x steps x 2; the input is the condition, or what keeps to `averages`."""
    path = np.zeros((len(CONDITIONS), TRIALS, STEPS, 2))
    for step in range(1, STEPS):
        now = path[:, :, step - 1]
        unsteered = now + STEP * velocity(now)
        if averages is None:
            push = STEP * CONDITIONS[:, None, None]
        else:
            push = (averages[:, step] - unsteered.mean(axis=1))[:, None]
        path[:, :, step] = unsteered + push + STEP * rng.normal(0, NOISE, now.shape)
    return path


def main() -> None:
    rng = np.random.default_rng(SEED)
    files, mismatch = defaultdict(dict), 0.0
    for model in range(1, MODELS + 1):
        averages = None
        for kind in ("bistable", "line", "point"):
            path = simulate(drift(kind, rng), rng, averages)
            averages = path.mean(axis=1) if averages is None else averages
            mismatch = max(mismatch, np.abs(path.mean(axis=1) - averages).max())
            kept = path[:, :, ::KEPT_EVERY]
            files[kind][f"{model:02}"] = kept.reshape(-1, STEPS // KEPT_EVERY, 2)
            files[f"average-{kind}"][f"{model:02}"] = kept.mean(axis=1)
    print(f"condition averages differ by at most {mismatch:.2g}; they reach {np.abs(averages[:, -1, 0]).min():.2g}")
    assert mismatch < 6 * STEP * NOISE / np.sqrt(TRIALS), "the averages differ by more than the noise of one step"
    write_recordings("attractors", files, {
        "data": f"{MODELS} models of each of three kinds of attractor in the plane: {TRIALS} trials of the input "
                f"{CONDITIONS[0]}, then {TRIALS} of {CONDITIONS[1]}, of {STEPS // KEPT_EVERY} samples, one every "
                f"{STEP * KEPT_EVERY:g} time units. average-*: over the trials of a condition, alike for all models of "
                f"a number.",
        "recipe": "recipes/attractors.py",
        "seed": SEED,
    })


if __name__ == "__main__":
    main()
