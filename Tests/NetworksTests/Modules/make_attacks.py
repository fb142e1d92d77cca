"""Makes small hostile whole-module files: each is refused with its own sentence (HostileModuleTests.swift).

    python make_attacks.py

Written as pickles by hand, because PyTorch would not save most of them. One storage of zeros serves all tensors.
"""

import io
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path


HERE = Path(__file__).parent / "attacks"


class Named:
    """A class that is pickled under another name, with a state of one's choice."""

    def __init__(self, name, /, **state):
        self.name, self.state = name, state


class Stored:
    """A tensor of zeros."""

    def __init__(self, *shape, type="FloatStorage"):
        self.shape, self.type = shape, type


class Writer(pickle._Pickler):
    def save(self, obj, save_persistent_id=True):
        if isinstance(obj, Named):
            known = self.memo.get(id(obj))
            if known is not None:
                return self.write(self.get(known[0]))
            module, name = obj.name.rsplit(".", 1)
            self.write(pickle.GLOBAL + f"{module}\n{name}\n".encode() + pickle.EMPTY_TUPLE + pickle.NEWOBJ)
            self.memoize(obj)
            self.save(obj.state)
            return self.write(pickle.BUILD)
        if isinstance(obj, Stored):
            count = 1
            for extent in obj.shape:
                count *= extent
            strides = []
            step = 1
            for extent in reversed(obj.shape):
                strides.insert(0, step)
                step *= max(1, extent)
            self.write(pickle.GLOBAL + b"torch._utils\n_rebuild_tensor_v2\n" + pickle.MARK)
            self.write(pickle.MARK)
            self.save("storage")
            self.write(pickle.GLOBAL + f"torch\n{obj.type}\n".encode())
            for part in ("0", "cpu", 4096):
                self.save(part)
            self.write(pickle.TUPLE + pickle.BINPERSID)
            for part in (0, obj.shape, tuple(strides), False, OrderedDict()):
                self.save(part)
            return self.write(pickle.TUPLE + pickle.REDUCE)
        super().save(obj, save_persistent_id)


