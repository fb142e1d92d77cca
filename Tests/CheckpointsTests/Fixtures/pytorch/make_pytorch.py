"""Makes the PyTorch checkpoints beside it, and expected.json: what PyTorch itself holds the tensors for.

Run: python make_pytorch.py
Needs PyTorch 2.13 and NumPy. Two runs write the same tensors, and the same files but for PyTorch's serialization_id.
"""

import argparse
import collections
import io
import json
import pathlib
import pickle
import zipfile

import numpy as np
import torch
from torch import nn

here = pathlib.Path(__file__).parent
expected = {}
torch.manual_seed(1)

names = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64",
    torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint64: "U64", torch.uint32: "U32",
    torch.uint16: "U16", torch.uint8: "U8", torch.bool: "BOOL", torch.complex64: "C64", torch.complex128: "C128",
    torch.float8_e4m3fn: "F8_E4M3", torch.float8_e5m2: "F8_E5M2", torch.float8_e4m3fnuz: "F8_E4M3FNUZ",
    torch.float8_e5m2fnuz: "F8_E5M2FNUZ", torch.float8_e8m0fnu: "F8_E8M0",
}


def content(tensor):
    plain = tensor.detach().resolve_conj().resolve_neg().clone(memory_format=torch.contiguous_format)
    data = b"" if plain.numel() == 0 else bytes(plain.untyped_storage())
    return {"dtype": names[tensor.dtype], "shape": list(tensor.shape), "hex": data.hex()}


def expect(file, tensors, notes=(), unreadable=(), form="pytorch"):
    expected[file] = {
        "format": form, "notes": list(notes), "unreadable": list(unreadable),
        "tensors": [{"name": name, **content(tensor)} for name, tensor in tensors.items()],
    }


def save(file, value, tensors, notes=(), unreadable=(), **options):
    torch.save(value, here / file, **options)
    expect(file, tensors, notes, unreadable)


def rezip(source, file, method, change=lambda name, data: data):
    """The same members but those changed to None, in the same order, packed anew."""
    with zipfile.ZipFile(here / source) as old, zipfile.ZipFile(here / file, "w", method) as new:
        for member in old.infolist():
            data = change(member.filename, old.read(member))
            if data is not None:
                new.writestr(zipfile.ZipInfo(member.filename), data, method)


def part(name):
    return f"the tensors are those of '{name}'"


# --- element types, views, storages ----------------------------------------------------------------------------------

types = {}
for dtype, name in names.items():
    if dtype == torch.bool:
        types[name] = torch.tensor([True, False, True])
    elif dtype.is_complex:
        types[name] = torch.randn(3, dtype=dtype)
    elif dtype.is_floating_point:
        types[name] = torch.tensor([0.5, 1.0, 2.0, 4.0]).to(dtype)
    elif dtype.is_signed:
        types[name] = torch.tensor([torch.iinfo(dtype).min, -1, 7, torch.iinfo(dtype).max], dtype=dtype)
    else:
        types[name] = torch.tensor([0, 1, 200], dtype=torch.uint8).to(dtype)
save("types.pt", types, types)
save("types_legacy.pt", types, types, _use_new_zipfile_serialization=False)

base = torch.arange(24, dtype=torch.float32)
grid = base.view(4, 6)
z = torch.randn(3, dtype=torch.complex64)
views = {
    "base": base, "grid": grid, "transposed": grid.t(), "stepped": grid[1::2, ::3], "offset": base[5:9],
    "scalar": base[7], "empty": base[:0].view(0, 5), "repeated": base[3].expand(2, 3), "permuted": base.view(2, 3, 4).permute(2, 0, 1),
    "unit": base[::24].view(1, 1), "nothing": torch.empty(3, 0), "channels_last": torch.randn(1, 2, 2, 3).to(memory_format=torch.channels_last),
    "z": z, "conjugate": z.conj(), "imaginary_of_conjugate": torch.randn(3, dtype=torch.complex64).conj().imag, "conjugate_scalar": z.conj()[1],
}
save("views.pt", views, views)
save("views_legacy.pt", views, views, _use_new_zipfile_serialization=False)

special = {"x": torch.tensor([float("nan"), float("inf"), -0.0, 1e-45, 3.4e38])}
save("special.pt", special, special)

# --- protocols and containers ----------------------------------------------------------------------------------------

