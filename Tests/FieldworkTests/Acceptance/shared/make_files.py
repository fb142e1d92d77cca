"""The small files that the acceptance notebooks name: sound ones, and some that are damaged in one way each.

Run with numpy, onnx and safetensors: python make_files.py
"""

import struct
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import save

HERE = Path(__file__).resolve().parent
random = np.random.default_rng(3)
WEIGHT = random.normal(size=(3, 2)).astype(np.float32)
BIAS = np.array([0.5, -0.5], dtype=np.float32)


def network(nodes, weight=WEIGHT, weight_name="weight", inputs=("x",), outputs=("y",)):
    """Three numbers to two, for every sample."""
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", 3]) for name in inputs],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", 2]) for name in outputs],
        [numpy_helper.from_array(weight, weight_name), numpy_helper.from_array(BIAS, "bias")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return model.SerializeToString()


def affine_tanh(weight_name="weight", names=("affine", "bend")):
    return [
        helper.make_node("Gemm", ["x", weight_name, "bias"], ["h"], name=names[0]),
        helper.make_node("Tanh", ["h"], ["y"], name=names[1]),
    ]


def write(name, data):
    (HERE / name).write_bytes(data)


tiny = network(affine_tanh())
write("tiny.onnx", tiny)
write("cut.onnx", tiny[: len(tiny) // 2])
write("nan.onnx", network(affine_tanh(), weight=np.where(WEIGHT == WEIGHT.max(), np.nan, WEIGHT).astype(np.float32)))
write("wide.onnx", network(affine_tanh(), weight=random.normal(size=(4, 2)).astype(np.float32)))
wobble = [
    helper.make_node("Gemm", ["x", "weight", "bias"], ["h"], name="affine"),
    helper.make_node("Tahn", ["h"], ["y"], name="layer.1/bend"),
]
write("misspelt.onnx", network(wobble))
MARKUP = "<img src=x onerror=alert(1)>"
bad = [
    helper.make_node("Gemm", ["x", MARKUP, "bias"], ["h"], name=MARKUP),
    helper.make_node("Tanhh", ["h"], ["y"], name="<script>alert(2)</script>"),
]
write("markup.onnx", network(bad, weight_name=MARKUP))

# The same function as tiny.onnx, its weights in a file beside it, as PyTorch's exporter writes them.
onnx.save_model(
    onnx.load_from_string(tiny), HERE / "outside.onnx", save_as_external_data=True, location="outside.data", size_threshold=0
)

points = random.normal(size=(8, 3))
np.save(HERE / "points.npy", points)
np.save(HERE / "wide.npy", random.normal(size=(8, 5)))
holed = points.copy()
holed[2, 1] = np.nan
np.save(HERE / "holed.npy", holed)
whole = (HERE / "points.npy").read_bytes()
write("cut.npy", whole[:-10])
np.savez(HERE / "runs.npz", test=points[:4], train=points[4:])
write("cut.npz", (HERE / "runs.npz").read_bytes()[:200])
weights = save({"layer.0": WEIGHT, "layer.1": BIAS})
write("weights.safetensors", weights)
write("cut.safetensors", weights[:-4])
# The header says that a tensor ends beyond the file.
size = struct.unpack("<Q", weights[:8])[0]
lying = weights[8 : 8 + size].replace(b'"data_offsets":[0,24]', b'"data_offsets":[0,64]')
write("lying.safetensors", struct.pack("<Q", len(lying)) + lying + weights[8 + size :])
write("markup.safetensors", save({MARKUP: WEIGHT, "other": BIAS}))
write("pointer.safetensors", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n")
write("page.npy", b"<!DOCTYPE html><html><body>404</body></html>")
write("empty.npy", b"")
