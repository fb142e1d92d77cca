"""Two small networks with recorded pairs, as a person would export them: python make_verified.py (torch, onnxscript)."""

import sys
from pathlib import Path

import torch
from torch import nn

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[3] / "checkpoints" / "recipes"))
from export import export  # noqa: E402


class Gated(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(5, 5)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x, t):
        return self.dropout(torch.tanh(self.linear(x))) * t[:, None]


class Normalised(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(6)
        self.mean = nn.Linear(6, 3)
        self.scale = nn.Linear(6, 3)

    def forward(self, x):
        h = nn.functional.silu(self.norm(x))
        return {"mean": self.mean(h), "scale": torch.exp(self.scale(h))}


torch.manual_seed(3)
onnx = {"formats": ("onnx",)}
export(Gated(), (torch.randn(2, 5), torch.tensor([0.5, 0.75])), str(HERE / "gated"), outputs=["noise"], **onnx)
export(Normalised(), torch.randn(3, 6), str(HERE / "normalised"), **onnx)
for weights in HERE.glob("*.safetensors"):
    weights.unlink()
