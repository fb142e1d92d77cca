"""Holds Resize to ONNX Runtime and to ONNX's own evaluator on random attributes, shapes and scales.

    compare_resizes.py .build/debug/fieldbook [COUNT]

Prints every draw on which Fieldbook and ONNX Runtime differ, with what ONNX's evaluator says; fails if that differs too. Only
the nearest entry may: where two are equally near, it hangs on the last digit of a scale in single precision.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

SEED = 7
COORDINATES = (
    "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric", "tf_crop_and_resize"
)
ROUNDINGS = ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")


def draw(random: np.random.Generator) -> tuple[onnx.ModelProto, np.ndarray, str]:
    """A model of one node, an input for it, and both in words."""
    mode, coordinates = str(random.choice(["nearest", "linear", "cubic"])), str(random.choice(COORDINATES))
    attributes = {"mode": mode, "coordinate_transformation_mode": coordinates}
    is_crop = coordinates == "tf_crop_and_resize"
    if mode == "nearest":
        attributes["nearest_mode"] = str(random.choice(ROUNDINGS))
    elif random.random() < 0.35 and not is_crop:
        attributes["antialias"] = 1
    if mode == "cubic":
        attributes["cubic_coeff_a"] = float(random.choice([-0.75, -0.5]))
        attributes["exclude_outside"] = int(random.random() < 0.4)
    shape = [1, 2, int(random.integers(1, 9)), int(random.integers(2, 9))]
    operands, constants = ["x", "", "", ""], []
    if is_crop:
        attributes["extrapolation_value"] = float(random.choice([0.0, 2.5]))
        start, end = [random.uniform(-0.2, 0.5), random.uniform(0, 0.4)], [random.uniform(0.6, 1.2), random.uniform(0.6, 1)]
        region = [0, 0, *start, 1, 1, *end]
        constants.append(helper.make_tensor("region", TensorProto.FLOAT, [8], region))
        operands[1] = "region"
    if random.random() < 0.5:
        given = [1.0, 1.0, float(random.choice([0.5, 0.6, 0.75, 1, 1.3, 1.5, 2, 2.6, 3]))]
        given.append(float(random.choice([0.5, 0.6, 0.8, 1, 1.25, 2, 3.5])))
        constants.append(helper.make_tensor("scales", TensorProto.FLOAT, [4], given))
        operands = [*operands[:2], "scales"]
    else:
        given = [1, 2, int(random.integers(1, 14)), int(random.integers(1, 14))]
        if random.random() < 0.2 and not is_crop:
            attributes |= {"axes": [2, 3], "keep_aspect_ratio_policy": str(random.choice(["not_larger", "not_smaller"]))}
            given = given[2:]
        constants.append(helper.make_tensor("sizes", TensorProto.INT64, [len(given)], given))
        operands[3] = "sizes"
    graph = helper.make_graph(
        [helper.make_node("Resize", operands, ["y"], **attributes)], "resize",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None] * 4)], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)], ir_version=9)
    return model, random.standard_normal(shape).astype(np.float32), f"{shape} to {given}, {attributes}"


def by_runtime(model: onnx.ModelProto, x: np.ndarray) -> np.ndarray | None:
    """What ONNX Runtime makes of it; nothing where it refuses."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        return session.run(None, {"x": x})[0]
    except Exception:
        return None


def is_same(found: np.ndarray, expected: np.ndarray) -> bool:
    if found.shape != expected.shape:
        return False
    return bool(np.abs(found - expected).max(initial=0) <= 1e-5 * np.abs(expected).max(initial=0))


def main(fieldbook: str, count: int) -> bool:
    random = np.random.default_rng(SEED)
    compared, parted, alone = 0, 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for _ in range(count):
            model, x, words = draw(random)
            onnx.save(model, folder / "net.onnx")
            np.save(folder / "x.npy", x)
            files = ["--input", f"x={folder / 'x.npy'}", "--output", folder / "y.npz"]
            subprocess.run([fieldbook, "evaluate", folder / "net.onnx", "--quiet", *files], check=True)
            found, expected = np.load(folder / "y.npz")["y"], by_runtime(model, x)
            if expected is None:
                continue
            compared += 1
            if is_same(found, expected):
                continue
            parted += 1
            agrees = is_same(found, ReferenceEvaluator(model).run(None, {"x": x})[0])
            alone += not agrees and "'nearest'" not in words
            print(f"{'as' if agrees else 'UNLIKE'} ONNX's evaluator: {words}")
    print(f"{compared} compared, {parted} unlike ONNX Runtime, {alone} of them, interpolated, unlike ONNX's evaluator too")
    return alone == 0


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 500) else 1)
