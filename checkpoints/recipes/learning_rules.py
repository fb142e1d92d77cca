"""Small networks learn the digits by four learning rules, ten runs each; what is kept are statistics of the training.

A network of four layers (64 - width - width - width - 10, ReLU) learns scikit-learn's 8x8 digits. Every fourth step, 400
times, each layer is summed up in eight numbers, in the manner of Nayebi et al. (2020): mean, standard deviation, skewness
and excess kurtosis of its weights, and of what it gives for 128 fixed images held out of training. A run has a seed, a
width, a learning rate and a batch size of its own; what tells the rule has to be found beneath those.
"""

import sys

import numpy as np
import torch
from sklearn.datasets import load_digits

from checkpoint_folder import write_arrays
from manifest import CHECKPOINTS, list_folder
from score_training import make_deterministic

NAME = "learning-rules"
SEED = 9
RUNS = 10
STEPS, EVERY = 1600, 4
HELD_OUT = 297
PROBED = 128
WIDTHS, BATCHES = (32, 48, 64), (64, 128)
# The learning rate of a run is this times 2 ** u, u uniform from -SPREAD to SPREAD.
RATES = {"momentum": 0.01, "adam": 0.001, "feedback": 0.1, "hebbian": 0.02}
DEPTH = 4
SPREAD = 0.5
SUBJECTS, MOMENTS = ("weights", "activity"), ("mean", "deviation", "skewness", "kurtosis")


def moments(values: torch.Tensor) -> list[float]:
    """Mean, standard deviation, skewness and excess kurtosis over all entries."""
    mean, deviation = values.mean(), values.std(correction=0)
    standard = (values - mean) / (deviation + 1e-12)
    return [mean.item(), deviation.item(), (standard**3).mean().item(), (standard**4).mean().item() - 3]


class Perceptron:
    """Weights [out, in] and biases of the layers, and matrices [out, in] by which errors come back."""

    def __init__(self, width: int) -> None:
        sides = [64, *[width] * (DEPTH - 1), 10]
        shapes = list(zip(sides[1:], sides[:-1], strict=True))
        self.weights = [torch.randn(o, i) * (2 / i) ** 0.5 for o, i in shapes]
        self.biases = [torch.zeros(o) for o, _ in shapes]
        self.feedback = [torch.randn(o, i) * (2 / i) ** 0.5 for o, i in shapes]

    def layers(self, x: torch.Tensor) -> list[torch.Tensor]:
        """The images and what each layer gives for them; the last is linear."""
        values = [x]
        for k, (w, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            sums = values[-1] @ w.T + b
            values.append(sums.relu() if k < DEPTH - 1 else sums)
        return values

    def descent(self, values: list[torch.Tensor], labels: torch.Tensor, back: list[torch.Tensor]) -> list[torch.Tensor]:
        """The cross-entropy's gradient by weights and biases, errors coming back through `back`."""
        error = (values[-1].softmax(dim=1) - torch.nn.functional.one_hot(labels, 10)) / len(labels)
        weights, biases = [], []
        for k in reversed(range(DEPTH)):
            weights.insert(0, error.T @ values[k])
            biases.insert(0, error.sum(dim=0))
            error = (error @ back[k]) * (values[k] > 0)
        return weights + biases

    def hebbian(self, values: list[torch.Tensor], labels: torch.Tensor) -> list[torch.Tensor]:
        """Oja's subspace rule in the hidden layers, told nothing of the labels; the true gradient in the last."""
        gradient = self.descent(values, labels, self.weights)
        for k in range(DEPTH - 1):
            x, y = values[k], values[k + 1]
            gradient[k] = (y.T @ y @ self.weights[k] - y.T @ x) / len(x)
            gradient[DEPTH + k] = torch.zeros_like(gradient[DEPTH + k])
        return gradient


def step(rule: str, rate: float, network: Perceptron, gradient: list[torch.Tensor], state: list, count: int) -> None:
    """One step by the rule; `state` has a running mean and a running square for every parameter."""
    for p, g, (mean, square) in zip(network.weights + network.biases, gradient, state, strict=True):
        if rule == "momentum":
            g = mean.mul_(0.9).add_(g)
        elif rule == "adam":
            mean.lerp_(g, 0.1)
            square.lerp_(g * g, 0.001)
            g = mean / (1 - 0.9**count) / ((square / (1 - 0.999**count)).sqrt() + 1e-8)
        p.sub_(rate * g)


def run(rule: str, images: torch.Tensor, labels: torch.Tensor) -> tuple[np.ndarray, float]:
    """The statistics [time, 32] of one run, and the share of held-out digits it ends up naming."""
    width, batch = (choices[int(torch.randint(len(choices), ()))] for choices in (WIDTHS, BATCHES))
    rate = RATES[rule] * 2 ** (SPREAD * (2 * torch.rand(()).item() - 1))
    network = Perceptron(width)
    back = network.feedback if rule == "feedback" else network.weights
    state = [(torch.zeros_like(p), torch.zeros_like(p)) for p in network.weights + network.biases]
    trained, kept = len(images) - HELD_OUT, []
    for count in range(1, STEPS + 1):
        chosen = torch.randint(trained, (batch,))
        values = network.layers(images[chosen])
        if rule == "hebbian":
            gradient = network.hebbian(values, labels[chosen])
        else:
            gradient = network.descent(values, labels[chosen], back)
        step(rule, rate, network, gradient, state, count)
        if count % EVERY == 0:
            activity = network.layers(images[trained:trained + PROBED])[1:]
            parts = [part for pair in zip(network.weights, activity, strict=True) for part in pair]
            kept.append([moment for part in parts for moment in moments(part)])
    named = network.layers(images[trained:])[-1].argmax(dim=1)
    return np.array(kept, dtype=np.float32), (named == labels[trained:]).float().mean().item()


def main() -> bool:
    make_deterministic(SEED)
    digits = load_digits()
    order = torch.randperm(len(digits.data))
    images, labels = torch.tensor(digits.data / 16, dtype=torch.float32)[order], torch.tensor(digits.target)[order]
    folder = CHECKPOINTS / NAME
    folder.mkdir(exist_ok=True)
    files, accuracies = [], {}
    for rule in RATES:
        runs, named = zip(*[run(rule, images, labels) for _ in range(RUNS)], strict=True)
        write_arrays(folder, {f"{rule}-{k}": torch.from_numpy(statistics) for k, statistics in enumerate(runs, 1)})
        files += [f"{rule}-{k}.npy" for k in range(1, RUNS + 1)]
        accuracies[rule] = {"least": round(min(named), 4), "mean": round(float(np.mean(named)), 3)}
        print(f"{rule:9s} digits named {np.mean(named):.3f} (least {min(named):.3f})", flush=True)
    list_folder(NAME, files, {
        "accuracy": accuracies,
        "data": "scikit-learn's load_digits, pixel / 16, 1500 images trained on; 10 runs of each rule, 400 samples, one "
                "every 4 steps, of 32 statistics: for each of 4 layers mean, standard deviation, skewness and excess "
                "kurtosis of the weights, then of the activity on 128 images held out.",
        "licence": "Apache-2.0",
        "made_with": f"PyTorch {torch.__version__.split('+')[0]}",
        "recipe": "recipes/learning_rules.py",
        "seed": SEED,
        "units": [f"{part} {m} {k}" for k in range(1, DEPTH + 1) for part in SUBJECTS for m in MOMENTS],
    })
    return min(accuracy["least"] for accuracy in accuracies.values()) > 0.8


if __name__ == "__main__":
    sys.exit(0 if main() else "a run has not learnt the digits")
