"""The 8x8 handwritten digits of scikit-learn, learned by a denoising diffusion model that predicts the noise."""

import torch
from sklearn.datasets import load_digits

from checkpoint_folder import write_checkpoint
from jacobian_spectrum import print_check
from noising_process import DenoisingDiffusion
from score_network import NoisePredictor, ScoreBody
from score_training import make_deterministic, train

HELD_OUT = 256
SEED = 4
PROCESS = DenoisingDiffusion()


def build_network() -> NoisePredictor:
    """The untrained network."""
    return NoisePredictor(ScoreBody(64, width=128, block_count=3, frequencies=(2e-3, 1.0), normalised=False))


def loss_on(network: NoisePredictor, points: torch.Tensor) -> float:
    """Mean squared error of the noise over 20 random noisings of every point."""
    x0 = points.repeat(20, 1)
    signal, noise = PROCESS.coefficients(level := PROCESS.draw_levels(len(x0)))
    eps = torch.randn_like(x0)
    return (network(signal[:, None] * x0 + noise[:, None] * eps, level) - eps).square().mean().item()


def main() -> None:
    make_deterministic(SEED)
    pixels = torch.tensor(load_digits().data, dtype=torch.float32) / 8 - 1
    pixels = pixels[torch.randperm(len(pixels))]
    points, training = pixels[:HELD_OUT], pixels[HELD_OUT:]

    def draw(count):
        return training[torch.randint(len(training), (count,))]

    network = train(build_network(), PROCESS, draw, steps=6000, weight_decay=0.1)
    print(f"loss: training {loss_on(network, training):.4f}, held out {loss_on(network, points):.4f}")
    print_check(network, PROCESS, points[:32], torch.tensor([0.0, 2, 5, 10, 20, 50, 100, 200, 400, 600, 800, 999]))
    write_checkpoint("digits", network, PROCESS, {"points": points}, {
        "data": "scikit-learn's load_digits (UCI Optical Recognition of Handwritten Digits, test part): 8x8 images as "
                "64 numbers, pixel / 8 - 1, so from -1 to 1. 1541 images trained on; points.npy holds the other 256.",
        "inputs": {"x": "noised images", "t": "float timestep 0 ... 999: x = sqrt(abar_t) x0 + sqrt(1 - abar_t) eps"},
        "licence": "Apache-2.0; the images in points.npy CC BY 4.0 (E. Alpaydin, C. Kaynak)",
        "recipe": "recipes/digits.py",
        "score": "-noise / sqrt(1 - abar_t)",
        "seed": SEED,
    })


if __name__ == "__main__":
    main()
