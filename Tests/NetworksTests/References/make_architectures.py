"""Exports the networks of `architectures.py` and records what PyTorch makes of them in double precision.

    pip install torch onnx onnxscript safetensors diffusers transformers
    python make_architectures.py [NAME...]

Writes to `architectures/`, for each network: NAME.pt2 (float32 weights, open batch), for some NAME.core.pt2 (the same after
`run_decompositions()`), NAME.onnx and NAME.opset17.onnx where the exporters manage, and NAME.safetensors: inputs, value,
one tangent and cotangent with their products, and the Jacobian of the first sample, all of the first output by the first
input.
"""

import copy
import io
import json
import pathlib
import sys
import warnings
import zipfile

import onnx
import safetensors.torch
import torch

from architectures import ARCHITECTURES

FOLDER = pathlib.Path(__file__).parent / "architectures"
SEED = 20
CORE = {"score-mlp", "unet-attention", "unet-bilinear", "denoiser", "causal-sdpa", "transformer-encoder", "gru", "s4d-fft", "lru", "mamba", "gpt2"}
LEGACY = {"score-mlp", "unet-attention", "denoiser", "causal-nanogpt", "gru", "rnn"}


def save_program(program, path):
    """`torch.export.save`, without the traces of this machine (stacks, example inputs, identifiers) and packed."""
    buffer = io.BytesIO()
    torch.export.save(program, buffer)
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for name in source.namelist():
            if "sample_inputs" in name or "serialization_id" in name:
                continue
            content = source.read(name)
            if name.endswith("models/model.json"):
                model = json.loads(content)
                for node in model["graph_module"]["graph"]["nodes"]:
                    node["metadata"] = {}
                content = json.dumps(model, separators=(",", ":")).encode()
            name = path.stem + "/" + name.split("/", 1)[1]
            target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def save_onnx(module, inputs, path, **options):
    buffer = io.BytesIO()
    program = torch.onnx.export(copy.deepcopy(module), inputs, buffer if not options.get("dynamo") else None, **options)
    model = program.model_proto if options.get("dynamo") else onnx.load_from_string(buffer.getvalue())
    for value in list(model.graph.node) + list(model.graph.initializer) + list(model.graph.value_info) + list(model.graph.input) + list(model.graph.output):
        value.doc_string = ""
        del value.metadata_props[:]
    del model.graph.metadata_props[:]
    del model.metadata_props[:]
    del model.graph.value_info[:]
    path.write_bytes(model.SerializeToString())


def widened(module):
    module = copy.deepcopy(module)
    for value in list(module.parameters()) + list(module.buffers()):
        if value.is_floating_point():
            value.data = value.data.double()
        elif value.is_complex():
            value.data = value.data.to(torch.complex128)
    return module


def record(module, inputs, path):
    torch.set_default_dtype(torch.float64)
    module, inputs = widened(module), [x.double() for x in inputs]

    def f(x, *rest):
        return module(x, *rest)

    y = f(*inputs).detach()
    jacobian = torch.autograd.functional.jacobian(lambda x: f(x, *inputs[1:]), inputs[0]).flatten(y.dim()).flatten(0, y.dim() - 1)
    tangent, cotangent = torch.randn_like(inputs[0]), torch.randn_like(y)
    one = jacobian.reshape(y.shape[0], -1, inputs[0].shape[0], inputs[0][0].numel())[0, :, 0]
    tensors = {f"input.{i}": x for i, x in enumerate(inputs)} | {
        "value": y, "tangent": tangent, "pushed": (jacobian @ tangent.flatten()).reshape(y.shape), "cotangent": cotangent,
        "pulled": (cotangent.flatten() @ jacobian).reshape(inputs[0].shape), "jacobian": one.contiguous()}
    safetensors.torch.save_file({k: v.contiguous() for k, v in tensors.items()}, path)
    torch.set_default_dtype(torch.float32)


def main():
    warnings.simplefilter("ignore")
    FOLDER.mkdir(exist_ok=True)
    for name in sys.argv[1:] or ARCHITECTURES:
        torch.manual_seed(SEED)
        module, inputs = ARCHITECTURES[name]()
        module.eval()
        batch = torch.export.Dim("batch", min=1, max=32)
        shapes = tuple({0: batch} for _ in inputs)
        try:
            program = torch.export.export(module, inputs, dynamic_shapes=shapes)
        except Exception as error:
            print(f"{name}: fixed batch: {type(error).__name__}: {str(error)[:300]}")
            program, shapes = torch.export.export(module, inputs), None
        save_program(program, FOLDER / f"{name}.pt2")
        if name in CORE:
            save_program(program.run_decompositions(), FOLDER / f"{name}.core.pt2")
        kinds = [("", dict(dynamo=True, opset_version=20, dynamic_shapes=shapes, verbose=False, optimize=True))]
        if name in LEGACY:
            names = [f"x{i}" for i in range(len(inputs))]
            kinds.append((".opset17", dict(
                dynamo=False, opset_version=17, input_names=names, output_names=["y"], dynamic_axes={k: {0: "batch"} for k in names + ["y"]})))
        for suffix, options in kinds:
            try:
                save_onnx(module, inputs, FOLDER / f"{name}{suffix}.onnx", **options)
            except Exception as error:
                print(f"{name}{suffix}: no ONNX: {type(error).__name__}")
        record(module, inputs, FOLDER / f"{name}.safetensors")
        print(name, {p.name: p.stat().st_size for p in FOLDER.glob(f"{name}.*")})


if __name__ == "__main__":
    main()
