"""A bump of activity on a ring of neurons, seen through other nonlinearities, and on rings that are cut open to lines.

Two populations, of which one pushes the bump one way and one the other, inhibit each other around the ring; an input
that favours one of them drives the bump along (after Ostrow et al. 2023, figure 4).
`nonlinearity.npz` is one run seen through sigmoid(beta x): the same dynamics, ever other geometry. `topology.npz` are
networks from which a share 1 - alpha of the reach of inhibition is cut out, driven to and fro: a ring at alpha = 1.
"""

import numpy as np
from scipy.linalg import circulant

from recording_folder import write_recordings

SEED = 2023
NEURONS, REACH, SHIFT, INHIBITION = 100, 60, 2, 8.0
STEP = 0.05  # in time constants of a neuron
NOISE = 0.01
SETTLED, KEPT_EVERY = 1000, 20
BETAS = [0.1, 0.6, 1.1, 1.6, 2.1, 2.6, 3.1, 3.6]
ALPHAS = [0, 0.2, 0.4, 0.6, 0.8, 1]


def network(alpha: float) -> np.ndarray:
    """What is left of a ring, as weights between the two populations."""
    size = NEURONS + int((1 - alpha) * REACH)
    offsets = np.arange(-2 * REACH, 2 * REACH)
    column = np.zeros(size)
    np.add.at(column, offsets % size, INHIBITION * (np.cos(np.pi * offsets / REACH) - 1) / 2)
    back, forth = (np.roll(circulant(column), shift, axis=0)[:NEURONS, :NEURONS] for shift in (-SHIFT, SHIFT))
    return np.block([[back, forth], [back, forth]])


def simulate(weights: np.ndarray, drive: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What the neurons of one population take in, samples x neurons; a bump starts at a random place."""
    favour = 0.1 * np.repeat([-1, 1], NEURONS)
    pulse = np.tile(np.eye(NEURONS)[rng.integers(NEURONS)], 2)
    state = pulse + 0.1 * rng.random(2 * NEURONS)
    states = []
    for step, input in enumerate(drive):
        noise = NOISE * rng.normal(size=len(state))
        state = state + STEP * (1 + favour * input - state + weights @ np.maximum(state, 0) + noise)
        if step < 100:
            state = state + pulse
        states.append(state[NEURONS:])
    return np.array(states[SETTLED::KEPT_EVERY])


def to_and_fro(steps: int, rng: np.random.Generator) -> np.ndarray:
    """A noisy drive of one strength that turns round at random times."""
    drive, step = np.ones(steps), 0
    while step < steps:
        step += rng.integers(100, 2000)
        drive[step:] *= -1
    return drive + 0.5 * rng.normal(size=steps)


def crossings(recording: np.ndarray) -> int:
    """How often the bump leaves at one end and enters at the other, by the place of its peak."""
    return int((np.abs(np.diff(recording.argmax(axis=-1))) > NEURONS / 2).sum())


def main() -> None:
    rng = np.random.default_rng(SEED)
    run = simulate(network(1), np.full(SETTLED + 10_000, 2.0), rng)
    nonlinearity = {f"beta-{beta}": 1 / (1 + np.exp(-beta * run[None])) for beta in BETAS}
    drives = [to_and_fro(SETTLED + 4000, rng) for _ in range(6)]
    topology = {f"alpha-{a}": np.stack([simulate(network(a), drive, rng) for drive in drives]) for a in ALPHAS}
    turns = {name: crossings(recording) for name, recording in topology.items()}
    print(f"the bump goes around {crossings(run)} times; driven to and fro, it crosses the cut so often: {turns}")
    assert crossings(run) >= 5, "the bump does not go around the ring"
    assert turns["alpha-0"] == 0 and turns["alpha-1"] >= 10, "the line is no line, or the ring no ring"
    write_recordings("rings", {"nonlinearity": nonlinearity, "topology": topology}, {
        "data": f"The input of each of {NEURONS} neurons of a bump attractor, a sample a time constant. nonlinearity: "
                f"one run of {len(run)} samples around the ring, through sigmoid(beta x). topology: alpha from 0 "
                f"(a line) to 1 (the ring), {len(drives)} trials of 200 samples, driven to and fro by the same drives.",
        "recipe": "recipes/rings.py",
        "seed": SEED,
    })


if __name__ == "__main__":
    main()
