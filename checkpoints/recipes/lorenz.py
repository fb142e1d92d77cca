"""The Lorenz system at five rho: at rest, chaotic or periodic.

Clips of one long trajectory for each rho, at random places after it has settled, as KoopSTD (Zhang et al. 2025) takes
them. At rho = 10 and 20 the system comes to rest: their clips hold the integrator's own error, of a thousandth and of
a tenth of a unit, which z-scoring makes as large as the rest. It is the integrator of that study, tolerances included.
"""

import numpy as np
from scipy.integrate import solve_ivp

from recording_folder import write_recordings

SEED = 2023
RHOS = [10, 20, 75, 152, 220]
CLIPS, SECONDS, INTERVAL = 20, 20, 0.01
SETTLED, END = 300, 800


def velocity(_, state: np.ndarray, rho: float) -> list[float]:
    x, y, z = state
    return [10 * (y - x), x * (rho - z) - y, x * y - 8 / 3 * z]


def main() -> None:
    rng = np.random.default_rng(SEED)
    times = SETTLED + INTERVAL * np.arange((END - SETTLED) / INTERVAL)
    length = round(SECONDS / INTERVAL)
    clips = {}
    for rho in RHOS:
        path = solve_ivp(velocity, (0, END), [-8, 8, 27], method="RK45", t_eval=times, args=(rho,)).y.T
        starts = rng.integers(0, len(path) - length, CLIPS)
        clips[f"rho-{rho}"] = np.stack([path[start : start + length] for start in starts])
    spread = {name: float(recording.std(axis=1).max()) for name, recording in clips.items()}
    print("largest standard deviation in a clip:", {name: f"{value:.2g}" for name, value in spread.items()})
    rest = np.sqrt(8 / 3 * 9)
    assert np.abs(np.abs(clips["rho-10"][..., :2]) - rest).max() < 0.02, "rho = 10 is not at its fixed point"
    assert min(spread[f"rho-{rho}"] for rho in RHOS[2:]) > 10, "rho = 75 and above are not on a large attractor"
    write_recordings("lorenz", {name: {"clips": recording} for name, recording in clips.items()}, {
        "data": f"x, y, z of the Lorenz system (sigma 10, beta 8/3) at rho = {', '.join(map(str, RHOS))}: for each "
                f"{CLIPS} clips of {SECONDS} time units, a sample every {INTERVAL}, at random places from {SETTLED} to "
                f"{END} of one trajectory from (-8, 8, 27), by RK45 at SciPy's tolerances.",
        "recipe": "recipes/lorenz.py",
        "seed": SEED,
    })


if __name__ == "__main__":
    main()
