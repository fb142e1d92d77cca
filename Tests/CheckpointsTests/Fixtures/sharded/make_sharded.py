"""Makes the folders beside it, laid out as Hugging Face's libraries lay out a model, and expected.json.

Run: python make_sharded.py
Needs PyTorch and safetensors. Two runs write the same tensors.
"""

import json
import pathlib

import torch
from safetensors.torch import save_file

here = pathlib.Path(__file__).parent
torch.manual_seed(3)
tensors = {
    "model.embed.weight": torch.randn(5, 3), "model.layers.0.weight": torch.randn(3, 3).to(torch.bfloat16),
    "model.layers.0.bias": torch.randn(3, dtype=torch.float64), "lm_head.weight": torch.arange(6).reshape(2, 3),
}
parts = [["model.embed.weight", "model.layers.0.weight"], ["model.layers.0.bias", "lm_head.weight"]]
for kind, stem, ending in [("safetensors", "model", "safetensors"), ("pytorch", "pytorch_model", "bin")]:
    folder = here / kind
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text('{"model_type": "gpt2"}\n')
    places = {}
    for number, names in enumerate(parts, 1):
        file = f"{stem}-{number:05}-of-00002.{ending}"
        content = {name: tensors[name] for name in names}
        save_file(content, folder / file) if kind == "safetensors" else torch.save(content, folder / file)
        places |= dict.fromkeys(names, file)
    size = sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())
    (folder / f"{stem}.{ending}.index.json").write_text(
        json.dumps({"metadata": {"total_size": size}, "weight_map": places}, indent=2) + "\n")
names = {torch.float32: "F32", torch.bfloat16: "BF16", torch.float64: "F64", torch.int64: "I64"}
(here / "expected.json").write_text(json.dumps([
    {"name": name, "dtype": names[tensor.dtype], "shape": list(tensor.shape), "hex": bytes(tensor.untyped_storage()).hex()}
    for name, tensor in tensors.items()], indent=1) + "\n")
