"""A uniform 2-sphere of radius sqrt(3) in a random three-dimensional subspace of R^20, learned as a rectified flow."""

import math

import torch

from checkpoint_folder import write_checkpoint
from jacobian_spectrum import print_check
from noising_process import StraightFlow
from score_network import ScoreBody, VelocityPredictor
from score_training import make_deterministic, train

DIMENSION = 20
RADIUS = math.sqrt(3)
SEED = 3
PROCESS = StraightFlow()


def build_network() -> VelocityPredictor:
    """The untrained network."""
    return VelocityPredictor(ScoreBody(DIMENSION, width=192, block_count=3, frequencies=(1.0, 300.0), normalised=True))


def main() -> None:
    make_deterministic(SEED)
    frame, _ = torch.linalg.qr(torch.randn(DIMENSION, 3))

    def draw(count):
        return RADIUS * torch.nn.functional.normalize(torch.randn(count, 3), dim=1) @ frame.T

    network = train(build_network(), PROCESS, draw, steps=10000)
    points = draw(256)
    print_check(network, PROCESS, points[:32], torch.logspace(-2, -0.1, 20))
    write_checkpoint("sphere", network, PROCESS, {"points": points, "frame": frame}, {
        "data": "uniform on the sphere of radius sqrt(3) in the column space of frame.npy (20x3, orthonormal). "
                "Fresh draws at every training step; points.npy is one more draw.",
        "inputs": {"x": "noised points", "t": "time, which is the noise: x = (1 - t) x0 + t eps"},
        "licence": "Apache-2.0",
        "recipe": "recipes/sphere.py",
        "score": "-(x + (1 - t) velocity) / t",
        "seed": SEED,
    })


if __name__ == "__main__":
    main()