def write(name, root):
    buffer = io.BytesIO()
    Writer(buffer, 2).dump(root)
    with zipfile.ZipFile(HERE / f"{name}.pt", "w", zipfile.ZIP_DEFLATED) as archive:
        def put(member, data):
            info = zipfile.ZipInfo(f"archive/{member}", (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
        put("data.pkl", buffer.getvalue())
        put("byteorder", b"little")
        put("data/0", bytes(16384))


def module(kind, children=(), tensors=(), buffers=(), **settings):
    name = kind if "." in kind else f"torch.nn.modules.any.{kind}"
    return Named(
        name, training=False, _parameters=OrderedDict(tensors), _buffers=OrderedDict(buffers),
        _modules=OrderedDict(children), **settings)


def linear(inputs=2, outputs=2, **settings):
    return module("Linear", tensors=[("weight", Stored(outputs, inputs)), ("bias", Stored(outputs))],
                  in_features=inputs, out_features=outputs, **settings)


def sequence(*parts):
    return module("Sequential", [(str(i), part) for i, part in enumerate(parts)])


def attacks():
    own = module("Sequential")
    own.state["_modules"]["0"] = own
    yield "own-child", own
    a, b = module("Sequential"), module("Sequential")
    a.state["_modules"]["b"], b.state["_modules"]["a"] = b, a
    yield "each-others-child", a
    deep = linear()
    for _ in range(70):
        deep = sequence(deep)
    yield "seventy-deep", deep
    bomb = module("Identity")
    for _ in range(30):
        bomb = sequence(bomb, bomb)
    yield "doubled-thirty-times", bomb
    yield "part-is-a-number", module("Sequential", [("0", 7)])
    yield "part-is-a-tensor", module("Sequential", [("0", Stored(2, 2))])
    yield "part-is-no-module", module("Sequential", [("0", Named("torch.nn.modules.linear.Linear", weight=1))])
    yield "weight-is-a-text", module("Linear", tensors=[("weight", "heavy")], in_features=2, out_features=2)
    yield "parameters-are-a-list", Named("torch.nn.modules.any.Linear", _parameters=[1], _modules=OrderedDict())
    yield "parts-are-a-number", Named("torch.nn.modules.any.Sequential", _parameters=OrderedDict(), _modules=3)
    yield "no-weight", module("Linear", in_features=2, out_features=2)
    yield "no-features", module("Linear", tensors=[("weight", Stored(2, 2))])
    yield "features-are-a-text", module(
        "Linear", tensors=[("weight", Stored(2, 2))], in_features="two", out_features=2)
    yield "negative-features", module("Linear", tensors=[("weight", Stored(2, 2))], in_features=-2, out_features=2)
    yield "huge-features", module("Linear", tensors=[("weight", Stored(2, 2))], in_features=2**62, out_features=2)
    yield "beyond-64-bits", module("Linear", tensors=[("weight", Stored(2, 2))], in_features=2**80, out_features=2)
    yield "turned-weight", module("Linear", tensors=[("weight", Stored(3, 2))], in_features=3, out_features=2)
    yield "long-bias", module(
        "Linear", tensors=[("weight", Stored(2, 2)), ("bias", Stored(3))], in_features=2, out_features=2)
    yield "whole-weight", module(
        "Linear", tensors=[("weight", Stored(2, 2, type="IntStorage"))], in_features=2, out_features=2)
    yield "layers-that-do-not-fit", sequence(linear(2, 3), linear(2, 2))
    yield "norm-of-nan", sequence(module("LayerNorm", tensors=[("weight", Stored(2)), ("bias", Stored(2))],
                                         normalized_shape=(2,), eps=float("nan")))
    yield "norm-of-infinity", sequence(module("LayerNorm", normalized_shape=(2,), eps=float("inf")))
    yield "norm-of-a-text", sequence(module("LayerNorm", normalized_shape="wide", eps=1e-5))
    yield "norm-of-a-billion", sequence(module("LayerNorm", normalized_shape=(2**24,), eps=1e-5))
    yield "norm-of-many-axes", sequence(linear(), module("LayerNorm", normalized_shape=(1, 1, 2), eps=1e-5))
    yield "norm-of-overflow", sequence(module("LayerNorm", normalized_shape=(2**26,) * 4, eps=1e-5))
    yield "batch-statistics", sequence(module("BatchNorm1d", num_features=2, eps=1e-5))
    yield "odd-gelu", sequence(linear(), module("GELU", approximate="roughly"))
    yield "softplus-of-zero", sequence(linear(), module("Softplus", beta=0, threshold=20))
    yield "slope-is-nan", sequence(linear(), module("LeakyReLU", negative_slope=float("nan")))
    yield "softmax-of-axis-9", sequence(linear(), module("Softmax", dim=9))
    yield "softmax-of-least-axis", sequence(linear(), module("Softmax", dim=-(2**63)))
    yield "flatten-backwards", sequence(linear(), module("Flatten", start_dim=1, end_dim=0))
    yield "unflatten-bomb", sequence(module("Unflatten", dim=1, unflattened_size=(2**26, 2**26)))
    yield "unflatten-zero", sequence(module("Unflatten", dim=1, unflattened_size=(0, 2)))
    yield "embedding-with-limit", sequence(
        module("Embedding", tensors=[("weight", Stored(4, 2))], num_embeddings=4, embedding_dim=2, max_norm=1.0))
    yield "foreign-class", module("os.system", tensors=[("weight", Stored(2, 2))])
    yield "own-class-inside", sequence(linear(), module("models.Gate", tensors=[("gain", Stored(2))]))
    yield "unknown-layer", sequence(linear(), module("Bilinear"))
    yield "recurrent-inside", sequence(
        module("GRU", tensors=[("weight_ih_l0", Stored(6, 2)), ("weight_hh_l0", Stored(6, 2))], hidden_size=2,
               input_size=2), linear())
    yield "recurrent-without-weights", module("GRU", hidden_size=2, input_size=2)
    yield "recurrent-with-projection", module("LSTM", hidden_size=2, input_size=2, proj_size=1)
    yield "recurrent-of-odd-rows", module("GRU", tensors=[("weight_ih_l0", Stored(7, 2))], hidden_size=2, input_size=2)
    yield "recurrent-that-lies", module(
        "GRU", tensors=[("weight_ih_l0", Stored(6, 2)), ("weight_hh_l0", Stored(6, 2))], hidden_size=2, input_size=5)
    yield "recurrent-of-wrong-state", module(
        "GRU", tensors=[("weight_ih_l0", Stored(6, 2)), ("weight_hh_l0", Stored(2, 6))], hidden_size=2, input_size=2)
    yield "odd-nonlinearity", module("RNNCell", hidden_size=2, input_size=2, nonlinearity="sin", tensors=[
        ("weight_ih", Stored(2, 2)), ("weight_hh", Stored(2, 2))])
    yield "cell-of-wrong-weights", module("GRUCell", hidden_size=2, input_size=2, tensors=[
        ("weight_ih", Stored(2, 2)), ("weight_hh", Stored(6, 2))])
    yield "weight-normalised", sequence(linear(_forward_pre_hooks=OrderedDict(
        [(0, Named("torch.nn.utils.weight_norm.WeightNorm", name="weight", dim=0))])))
    yield "parametrised", sequence(module("torch.nn.utils.parametrize.ParametrizedLinear"))
    yield "conv-of-no-groups", module("Conv2d", tensors=[("weight", Stored(2, 2, 1, 1))], in_channels=2,
                                      out_channels=2, kernel_size=(1, 1), groups=0)
    yield "conv-of-odd-groups", module("Conv2d", tensors=[("weight", Stored(2, 2, 1, 1))], in_channels=2,
                                       out_channels=2, kernel_size=(1, 1), groups=3)
    yield "conv-of-three-kernels", module("Conv2d", in_channels=2, out_channels=2, kernel_size=(1, 1, 1))
    yield "conv-of-odd-padding", module("Conv1d", in_channels=2, out_channels=2, kernel_size=(1,), padding="more")
    yield "conv-after-linear", sequence(linear(), module("Conv2d", in_channels=2, out_channels=2, kernel_size=1))
    yield "conv-of-wrong-weight", module("Conv1d", tensors=[("weight", Stored(2, 2, 2))], in_channels=2, out_channels=2,
                                         kernel_size=(1,))
    yield "pool-of-own-divisor", module("AvgPool2d", kernel_size=2, divisor_override=3)
    yield "pool-with-places", module("MaxPool2d", kernel_size=2, return_indices=True)
    yield "pool-of-nothing", module("AvgPool2d", kernel_size=0)
    yield "pad-by-less", module("ZeroPad2d", padding=(1, -1, 0, 0))
    yield "upsample-by-nan", module("Upsample", scale_factor=float("nan"), mode="nearest")
    yield "upsample-by-a-billion", module("Upsample", scale_factor=1e9, mode="nearest")
    yield "upsample-cubic", module("Upsample", scale_factor=2.0, mode="bicubic")
    yield "adaptive-pool-to-two", module("AdaptiveAvgPool2d", output_size=2)
    yield "training-is-a-text", sequence(Named(
        "torch.nn.modules.any.Dropout", training="yes", _parameters=OrderedDict(), _buffers=OrderedDict(),
        _modules=OrderedDict()))


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for name, root in attacks():
        write(name, root)
