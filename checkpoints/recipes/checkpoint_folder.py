"""A checkpoint on disk: score.onnx, score.safetensors, its arrays, and its entry in checkpoints/manifest.json."""

import itertools
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from safetensors.torch import save
from torch import nn

from manifest import CHECKPOINTS, list_folder
from noising_process import NoisingProcess


def export_onnx(network: nn.Module, inputs: dict[str, torch.Tensor], output: str, path: Path) -> None:
    """One self-contained file with a free batch axis, and nothing in it that tells where it was made."""
    batch = torch.export.Dim("batch")
    program = torch.onnx.export(
        network,
        tuple(inputs.values()),
        dynamo=True,
        opset_version=20,
        input_names=list(inputs),
        output_names=[output],
        dynamic_shapes=[{0: batch}] * len(inputs),
        external_data=False,
        verbose=False,
    )
    model = program.model_proto
    graph = model.graph
    parts = (graph.node, graph.input, graph.output, graph.value_info, graph.initializer)
    for part in itertools.chain([model, graph], *parts):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def check_onnx(network: nn.Module, inputs: dict[str, torch.Tensor], path: Path) -> None:
    """The file computes what the network computes."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {name: value.numpy() for name, value in inputs.items()})
    expected = network(*inputs.values()).detach().numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4 * np.abs(expected).max())


def write_checkpoint(
    name: str,
    network: nn.Module,
    process: NoisingProcess,
    arrays: dict[str, torch.Tensor],
    entry: dict,
) -> None:
    """Writes the folder `name` and replaces its entry in the manifest; `arrays` must hold held-out `points`."""
    folder = CHECKPOINTS / name
    folder.mkdir(exist_ok=True)
    points = arrays["points"].float()
    row = ["batch", points.shape[1]]
    inputs = {"x": points[:5], process.level_name: process.draw_levels(5)}
    export_onnx(network, inputs, network.predicts, folder / "score.onnx")
    check_onnx(network, {"x": points[:3], process.level_name: process.draw_levels(3)}, folder / "score.onnx")
    (folder / "score.safetensors").write_bytes(save(network.state_dict()))
    write_arrays(folder, arrays)
    files = ["score.onnx", "score.safetensors", *(f"{key}.npy" for key in arrays)]
    write_entry(name, network, process, files, entry | {
        "shapes": {"x": row, process.level_name: ["batch"], network.predicts: row},
    })


def write_arrays(folder: Path, arrays: dict[str, torch.Tensor]) -> None:
    """One float32 .npy for each."""
    for key, array in arrays.items():
        np.save(folder / f"{key}.npy", array.float().contiguous().numpy())


def write_entry(name: str, network: nn.Module, process: NoisingProcess, files: list[str], entry: dict) -> None:
    """Replaces the entry of the folder `name` in the manifest."""
    list_folder(name, files, entry | {
        "made_with": f"PyTorch {torch.__version__.split('+')[0]}",
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "predicts": network.predicts,
        "process": process.description(),
        "trained_range": {process.level_name: process.trained_range()},
    })
