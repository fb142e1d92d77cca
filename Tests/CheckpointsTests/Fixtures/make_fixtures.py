"""Makes the files beside it with the reference libraries, and what they hold as plain bytes.

Run: python make_fixtures.py
Made with Python 3.11, numpy 2.4.6, ml_dtypes 0.6.0, safetensors 0.8.0.
"""

import io
import json
import pathlib
import struct
import zipfile

import ml_dtypes
import numpy as np
import safetensors.numpy

here = pathlib.Path(__file__).parent

# How each element type is converted to double precision.
small = {
    "F8_E4M3": ml_dtypes.float8_e4m3fn, "F8_E5M2": ml_dtypes.float8_e5m2, "F8_E8M0": ml_dtypes.float8_e8m0fnu,
    "F8_E4M3FNUZ": ml_dtypes.float8_e4m3fnuz, "F8_E5M2FNUZ": ml_dtypes.float8_e5m2fnuz,
}
wide = {
    "F16": np.float16, "BF16": ml_dtypes.bfloat16, "F32": np.float32, "F64": np.float64, "BOOL": np.bool_,
    "I8": np.int8, "U8": np.uint8, "I16": np.int16, "U16": np.uint16, "I32": np.int32, "U32": np.uint32,
    "I64": np.int64, "U64": np.uint64,
}


def bits(values):
    """Doubles as the hexadecimal of their bits; every NaN is written 'nan'."""
    return ["nan" if x != x else struct.pack(">d", x).hex() for x in values]


random = np.random.default_rng(20240217)
decodings = {}
for name, type in {**small, **wide}.items():
    size = np.dtype(type).itemsize
    if name == "BOOL":
        raw = bytes([0, 1, 1, 0])
    elif size == 1:
        raw = bytes(range(256))
    else:
        edges = {0, 1, 2, (1 << 8 * size) - 1, 1 << (8 * size - 1), (1 << (8 * size - 1)) - 1}
        if name in ("F16", "BF16"):  # around every binade, with both signs
            edges |= {s << 15 | e << (10 if name == "F16" else 7) | m for s in (0, 1) for e in range(256)
                      for m in (0, 1) if e < (32 if name == "F16" else 256) and e % 5 < 2}
        if name in ("F32", "F64"):
            edges |= {int.from_bytes(np.array(x, type).tobytes(), "little")
                      for x in (1.0, -1.5, np.inf, -np.inf, np.nan, np.finfo(type).max, np.finfo(type).tiny)}
        codes = sorted(edges) + [int.from_bytes(random.bytes(size), "little") for _ in range(20)]
        raw = b"".join(c.to_bytes(size, "little") for c in codes)
    array = np.frombuffer(raw, type)
    with np.errstate(all="ignore"):
        doubles = [float(x) for x in array]
        floats = [float(x) for x in array.astype(np.float32)]
    decodings[name] = {"raw": raw.hex(), "doubles": bits(doubles), "floats": bits(floats)}
(here / "decodings.json").write_text(json.dumps(decodings, indent=0) + "\n")

# NumPy files: byte orders, memory orders, versions, ranks.
arrays = {}


def keep(file, array, data):
    plain = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).reshape(array.shape)
    (here / "arrays" / file).write_bytes(data)
    arrays[file] = {"dtype": plain.dtype.str, "shape": list(array.shape), "hex": plain.tobytes().hex()}


def saved(array, version=None):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, version=version)
    return buffer.getvalue()


for code in ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"]:
    values = np.arange(6).reshape(2, 3) - (2 if code[0] in "ifc" else 0)
    values = (values * (1 + 2j) if code[0] == "c" else values).astype(code)
    keep(f"little_{code}.npy", values, saved(values))
    if np.dtype(code).itemsize > 1:
        keep(f"big_{code}.npy", values, saved(values.astype(values.dtype.newbyteorder(">"))))
cube = np.arange(24, dtype="<i2").reshape(2, 3, 4)
for code in ["u1", "<i2", "<f4", ">f8", "<c16"]:
    values = np.asfortranarray(cube.astype(code))
    keep(f"fortran_{code.strip('<>')}.npy", values, saved(values))
keep("version2.npy", cube, saved(cube, (2, 0)))
keep("version3.npy", cube, saved(cube, (3, 0)))
keep("scalar.npy", np.array(1.5), saved(np.array(1.5)))
keep("empty.npy", np.zeros((0, 3)), saved(np.zeros((0, 3))))
keep("big_empty.npy", np.zeros((0, 3)), saved(np.zeros((0, 3), ">f8")))
keep("vector.npy", np.arange(5.0), saved(np.arange(5.0)))
python2 = saved(np.arange(2.0)).replace(b"(2,), }  ", b"(2L,), } ")
keep("python2.npy", np.arange(2.0), python2)
(here / "arrays.json").write_text(json.dumps(arrays, indent=0) + "\n")

# Archives.
weights = {"W": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.zeros(1000), "caf\u00e9": np.int64(3),
           "cafe\u0301": np.int64(4), "empty": np.zeros((0, 2))}
np.savez(here / "stored.npz", **weights)
np.savez_compressed(here / "deflated.npz", **weights)
np.savez(here / "mixed.npz", objects=np.array([{"a": 1}, None], dtype=object), words=np.array(["a", "bc"]),
         fields=np.zeros(2, dtype=[("x", "<f4"), ("y", "<i4")]), days=np.array(["2024-01-01"], "M8[D]"),
         half=np.zeros(2, ml_dtypes.bfloat16), numbers=np.arange(3.0))
np.savez(here / "no_arrays.npz")
with zipfile.ZipFile(here / "streamed.npz", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.comment = b"a comment; PK\x05\x06 is inside it"
    entry = zipfile.ZipInfo("x.npy")  # dated 1980, so that every run gives the same bytes
    entry.compress_type = zipfile.ZIP_DEFLATED
    stream = archive.open(entry, "w", force_zip64=True)
    np.lib.format.write_array(stream, np.arange(300.0))
    stream.close()
    archive.writestr(zipfile.ZipInfo("notes.txt"), "not an array")

# A safetensors file of the reference writer.
tensors = {
    "layer.weight": np.arange(6, dtype=np.float32).reshape(2, 3), "layer.bias": np.array([-1.5, 0.25], np.float32),
    "steps": np.array(7, np.int64), "mask": np.array([True, False, True]), "half": np.array([1, 2], np.float16),
    "none": np.zeros((0, 4)), "quote\"\\\n\u0001\u00e9": np.array([255], np.uint8),
    "u16": np.array([3], np.uint16), "u64": np.array([1], np.uint64), "i32": np.array([-1], np.int32),
}
(here / "reference.safetensors").write_bytes(safetensors.numpy.save(tensors, {"format": "np"}))