small = {"w": torch.randn(2, 3), "b": torch.zeros(2, dtype=torch.float64)}
for protocol in (2, 3, 4, 5):
    save(f"protocol{protocol}.pt", small, small, pickle_protocol=protocol)
save("legacy_protocol4.pt", small, small, pickle_protocol=4, _use_new_zipfile_serialization=False)

save("one_tensor.pt", small["w"], {"tensor": small["w"]})
save("list.pt", [small["w"], small["b"]], {"0": small["w"], "1": small["b"]})
save("parameter.pt", {"w": nn.Parameter(small["w"])}, {"w": small["w"]})
with_state = nn.Parameter(small["w"].clone())
with_state.tag = "kept"
save("parameter_with_state.pt", {"w": with_state}, {"w": with_state})


class Tagged(torch.Tensor):
    pass


save("subclass.pt", {"w": small["w"].as_subclass(Tagged)}, {"w": small["w"]}, ["named and not run: '__main__.Tagged'"])
save("quantised.pt", {"q": torch.quantize_per_tensor(small["w"], 0.1, 3, torch.qint8), "w": small["w"]}, {"w": small["w"]},
    ["named and not run: 'torch.per_tensor_affine'"], ["q"])
save("sparse.pt", {"s": torch.eye(3).to_sparse(), "w": small["w"]}, {"w": small["w"]},
    ["named and not run: 'torch.serialization._get_layout'"], ["s"])

# --- packed by others ------------------------------------------------------------------------------------------------

rezip("protocol2.pt", "deflated.pt", zipfile.ZIP_DEFLATED)
expect("deflated.pt", small)
rezip("protocol2.pt", "stored.pt", zipfile.ZIP_STORED)
expect("stored.pt", small)


def big(name, data):
    if name.endswith("/byteorder"):
        return b"big"
    if "/data/" not in name:
        return data
    width = {24: 4, 16: 8}[len(data)]
    return np.frombuffer(data, f"<u{width}").astype(f">u{width}").tobytes()


rezip("protocol2.pt", "big_endian.pt", zipfile.ZIP_STORED, big)
expect("big_endian.pt", small)

# --- checkpoints of training -----------------------------------------------------------------------------------------

net = nn.Sequential(collections.OrderedDict(a=nn.Linear(2, 2), b=nn.BatchNorm1d(2)))
weights = net.state_dict()
average = {name: tensor + 1 for name, tensor in weights.items()}
save("state_dict.pt", weights, weights)
adam = torch.optim.Adam(net.parameters())
net(torch.randn(4, 2)).sum().backward()
adam.step()
weights = {name: tensor.clone() for name, tensor in net.state_dict().items()}
aside = "left out, as not weights: 'optimizer.state.0' (3 tensors), 'optimizer.state.1' (3 tensors), " \
    "'optimizer.state.2' (3 tensors), 'optimizer.state.3' (3 tensors)"
save("training.pt", {"epoch": 3, "model_state_dict": net.state_dict(), "optimizer": adam.state_dict(), "loss": torch.tensor(0.5)},
    weights, [part("model_state_dict"), aside.replace(": 'o", ": the outermost (1 tensor), 'o")])
save("training_with_average.pt", {"step": 1, "model": weights, "ema": average, "optimizer": adam.state_dict()},
    {f"{s}.{n}": t for s, d in (("model", weights), ("ema", average)) for n, t in d.items()},
    ["several sets of tensors, 'model' (7 tensors), 'ema' (7 tensors); names begin with the set's", aside])
save("lightning.ckpt", {
    "epoch": 1, "global_step": 10, "pytorch-lightning_version": "2.4.0",
    "state_dict": {f"model.{n}": t for n, t in weights.items()},
    "optimizer_states": [adam.state_dict()], "lr_schedulers": [], "callbacks": {"Stop{'patience': 3}": {"best": torch.tensor(0.1)}},
    "loops": {"fit_loop": {"state_dict": {}}}, "hyper_parameters": argparse.Namespace(width=2, rate=1e-3),
}, weights, [part("state_dict"), "every name began with 'model.', which is taken off",
    "left out, as not weights: 'optimizer_states.0.state.0' (3 tensors), 'optimizer_states.0.state.1' (3 tensors), "
    "'optimizer_states.0.state.2' (3 tensors), 'optimizer_states.0.state.3' (3 tensors), "
    "'callbacks.Stop{'patience': 3}' (1 tensor)"])
