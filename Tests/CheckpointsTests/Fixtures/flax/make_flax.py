"""Makes the Flax checkpoints beside it, and expected.json: what Flax itself holds the arrays for.

Run: python make_flax.py
Needs Flax 0.12, JAX and ml_dtypes. Two runs write the same files.
"""

import json
import pathlib

import flax.linen as nn
import flax.serialization as serialization
import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np

here = pathlib.Path(__file__).parent
expected = {}
names = {
    "float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "int64": "I64", "int32": "I32",
    "int16": "I16", "int8": "I8", "uint64": "U64", "uint32": "U32", "uint16": "U16", "uint8": "U8", "bool": "BOOL",
    "complex64": "C64", "complex128": "C128", "float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2",
    "float8_e4m3fnuz": "F8_E4M3FNUZ", "float8_e5m2fnuz": "F8_E5M2FNUZ", "float8_e8m0fnu": "F8_E8M0",
}


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, path + (key,))
    else:
        yield ".".join(path), np.asarray(value)


def save(file, value, taken, notes=(), metadata=None):
    data = serialization.to_bytes(value)
    (here / file).write_bytes(data)
    # What Flax restores, not what was given to it.
    restored = serialization.msgpack_restore(data)
    expected[file] = {
        "notes": list(notes), "metadata": metadata or {},
        "tensors": [
            {"name": name, "dtype": names[array.dtype.name], "shape": list(array.shape), "hex": array.tobytes().hex()}
            for name, array in leaves(taken(restored))],
    }


class Network(nn.Module):
    @nn.compact
    def __call__(self, x):
        x = nn.BatchNorm(use_running_average=False)(nn.Dense(3)(x))
        return nn.Dense(2)(nn.relu(x))


variables = Network().init(jax.random.key(0), jnp.ones((2, 4)))
params = variables["params"]
part = "the tensors are those of 'params'"
save("params.msgpack", {"params": params}, lambda x: x["params"], [part])
save("bare.msgpack", params, lambda x: x,
     ["several sets of tensors, 'Dense_0' (2 tensors), 'BatchNorm_0' (2 tensors), 'Dense_1' (2 tensors); "
      "names begin with the set's"])
save("variables.msgpack", variables, lambda x: x,
     ["several sets of tensors, 'params' (6 tensors), 'batch_stats' (2 tensors); names begin with the set's"])
save("training.msgpack",
     {"step": 70, "params": params, "opt_state": {"0": {"mu": params, "count": np.int32(7)}}, "loss": 0.25, "name": "run"},
     lambda x: x["params"], [part, "left out, as not weights: 'opt_state' (7 tensors)"],
     {"step": "70", "loss": "0.25", "name": "run"})
average = jax.tree.map(lambda x: 0.5 * x, params)
save("average.msgpack", {"ema_params": average, "params": params}, lambda x: x,
     ["several sets of tensors, 'ema_params' (6 tensors), 'params' (6 tensors); names begin with the set's"])
ramp = np.arange(6).reshape(2, 3)
types = {name: ramp.astype(name) for name in names if "8_e" not in name and name != "bfloat16"}
types |= {name: ramp.astype(getattr(ml_dtypes, name)) for name in names if "8_e" in name or name == "bfloat16"}
types |= {"scalar": np.float32(3), "empty": np.zeros((0, 4), np.float32), "transposed": ramp.astype("<f4").T,
          "native_complex": 1 - 2j}
save("types.msgpack", types, lambda x: x)
serialization.MAX_CHUNK_SIZE = 32
save("chunked.msgpack", {"big": np.arange(30, dtype="<f8").reshape(5, 6), "small": np.ones(2, "<f4")}, lambda x: x)
(here / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
