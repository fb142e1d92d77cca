"""Recurrent networks of four kinds learn the three-bit flip-flop (Sussillo and Barak 2013), six of each.

Three channels of brief pulses, +1 or -1, go in; for each channel the sign of its last pulse is to come out, and 0 before
the first. All kinds, GRU, LSTM and simple networks of tanh and ReLU, have 32 hidden units and are trained alike. Eight
more, two of each kind, are to let each pulse fade instead: another computation on the same inputs, to compare with.

What is written is PyTorch's own layer, a whole module, which takes any number of trials and samples; its first output are
the hidden states. `inputs.npy` are 16 trials, four times as long as those of the training, on which every network, with
the linear readout it was trained with, is held to the task.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional

from checkpoint_folder import write_arrays
from export import export
from manifest import CHECKPOINTS, list_folder
from score_training import make_deterministic

NAME = "flip-flop"
FOLDER = CHECKPOINTS / NAME
SEED = 8
KINDS = ("gru", "lstm", "tanh", "relu")
NETWORKS, FADING = 6, 8
HIDDEN = 32
PULSES = 0.05
STEPS, BATCH, SAMPLES = 1200, 64, 50
TRIALS, TRIAL_SAMPLES = 16, 200


class FlipFlop(nn.Module):
    """One recurrent layer and a linear readout; both input and output are trials x samples x 3."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        layer = {"gru": nn.GRU, "lstm": nn.LSTM}.get(kind, nn.RNN)
        self.rnn = layer(3, HIDDEN, batch_first=True, **({"nonlinearity": kind} if layer is nn.RNN else {}))
        self.readout = nn.Linear(HIDDEN, 3)
        if kind == "relu":
            # Le, Jaitly and Hinton (2015): without a beginning near the identity it seldom learns to hold anything.
            with torch.no_grad():
                self.rnn.weight_hh_l0.copy_(0.9 * torch.eye(HIDDEN))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return self.readout(self.rnn(inputs)[0])


def draw(trials: int, samples: int) -> torch.Tensor:
    """Pulses, trials x samples x 3."""
    signs = 2.0 * torch.randint(2, (trials, samples, 3)) - 1
    return torch.where(torch.rand(trials, samples, 3) < PULSES, signs, torch.zeros(()))


def held(pulses: torch.Tensor) -> torch.Tensor:
    """Each channel's last pulse."""
    sample = torch.arange(pulses.shape[1])[None, :, None].expand_as(pulses)
    last = torch.where(pulses != 0, sample, -1).cummax(dim=1).values
    return torch.where(last >= 0, pulses.gather(1, last.clamp(min=0)), torch.zeros(()))


def faded(pulses: torch.Tensor) -> torch.Tensor:
    """Each channel's pulses, each less by a tenth with every sample."""
    sample = torch.arange(pulses.shape[1])
    age = sample[:, None] - sample
    return torch.einsum("ts,bsc->btc", torch.where(age >= 0, 0.9 ** age.clamp(min=0).float(), 0.0), pulses)


def train_network(kind: str, number: int, task: Callable[[torch.Tensor], torch.Tensor] = held) -> FlipFlop:
    """The trained network, which no other depends on."""
    torch.manual_seed(100 * SEED + 10 * KINDS.index(kind) + number)
    network = FlipFlop(kind)
    optimiser = torch.optim.Adam(network.parameters(), lr=5e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS)
    for _ in range(STEPS):
        pulses = draw(BATCH, SAMPLES)
        loss = functional.mse_loss(network(pulses), task(pulses))
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1)
        optimiser.step()
        schedule.step()
    return network.eval().requires_grad_(False)


def write_layer(layer: nn.RNNBase, inputs: torch.Tensor, name: str) -> None:
    """The recurrent layer as a whole module, and pairs of inputs and outputs to hold it to."""
    torch.save(layer, FOLDER / f"{name}.pt")
    outputs = ["output", "h_n", "c_n"] if isinstance(layer, nn.LSTM) else ["output", "h_n"]
    # An exported program would be bound to one number of samples.
    with tempfile.TemporaryDirectory() as folder:
        export(layer, inputs, f"{folder}/{name}", outputs=outputs, quiet=True)
        shutil.move(f"{folder}/{name}.probe.npz", FOLDER / f"{name}.probe.npz")


def main() -> bool:
    make_deterministic(SEED)
    inputs = draw(TRIALS, TRIAL_SAMPLES)
    bits = held(inputs)
    FOLDER.mkdir(exist_ok=True)
    write_arrays(FOLDER, {"inputs": inputs})
    files, errors, shares, parameters = ["inputs.npy"], {}, {}, {}
    wanted = [(f"{kind}-{number}", kind, number, held) for kind in KINDS for number in range(1, NETWORKS + 1)]
    # With seeds of their own.
    wanted += [(f"fading-{k + 1}", KINDS[k % 4], NETWORKS + 1 + k // 4, faded) for k in range(FADING)]
    for name, kind, number, task in wanted:
        network = train_network(kind, number, task)
        found = network(inputs)
        errors[name] = round(functional.mse_loss(found, task(inputs)).item(), 5)
        if task is held:
            shares[name] = round((found.sign() == bits)[bits != 0].float().mean().item(), 5)
        parameters[kind] = sum(p.numel() for p in network.rnn.parameters())
        print(f"{name:8s} squared error {errors[name]:.5f}, bits right {shares.get(name, '-')}", flush=True)
        write_layer(network.rnn, inputs[:1, 20:26], name)
        files += [f"{name}.pt", f"{name}.probe.npz"]
    list_folder(NAME, files, {
        "bits_right": shares,
        "data": f"Three channels of pulses of one sample, +1 or -1 at a chance of {PULSES} each sample; to be given out "
                "is each channel's last pulse, 0 before the first; by the fading networks (gru, lstm, tanh, relu in turn) "
                "the sum of its pulses, each times 0.9 to the power of its age. Fresh draws at every training step, 50 "
                "samples long; inputs.npy are 16 trials of 200 samples more.",
        "inputs": {"x": "pulses, trials x samples x 3"},
        "licence": "Apache-2.0",
        "made_with": f"PyTorch {torch.__version__.split('+')[0]}",
        "parameters": parameters,
        "recipe": "recipes/flip_flop.py",
        "seed": SEED,
        "shapes": {"x": ["batch", "time", 3], "output": ["batch", "time", HIDDEN]},
        "squared_error": errors,
    })
    return max(errors.values()) < 0.05 and min(shares.values()) > 0.995


if __name__ == "__main__":
    sys.exit(0 if main() else "a network does not solve the task")