taken = "every name began with '{}', which is taken off"
save("parallel.pt", nn.DataParallel(net).state_dict(), weights, [taken.format("module.")])
save("compiled_parallel.pt", {f"module._orig_mod.{n}": t for n, t in weights.items()}, weights,
    [taken.format("module."), taken.format("_orig_mod.")])
mixed = {"module.w": small["w"], "b": small["b"]}
save("prefix_on_some.pt", mixed, mixed)
save("with_python_values.pt", {
    "state_dict": small, "args": argparse.Namespace(lr=0.1), "score": np.float64(0.25), "seed": np.int64(3),
    "raw": b"\x00\xff", "blob": bytearray(b"ab"), "tags": {"x", "y"}, "z": 1 + 2j, "huge": 1 << 100, "negative": -(1 << 40),
    "array": np.arange(3), "counts": collections.Counter("aab"), "late": collections.defaultdict(list, a=[1]),
    "device": torch.device("cpu"), "type": torch.float32, "nested": [[(None, True)]],
}, small, [part("state_dict")])
tied = {"a": base, "b": base}
save("tied.pt", tied, tied)
round_trip = {"w": small["w"]}
round_trip["self"] = round_trip
save("cycle.pt", round_trip, {"w": small["w"]})

# --- arrays of NumPy, without PyTorch --------------------------------------------------------------------------------

weight = np.arange(6, dtype=np.float32).reshape(2, 3)
arrays = {"W": weight, "columns": np.asfortranarray(weight), "big": weight.astype(">f8"), "scalar": np.array(2, dtype=np.int16),
          "none": np.zeros((0, 2)), "yes": np.array([True, False])}
for protocol in (2, 4, 5):
    file = f"arrays{protocol}.pkl"
    with open(here / file, "wb") as handle:
        pickle.dump({"rate": 0.1, **arrays, "words": np.array(["a"]), "objects": np.array([{}, None])}, handle, protocol)
    expect(file, {name: torch.from_numpy(array.astype(array.dtype.newbyteorder("="))) for name, array in arrays.items()},
           unreadable=["words", "objects"], form="pickle")

# --- whole modules ---------------------------------------------------------------------------------------------------


def whole(file, module, name=None, state=None, extra=(), **options):
    kinds = []
    buffer = io.BytesIO()
    torch.save(module, buffer, **options)
    save(file, module, state or module.state_dict(), [
        f"a whole module, '{name or type(module).__module__ + '.' + type(module).__name__}'; these are its weights",
        *extra], **options)


class FlipFlopNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(2, 3, batch_first=True)
        self.readout = nn.Linear(3, 1)
        self.same = self.readout


run = "named and not run: "
container = "'torch.nn.modules.container.Sequential'"
linear = "'torch.nn.modules.linear.Linear'"
norm = "'torch.nn.modules.batchnorm.BatchNorm1d'"
net.zero_grad()
net.eval()
whole("sequential.pt", net, extra=[f"{run}{container}, {linear}, {norm}"])
def no_source(*arguments, **options):
    raise OSError("the older form would carry PyTorch's own source along, and where it lies")


torch.serialization.get_source_lines_and_file = no_source
whole("sequential_legacy.pt", net, extra=[f"{run}{container}, {linear}, {norm}"], _use_new_zipfile_serialization=False)
whole("rnn.pt", FlipFlopNet(), extra=[f"{run}'__main__.FlipFlopNet', 'torch.nn.modules.rnn.RNN', {linear}"])
whole("gru.pt", nn.GRU(1, 2), extra=[f"{run}'torch.nn.modules.rnn.GRU'"])
script = torch.jit.trace(nn.Sequential(nn.Linear(2, 2), nn.Tanh()), torch.zeros(1, 2))
torch.jit.save(script, str(here / "traced.pt"))
# Without the notes for debugging, which say where PyTorch lay.
rezip("traced.pt", "script.pt", zipfile.ZIP_STORED, lambda name, data: None if name.endswith(".debug_pkl") else data)
(here / "traced.pt").unlink()
expect("script.pt", script.state_dict(),
    ["a TorchScript program; its weights are read, its function is not: export it with torch.export or ONNX"])

(here / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
