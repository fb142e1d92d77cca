"""Writes diagrams.json: random clouds and what ripser (0.6.15) finds of them.

    python Tests/AnalysisTests/Topology/make_diagrams.py

Clouds of numbers in [0, 1) and Gaussian ones, a table of distances that is no metric, and points of the projective plane by their
angles, whose loop is there modulo 2 and not modulo 3. ripser computes in single precision, so that its numbers hold to 1e-6.
"""
import json
import pathlib

import numpy as np
import ripser

random = np.random.default_rng(20)


def table(points):
    return np.linalg.norm(points[:, None] - points[None], axis=2)


def projective(count):
    points = random.standard_normal((count, 3))
    points /= np.linalg.norm(points, axis=1)[:, None]
    return np.arccos(np.clip(np.abs(points @ points.T), 0, 1))


def table_of_numbers(count):
    numbers = np.triu(random.uniform(size=(count, count)), 1)
    return numbers + numbers.T


clouds = {
    "square": table(random.uniform(size=(50, 2))),
    "cube": table(random.uniform(size=(40, 3))),
    "gaussian": table(random.standard_normal((36, 4))),
    "numbers": table_of_numbers(25),
    "projective": projective(44),
}
cases = []
for name, distances in clouds.items():
    distances = np.round(distances, 6)
    np.fill_diagonal(distances, 0)
    for prime in (2, 3):
        found = ripser.ripser(distances, distance_matrix=True, maxdim=2, coeff=prime)["dgms"]
        diagrams = [
            [[round(float(birth), 6), round(float(death), 6) if np.isfinite(death) else None] for birth, death in bars]
            for bars in found
        ]
        lower = [float(distances[high, low]) for high in range(len(distances)) for low in range(high)]
        cases.append({"name": name, "prime": prime, "count": len(distances), "diagrams": diagrams,
                      "distances": lower if prime == 2 else []})
file = pathlib.Path(__file__).with_name("diagrams.json")
file.write_text("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
