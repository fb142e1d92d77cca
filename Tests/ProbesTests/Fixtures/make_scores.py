"""Score networks whose Jacobians are known in closed form, written with the onnx package (1.23).

The data are Gaussian with covariance H diag(variances) H, where H = I - (2/d) 1 1^T is a reflection: a rotation that needs
no matrix in the file. With x = mu x0 + sigma eps the score is exactly -H diag(1 / (mu^2 variance + sigma^2)) H x, and every
parameterisation of it is written as a graph of its own. Weights are float64, so that nothing is rounded.

    python make_scores.py
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = Path(__file__).parent
SIX = np.array([1.0, 1.0, 0.04, 0.0, 0.0, 0.0])
PREDICTIONS = {
    "ve": ["noise", "x0", "score", "edm"],
    "vp": ["noise", "x0", "score", "v"],
    "ddpm": ["noise", "x0", "score", "v"],
    "flow": ["noise", "x0", "score", "flow"],
}


class Graph:
    """A graph under construction: every call adds a node and returns the name of its result."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, value, dtype=np.float64):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, dtype=dtype), name))
        return name

    def __call__(self, operation, *inputs, **attributes):
        name = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, list(inputs), [name], **attributes))
        return name

    def save(self, path, inputs, result, shape, output="out"):
        self.nodes.append(helper.make_node("Identity", [result], [output]))
        ports = [helper.make_tensor_value_info(name, kind, extents) for name, kind, extents in inputs]
        graph = helper.make_graph(
            self.nodes, "score", ports, [helper.make_tensor_value_info(output, TensorProto.DOUBLE, shape)], self.constants
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
        onnx.checker.check_model(model, full_check=True)
        onnx.save(model, FOLDER / path)


def levels(g, process, level):
    """mu and sigma, as columns, from what the network is told."""
    column = g("Unsqueeze", level, g.constant([1], np.int64))
    one = g.constant(1.0)
    if process == "ve":
        return one, column
    if process == "flow":
        return g("Sub", one, column), column
    if process == "vp":
        least, most = 0.1, 20.0
        square = g("Mul", g("Mul", column, column), g.constant((most - least) / 2))
        power = g("Exp", g("Neg", g("Add", g("Mul", column, g.constant(least)), square)))
    else:
        powers = np.cumprod(1 - np.linspace(1e-3, 0.2, 50))
        power = g("Gather", g.constant(powers), g("Cast", column, to=TensorProto.INT64))
    return g("Sqrt", power), g("Sqrt", g("Sub", one, power))


def reflected(g, x):
    mean = g("ReduceMean", x, g.constant([1], np.int64), keepdims=1)
    return g("Sub", x, g("Mul", mean, g.constant(2.0)))


def score(g, x, mu, sigma, variances):
    total = g("Add", g("Mul", g("Mul", mu, mu), g.constant(variances)), g("Mul", sigma, sigma))
    return reflected(g, g("Neg", g("Div", reflected(g, x), total)))


def prediction(g, what, x, mu, sigma, s):
    noise = g("Neg", g("Mul", sigma, s))
    if what == "noise":
        return noise
    if what == "score":
        return s
    clean = g("Div", g("Sub", x, g("Mul", sigma, noise)), mu)
    if what in ("x0", "edm"):
        return clean
    if what == "v":
        return g("Sub", g("Mul", mu, noise), g("Mul", sigma, clean))
    return g("Sub", noise, clean)


def gaussian(path, variances, process, what, level="float"):
    g = Graph()
    d = len(variances)
    kind = TensorProto.INT64 if level == "int" else TensorProto.DOUBLE
    told = g("Cast", "level", to=TensorProto.DOUBLE) if level == "int" else "level"
    if level == "quarter-log-sigma":
        told = g("Exp", g("Mul", told, g.constant(4.0)))
    mu, sigma = levels(g, process, told)
    s = score(g, "x", mu, sigma, variances)
    result = prediction(g, what, "x", mu, sigma, s)
    g.save(path, [("x", TensorProto.DOUBLE, ["batch", d]), ("level", kind, ["batch"])], result, ["batch", d])


def main():
    for process, predictions in PREDICTIONS.items():
        for what in predictions:
            gaussian(f"{what}-{process}.onnx", SIX, process, what)
    gaussian("noise-ddpm-int.onnx", SIX, "ddpm", "noise", level="int")
    gaussian("noise-ve-told.onnx", SIX, "ve", "noise", level="quarter-log-sigma")
    gaussian("two-variances.onnx", np.repeat([1.0, 0.01, 0.0], [10, 30, 60]), "ve", "noise")
    gaussian("five-of-twenty.onnx", np.repeat([1.0, 0.04, 0.0], [3, 2, 15]), "vp", "noise")

    def double(*extents):
        return TensorProto.DOUBLE, list(extents)

    # A score that is not told the level, at sigma = 1.
    g = Graph()
    g.save("untold.onnx", [("x", *double("batch", 6))], score(g, "x", g.constant(1.0), g.constant([[1.0]]), SIX), ["batch", 6])
    # A "score" that also turns: -x plus a skew part, whose symmetry defect is 0.5.
    g = Graph()
    skew = np.zeros((6, 6))
    for i in (0, 2, 4):
        skew[i, i + 1], skew[i + 1, i] = 0.5, -0.5
    turned = g("MatMul", "x", g.constant(skew - np.eye(6)))
    g.save("turning.onnx", [("x", *double("batch", 6))], turned, ["batch", 6])
    # The level as a column, as a single number, named first, and shaped like an image.
    g = Graph()
    result = prediction(g, "noise", "x", g.constant(1.0), "sigma", score(g, "x", g.constant(1.0), "sigma", SIX))
    g.save("column.onnx", [("sigma", *double("batch", 1)), ("x", *double("batch", 6))], result, ["batch", 6])
    g = Graph()
    result = prediction(g, "noise", "x", g.constant(1.0), "sigma", score(g, "x", g.constant(1.0), "sigma", SIX))
    g.save("single.onnx", [("x", *double("batch", 6)), ("sigma", *double())], result, ["batch", 6])
    g = Graph()
    flat = g("Reshape", "image", g.constant([-1, 6], np.int64))
    sigma = g("Unsqueeze", "sigma", g.constant([1], np.int64))
    result = prediction(g, "noise", flat, g.constant(1.0), sigma, score(g, flat, g.constant(1.0), sigma, SIX))
    result = g("Reshape", result, g.constant([-1, 1, 2, 3], np.int64))
    g.save("image.onnx", [("image", *double("batch", 1, 2, 3)), ("sigma", *double("batch"))], result, ["batch", 1, 2, 3])
    # Which of two alike is x? Three inputs. An output of another size.
    g = Graph()
    g.save("alike.onnx", [("a", *double("batch", 6)), ("b", *double("batch", 6))], g("Add", "a", "b"), ["batch", 6])
    g = Graph()
    label = g("Unsqueeze", g("Add", "t", "label"), g.constant([1], np.int64))
    three = [("x", *double("batch", 6)), ("t", *double("batch")), ("label", *double("batch"))]
    g.save("three.onnx", three, g("Add", "x", label), ["batch", 6])
    g = Graph()
    g.save("narrow.onnx", [("x", *double("batch", 6))], g("MatMul", "x", g.constant(np.eye(6)[:, :4])), ["batch", 4])

    # Not scores: x W with singular values 3, 2 and 0.5; x W with a zero; (x0 + 2 x1, sin x0, g x0^2) with a number g.
    g = Graph()
    wide = np.array([[3.0, 0, 0], [0, 0, 2.0], [0, 0.5, 0], [0, 0, 0]])
    g.save("wide.onnx", [("x", *double("batch", 4))], g("MatMul", "x", g.constant(wide)), ["batch", 3])
    g = Graph()
    square = np.array([[0.0, 2.0], [0.0, 0.0]])
    g.save("nilpotent.onnx", [("x", *double("batch", 2))], g("MatMul", "x", g.constant(square)), ["batch", 2])
    g = Graph()
    first = g("Slice", "x", g.constant([0], np.int64), g.constant([1], np.int64), g.constant([1], np.int64))
    second = g("Slice", "x", g.constant([1], np.int64), g.constant([2], np.int64), g.constant([1], np.int64))
    gain = g("Unsqueeze", "gain", g.constant([1], np.int64))
    parts = [
        g("Add", first, g("Mul", second, g.constant(2.0))),
        g("Sin", first),
        g("Mul", gain, g("Mul", first, first)),
    ]
    inputs = [("x", *double("batch", 2)), ("gain", *double("batch"))]
    g.save("curved.onnx", inputs, g("Concat", *parts, axis=1), ["batch", 3])


def two_outputs():
    """noise-ve.onnx with a second output as large as the first."""
    model = onnx.load(FOLDER / "noise-ve.onnx")
    first = model.graph.output[0]
    model.graph.node.append(helper.make_node("Neg", [first.name], ["other"]))
    second = model.graph.output.add()
    second.CopyFrom(first)
    second.name = "other"
    onnx.save(model, FOLDER / "two-outputs.onnx")


if __name__ == "__main__":
    main()
    two_outputs()
