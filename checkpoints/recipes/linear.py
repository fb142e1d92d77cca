"""Gaussian data on a random 40-dimensional linear manifold in 100 dimensions, with two variances or with one.

x0 = F z with z ~ N(0, I_40) and F_{mu i} ~ N(0, s_i^2 / 100), so random-matrix theory applies to F^T F. Data is drawn
afresh at every step: the networks never see a point twice.
"""

import math
import sys

import torch

from checkpoint_folder import write_checkpoint
from jacobian_spectrum import print_check
from noising_process import VarianceExploding
from score_network import Denoiser, ScoreBody, SigmaNoisePredictor, coarse
from score_training import make_deterministic, train

DIMENSION = 100
SIGMA = "standard deviation of the noise: x = x0 + sigma eps"
MODELS = {
    "linear-two-variances": {
        "seed": 1,
        "variances": [1.0] * 10 + [0.01] * 30,
        "network": Denoiser,
        "process": VarianceExploding("edm"),
        "score": "(denoised - x) / sigma^2",
    },
    "linear-one-variance": {
        "seed": 2,
        "variances": [1.0] * 40,
        "network": SigmaNoisePredictor,
        "process": VarianceExploding("ve"),
        "score": "-noise / sigma",
    },
}


def build_network(name: str) -> SigmaNoisePredictor:
    """The untrained network of one model."""
    body = ScoreBody(DIMENSION, width=192, block_count=2, frequencies=(0.25, 8.0), normalised=False)
    deviation = math.sqrt(sum(MODELS[name]["variances"]) / DIMENSION)
    return MODELS[name]["network"](body, coarse(deviation))


def train_linear(name: str) -> bool:
    """Trains, checks and writes one model; returns whether its spectra agree with the theory."""
    model = MODELS[name]
    make_deterministic(model["seed"])
    variances, process = torch.tensor(model["variances"]), model["process"]
    factor = torch.randn(DIMENSION, len(variances)) * (variances / DIMENSION).sqrt()
    eigenvalues = torch.linalg.eigvalsh(factor.double().T @ factor.double())
    network = build_network(name)

    def draw(count):
        return torch.randn(count, len(variances)) @ factor.T

    network = train(network, process, draw, steps=8000)
    points = draw(256)
    agrees = print_check(network, process, points[:32], torch.logspace(-2.5, 1, 29), eigenvalues)
    groups = ", ".join(
        f"{model['variances'].count(s)} of variance {s:g}" for s in sorted(set(model["variances"]), reverse=True)
    )
    write_checkpoint(name, network, process, {"points": points, "factor": factor}, {
        "data": f"x0 = F z in {DIMENSION} dimensions, z ~ N(0, I), F = factor.npy with independent normal entries of "
                f"variance s^2/{DIMENSION}: {groups}. Fresh draws at every training step; points.npy is one more draw.",
        "inputs": {"x": "noised points", "sigma": SIGMA},
        "licence": "Apache-2.0",
        "recipe": "recipes/linear.py",
        "score": model["score"],
        "seed": model["seed"],
    })
    return agrees


if __name__ == "__main__":
    agreements = [train_linear(name) for name in (sys.argv[1:] or MODELS)]
    sys.exit(0 if all(agreements) else "a spectrum disagrees with the theory")
