"""Makes the damaged, lying and foreign files beside it. What is said of each stands in expected.tsv.

Run: python make_attacks.py
Needs only the standard library and NumPy.
"""

import gzip
import io
import json
import pathlib
import pickle
import shutil
import struct
import unicodedata
import zipfile
import zlib

import numpy as np

here = pathlib.Path(__file__).parent


def put(name, data):
    (here / name).write_bytes(data)


# --- safetensors ---------------------------------------------------------------------------------------------------


def st(header, data=b"", length=None):
    text = header if isinstance(header, bytes) else header.encode() if isinstance(header, str) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def tensor(begin, end, dtype="F32", shape=(1,), **fields):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end], **fields}


good = st({"a": tensor(0, 4), "b": tensor(4, 12, "F64")}, bytes(12))
put("st_cut_in_length.safetensors", good[:5])
put("st_cut_after_length.safetensors", good[:8])
put("st_cut_in_header.safetensors", good[:40])
put("st_cut_before_data.safetensors", good[:-12])
put("st_cut_in_data.safetensors", good[:-1])
put("st_trailing.safetensors", good + b"\0")
put("st_length_2_63.safetensors", st({"a": tensor(0, 4)}, bytes(4), 1 << 63))
put("st_length_max.safetensors", st({"a": tensor(0, 4)}, bytes(4), (1 << 64) - 1))
put("st_length_over_cap.safetensors", st({"a": tensor(0, 4)}, bytes(4), 100_000_001))
put("st_length_zero.safetensors", st(b"", bytes(4)))
put("st_leading_space.safetensors", st(b" " + json.dumps({"a": tensor(0, 4)}).encode(), bytes(4)))
put("st_byte_order_mark.safetensors", st(b"\xef\xbb\xbf" + json.dumps({"a": tensor(0, 4)}).encode(), bytes(4)))
put("st_header_is_array.safetensors", st(b"[]"))
put("st_header_has_two_values.safetensors", st(b"{}{}"))
put("st_deep_nesting.safetensors", st(b'{"a":' + b"[" * 1500))
put("st_duplicate_name.safetensors",
    st('{"a":%s,"a":%s}' % (json.dumps(tensor(0, 4)), json.dumps(tensor(4, 8))), bytes(8)))
put("st_duplicate_escaped.safetensors",
    st('{"a":%s,"\\u0061":%s}' % (json.dumps(tensor(0, 4)), json.dumps(tensor(4, 8))), bytes(8)))
put("st_duplicate_field.safetensors", st('{"a":{"dtype":"F32","dtype":"F64","shape":[1],"data_offsets":[0,4]}}', bytes(4)))
put("st_float_shape.safetensors", st('{"a":{"dtype":"F32","shape":[3.0],"data_offsets":[0,12]}}', bytes(12)))
put("st_exponent_offset.safetensors", st('{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12e0]}}', bytes(12)))
put("st_negative_shape.safetensors", st({"a": tensor(0, 4, shape=(-1,))}, bytes(4)))
put("st_shape_2_63.safetensors", st({"a": tensor(0, 4, shape=(1 << 63,))}, bytes(4)))
put("st_leading_zero.safetensors", st('{"a":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}', bytes(4)))
put("st_shape_overflow.safetensors", st({"a": tensor(0, 4, shape=(1 << 32, 1 << 32))}, bytes(4)))
put("st_shape_overflow_then_zero.safetensors", st({"a": tensor(0, 0, shape=(1 << 62, 4, 0))}))
put("st_bits_overflow.safetensors", st({"a": tensor(0, 4, shape=((1 << 61),))}, bytes(4)))
put("st_many_axes.safetensors", st({"a": tensor(0, 4, shape=(1,) * 65)}, bytes(4)))
put("st_size_mismatch.safetensors", st({"layer.weight": tensor(0, 20, shape=(2, 3))}, bytes(20)))
put("st_reversed_offsets.safetensors", st({"a": tensor(4, 0)}, bytes(4)))
put("st_offsets_beyond_file.safetensors", st({"a": tensor(0, 1 << 40, shape=(1 << 38,))}, bytes(4)))
put("st_hole.safetensors", st({"a": tensor(0, 4), "b": tensor(8, 12)}, bytes(12)))
put("st_hole_at_start.safetensors", st({"a": tensor(4, 8)}, bytes(8)))
put("st_overlap.safetensors", st({"a": tensor(0, 8, "F64"), "b": tensor(4, 8)}, bytes(8)))
put("st_all_overlap.safetensors", st({"t%d" % i: tensor(0, 4) for i in range(20)}, bytes(4)))
put("st_unknown_dtype.safetensors", st({"a": tensor(0, 4, "F33")}, bytes(4)))
put("st_numpy_dtype.safetensors", st({"a": tensor(0, 4, "float32")}, bytes(4)))
put("st_c128.safetensors", st({"a": tensor(0, 16, "C128")}, bytes(16)))
put("st_partial_byte.safetensors", st({"a": tensor(0, 2, "F4", (3,))}, bytes(2)))
put("st_missing_shape.safetensors", st({"a": {"dtype": "F32", "data_offsets": [0, 4]}}, bytes(4)))
put("st_extra_field.safetensors", st({"a": tensor(0, 4, strides=[1])}, bytes(4)))
put("st_three_offsets.safetensors", st({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4, 8]}}, bytes(4)))
put("st_dtype_number.safetensors", st({"a": {"dtype": 1, "shape": [1], "data_offsets": [0, 4]}}, bytes(4)))
put("st_tensor_is_text.safetensors", st({"a": "tensor"}))
put("st_metadata_number.safetensors", st({"__metadata__": {"epoch": 3}, "a": tensor(0, 4)}, bytes(4)))
put("st_metadata_text.safetensors", st({"__metadata__": "pt", "a": tensor(0, 4)}, bytes(4)))
put("st_not_utf8.safetensors", st(b'{"\xff":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', bytes(4)))
put("st_lone_surrogate.safetensors", st('{"\\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', bytes(4)))
put("st_newline_in_name.safetensors", st(b'{"a\nb":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', bytes(4)))
put("st_bad_escape.safetensors", st('{"\\x":1}'))
put("st_trailing_comma.safetensors", st('{"a":%s,}' % json.dumps(tensor(0, 4)), bytes(4)))
put("st_single_quotes.safetensors", st("{'a':1}"))
put("st_nan_in_json.safetensors", st('{"a":NaN}'))
put("st_escape_in_name.safetensors", st({"\x1b[31mred\u202e": tensor(0, 8)}, bytes(8)))
# These are sound, and must be read.
put("ok_st_normal_forms.safetensors", st(
    {unicodedata.normalize("NFC", "caf\u00e9"): tensor(0, 4), unicodedata.normalize("NFD", "caf\u00e9"): tensor(4, 8)}, bytes(8)))
put("ok_st_scalar_and_empty.safetensors", st({"e": tensor(4, 4, shape=(0, 5)), "s": tensor(0, 4, shape=())}, bytes(4)))
put("ok_st_packed.safetensors", st({"f4": tensor(0, 3, "F4", (2, 3)), "f6": tensor(3, 6, "F6_E3M2", (4,))}, bytes(6)))
put("ok_st_nothing.safetensors", st({}))
put("ok_st_unaligned.safetensors", st(b'{"a":{"data_offsets":[0,8],"dtype":"F64","shape":[1]}} ', struct.pack("<d", 2.5)))
put("ok_st_not_finite.safetensors",
    st({"w": tensor(0, 16, shape=(4,))}, struct.pack("<4f", 1, float("nan"), float("inf"), float("-inf"))))
put("ok_st_length_looks_like_gzip.safetensors",
    st((json.dumps({"a": tensor(0, 4)}).encode()).ljust(0x8B1F), bytes(4)))

# --- npy -----------------------------------------------------------------------------------------------------------


def npy(header, data=b"", version=(1, 0), length=None):
    text = header if isinstance(header, bytes) else header.encode()
    size = len(text) if length is None else length
    return b"\x93NUMPY" + bytes(version) + struct.pack("<H" if version[0] == 1 else "<I", size) + text + data


def described(descr="'<f4'", order="False", shape="(2,)"):
    return "{'descr': %s, 'fortran_order': %s, 'shape': %s, }\n" % (descr, order, shape)


sound = npy(described(), bytes(8))
put("npy_cut_in_magic.npy", sound[:4])
put("npy_cut_after_magic.npy", sound[:8])
put("npy_cut_in_header.npy", sound[:30])
put("npy_cut_in_data.npy", sound[:-3])
put("npy_trailing.npy", sound + b"more")
put("npy_version_9.npy", npy(described(), bytes(8), (9, 0)))
put("npy_version_1_1.npy", npy(described(), bytes(8), (1, 1)))
put("npy_header_4_gib.npy", npy(described(), bytes(8), (2, 0), (1 << 32) - 1))
put("npy_header_too_long.npy", npy(described(), bytes(8), (1, 0), 10_001))
put("npy_object.npy", npy(described("'|O'"), pickle.dumps([print])))
put("npy_code.npy", npy(described("__import__('os').system('true')")))
put("npy_code_in_shape.npy", npy(described(shape="(2**70,)")))
put("npy_call_after.npy", npy(described().strip() + ".clear()\n", bytes(8)))
put("npy_structured.npy", npy(described("[('x', '<f4'), ('y', '<i4')]"), bytes(16)))
put("npy_text.npy", npy(described("'<U3'"), bytes(24)))
put("npy_dates.npy", npy(described("'<M8[ns]'"), bytes(16)))
put("npy_long_double.npy", npy(described("'<f16'"), bytes(32)))
put("npy_bfloat16.npy", npy(described("'|V2'"), bytes(4)))
put("npy_raw.npy", npy(described("'|V8'"), bytes(16)))
put("npy_unknown_type.npy", npy(described("'<q4'"), bytes(8)))
put("npy_negative_extent.npy", npy(described(shape="(2, -1)"), bytes(8)))
put("npy_huge_shape.npy", npy(described(shape="(1099511627776,)")))
put("npy_shape_overflow.npy", npy(described(shape="(4294967296, 4294967296)")))
put("npy_shape_2_63.npy", npy(described(shape="(9223372036854775808,)")))
put("npy_shape_number.npy", npy(described(shape="(2)"), bytes(8)))
put("npy_shape_list.npy", npy(described(shape="[2]"), bytes(8)))
put("npy_shape_float.npy", npy(described(shape="(2.0,)"), bytes(8)))
put("npy_shape_deep.npy", npy(described(shape="(" * 500), bytes(8)))
put("npy_many_axes.npy", npy(described(shape="(" + "1, " * 65 + ")"), bytes(4)))
put("npy_fortran_mismatch.npy", npy(described(order="True", shape="(3, 3)"), bytes(32)))
put("npy_fortran_number.npy", npy(described(order="1"), bytes(8)))
put("npy_missing_key.npy", npy("{'descr': '<f4', 'shape': (2,), }\n", bytes(8)))
put("npy_extra_key.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 1}\n", bytes(8)))
put("npy_duplicate_key.npy", npy("{'descr': '<f4', 'descr': '<f8', 'fortran_order': False, 'shape': (2,)}\n", bytes(8)))
put("npy_long_in_version3.npy", npy(described(shape="(2L,)"), bytes(8), (3, 0)))
put("npy_header_not_dictionary.npy", npy("['<f4', False, (2,)]\n", bytes(8)))
put("npy_escape_in_string.npy", npy(described("'\\x3cf4'"), bytes(8)))
put("ok_npy_bare_name.npy", npy(described('"float32"'), bytes(8)))

# --- npz -----------------------------------------------------------------------------------------------------------


class Archive:
    """A zip writer that lies where it is told to: any field of any member can be given another value."""

    def __init__(self):
        self.local, self.central, self.count = b"", b"", 0

    def add(self, name, content, deflate=False, **lies):
        name = name if isinstance(name, bytes) else name.encode()
        squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
        data = lies.get("data", squeezer.compress(content) + squeezer.flush() if deflate else content)
        crc, packed, size = lies.get("crc", zlib.crc32(content)), lies.get("packed", len(data)), lies.get("size", len(content))
        flags, method = lies.get("flags", 0), lies.get("method", 8 if deflate else 0)
        extra = lies.get("extra", b"")
        offset = lies.get("offset", len(self.local))
        fields = (20, flags, method, 0, 33, crc, packed & 0xFFFFFFFF, size & 0xFFFFFFFF)
        inner = lies.get("inner_name", name)
        self.local += struct.pack("<IHHHHHIIIHH", 0x04034B50, *fields, len(inner), 0) + inner + data
        self.central += struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, *fields, len(name), len(extra), 0,
                                    lies.get("disk", 0), 0, 0, offset & 0xFFFFFFFF) + name + extra
        self.count += 1
        return self

    def end(self, comment=b"", **lies):
        count = lies.get("count", self.count)
        return self.local + self.central + struct.pack(
            "<IHHHHIIH", 0x06054B50, lies.get("disk", 0), 0, count, lies.get("all", count), lies.get("size", len(self.central)),
            lies.get("offset", len(self.local)), lies.get("comment", len(comment))) + comment


array = npy(described(), struct.pack("<2f", 1, 2))
whole = Archive().add("x.npy", array).end()
put("npz_cut_in_member.npz", whole[:60])
put("npz_cut_in_directory.npz", whole[:-40])
put("npz_cut_in_end.npz", whole[:-1])
put("npz_trailing.npz", whole + b"\0")
put("npz_prefix.npz", b"PK\3\4" + whole)
put("npz_bad_crc.npz", Archive().add("x.npy", array, crc=0x12345678).end())
flipped = bytearray(whole)
flipped[whole.index(array) + len(array) - 1] ^= 1
put("npz_flipped_bit.npz", bytes(flipped))
put("npz_encrypted.npz", Archive().add("x.npy", array, flags=1).end())
put("npz_method_14.npz", Archive().add("x.npy", array, method=14).end())
put("npz_duplicate.npz", Archive().add("x.npy", array).add("x.npy", array).end())
put("npz_stored_two_sizes.npz", Archive().add("x.npy", array, size=len(array) + 1).end())
put("npz_packed_beyond_file.npz", Archive().add("x.npy", array, packed=1 << 31, size=1 << 31).end())
put("npz_offset_beyond_file.npz", Archive().add("x.npy", array, offset=1 << 31).end())
put("npz_local_name_differs.npz", Archive().add("x.npy", array, inner_name=b"y.npy").end())
put("npz_name_not_utf8.npz", Archive().add(b"\xff.npy", array).end())
put("npz_several_disks.npz", Archive().add("x.npy", array).end(disk=1))
put("npz_member_on_disk_2.npz", Archive().add("x.npy", array, disk=2).end())
put("npz_count_too_high.npz", Archive().add("x.npy", array).end(count=2))
put("npz_count_too_low.npz", Archive().add("x.npy", array).add("y.npy", array).end(count=1))
put("npz_directory_offset.npz", Archive().add("x.npy", array).end(offset=3))
put("npz_directory_size.npz", Archive().add("x.npy", array).end(size=(1 << 32) - 2))
put("npz_shared_header.npz", Archive().add("x.npy", array).add("y.npy", array, data=b"", packed=len(array), offset=0, size=len(array),
                                                               inner_name=b"x.npy").end())
nested = Archive().add("x.npy", b"\0" * 8 + Archive().add("y.npy", array).local)
nested.add("y.npy", array, offset=30 + 5 + 8)
put("npz_member_inside_member.npz", nested.end())
put("npz_zip64_missing.npz", Archive().add("x.npy", array, packed=0xFFFFFFFF, size=0xFFFFFFFF).end())
put("npz_zip64_huge.npz", Archive().add("x.npy", array, packed=0xFFFFFFFF, size=0xFFFFFFFF,
                                        extra=struct.pack("<HHQQ", 1, 16, 1 << 63, 1 << 63)).end())
put("npz_bomb.npz", Archive().add("x.npy", npy(described(shape="(400000,)"), bytes(1_600_000)), deflate=True, size=1 << 30).end())
many = Archive()
for i in range(8):
    many.add("m%d.npy" % i, b"x" * 10_000, deflate=True, size=9_000_000)
put("npz_many_claims.npz", many.end())
put("npz_deflate_longer.npz", Archive().add("x.npy", array + bytes(100), deflate=True, size=len(array)).end())
put("npz_deflate_shorter.npz", Archive().add("x.npy", array, deflate=True, size=len(array) + 9).end())
squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
squeezed = squeezer.compress(array) + squeezer.flush()
put("npz_deflate_cut.npz", Archive().add("x.npy", array, deflate=True, data=squeezed[:-6]).end())
put("npz_deflate_damaged.npz", Archive().add("x.npy", array, deflate=True, data=b"\xff" + squeezed[1:]).end())
put("npz_deflate_rest.npz", Archive().add("x.npy", array, deflate=True, data=squeezed + b"abc").end())
put("npz_member_damaged.npz", Archive().add("good.npy", array).add("bad.npy", array[:-2]).end())
put("npz_member_not_npy.npz", Archive().add("x.npy", b"hello").end())
put("npz_no_arrays.zip", Archive().add("readme.txt", b"hello").end())
put("npz_end_inside_comment.npz", Archive().add("x.npy", array).end(comment=Archive().end()))
put("ok_npz_object_beside_numbers.npz",
    Archive().add("config.npy", npy(described("'|O'", shape="()"), pickle.dumps({"a": 1}))).add("W.npy", array).end())
# Nothing is ever unpacked to disk, so this is a name like any other.
put("ok_npz_traversal_name.npz", Archive().add("../../x.npy", array).end())

# --- others --------------------------------------------------------------------------------------------------------

put("not_pytorch.pt", Archive().add("model/data.pkl", b"\x80\x02}.").add("model/version", b"3\n").end())
put("not_export.pt2", Archive().add("m/archive_format", b"pt2").end())
put("not_pickle.npy", pickle.dumps({"weights": [1.0, 2.0]}, protocol=4))
put("not_legacy_pytorch.pt", pickle.dumps(0x1950A86A20F9469CFC6C, protocol=2))
put("not_hdf5.safetensors", b"\x89HDF\r\n\x1a\n" + bytes(40))
put("not_gzip.npy", gzip.compress(sound, mtime=0))
put("not_xz.npz", b"\xfd7zXZ\0" + bytes(20))
put("not_gguf.safetensors", b"GGUF\3\0\0\0" + bytes(20))
put("not_lfs.safetensors", b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n")
put("not_html.safetensors", b"<!DOCTYPE html>\n<html><head><title>404</title></head></html>\n")
put("not_json.safetensors", b'{"metadata": {"total_size": 1}, "weight_map": {"a": "model-00001-of-00002.safetensors"}}')
put("not_onnx.safetensors", bytes([8, 10, 0x12, 7]) + b"pytorch" + bytes([0x3A, 0]))
put("not_known.safetensors", b"hello, world\n")
put("empty.safetensors", b"")


# --- PyTorch and pickles ---------------------------------------------------------------------------------------------


def text(value):
    return b"X" + struct.pack("<I", len(value.encode())) + value.encode()


def value(number):
    return pickle.dumps(number, protocol=2)[2:-1]


def several(*parts):
    return b"(" + b"".join(parts) + b"t"


def named(module, name):
    return b"c%s\n%s\n" % (module.encode(), name.encode())


def storage(key="0", kind="FloatStorage", count=value(4), module="torch"):
    return several(text("storage"), named(module, kind), text(key), text("cpu"), count) + b"Q"


def rebuilt(offset=0, size=(4,), stride=(1,), of=None, name="_rebuild_tensor_v2", rest=(b"\x89", b"}")):
    return named("torch._utils", name) + several(
        of or storage(), value(offset), several(*map(value, size)), several(*map(value, stride)), *rest) + b"R"


def entries(*pairs):
    return b"}(" + b"".join(text(key) + content for key, content in pairs) + b"u"


floats = struct.pack("<4f", 1, 2, 3, 4)


def pt(body, data=floats, order=b"little", deflate=False, **lies):
    archive = Archive().add("m/data.pkl", b"\x80\2" + body + b".", deflate=deflate)
    if order is not None:
        archive.add("m/byteorder", order)
    if data is not None:
        archive.add("m/data/0", data, **lies)
    return archive.add("m/version", b"3\n").end()


sound = pt(entries(("w", rebuilt())))
put("ok_pt.pt", sound)
put("ok_pt_no_byteorder.pt", pt(entries(("w", rebuilt())), order=None))
put("ok_pt_no_byteorder_deflated.pt", pt(entries(("w", rebuilt())), deflate=True))
put("ok_pt_stride_0.pt", pt(entries(("w", rebuilt(size=(3, 2), stride=(0, 0))))))
put("ok_pt_empty_stride_any.pt", pt(entries(("w", rebuilt(size=(0, 3), stride=(1 << 62, 1 << 62))))))
run_me = named("os", "system") + several(text("touch /tmp/owned")) + b"R"
put("ok_pt_system_beside.pt", pt(entries(("w", rebuilt()), ("x", run_me))))
put("pt_system.pt", pt(run_me, data=None))
put("pt_system_as_root_of_reduce.pt", pt(run_me + several() + b"R", data=None))
put("pt_eval_inst.pt", pt(b"(" + text("1+1") + b"ibuiltins\neval\n", data=None))
put("pt_getattr_chain.pt", pt(named("builtins", "getattr") + several(named("os", "path"), text("join")) + b"R", data=None))
put("pk_system.pkl", b"\x80\4" + run_me + b".")
put("pk_system_build.pkl", b"\x80\2" + named("m", "C") + b")\x81}" + text("__reduce__") + run_me + b"sb.")
put("pk_stack_global.pkl", b"\x80\4\x8c\2os\x8c\6system\x93\x8c\4true\x85R.")
for name, end in (("operation", 40), ("pickle", 150), ("data", 260), ("directory", len(sound) - 60)):
    put("pt_cut_in_%s.pt" % name, sound[:end])
put("pt_cut_pickle.pt", Archive().add("m/data.pkl", b"\x80\2}(X\5\0\0\0ab").end())
put("pt_no_stop.pt", Archive().add("m/data.pkl", b"\x80\2}").end())
put("pt_empty_pickle.pt", Archive().add("m/data.pkl", b"").end())
put("pt_after_stop.pt", Archive().add("m/data.pkl", b"\x80\2}.}.").end())
put("pt_two_pickles.pt", Archive().add("a/data.pkl", b"\x80\2}.").add("b/data.pkl", b"\x80\2}.").end())
put("pt_byteorder_middle.pt", pt(entries(("w", rebuilt())), order=b"middle"))
put("pt_storage_too_short.pt", pt(entries(("w", rebuilt())), data=floats[:12]))
put("pt_storage_too_long.pt", pt(entries(("w", rebuilt())), data=floats + b"\0"))
put("pt_storage_missing.pt", pt(entries(("w", rebuilt())), data=None))
put("pt_storage_climbs.pt", pt(entries(("w", rebuilt(of=storage("../version", "ByteStorage", value(2)), size=(2,))))))
put("pt_storage_bad_crc.pt", pt(entries(("w", rebuilt())), crc=1))
put("pt_storage_count_negative.pt", pt(entries(("w", rebuilt(of=storage(count=value(-4)))))))
put("pt_storage_count_2_62.pt", pt(entries(("w", rebuilt(of=storage(count=value(1 << 62)))))))
put("pt_storage_count_2_70.pt", pt(entries(("w", rebuilt(of=storage(count=value(1 << 70)))))))
put("pt_storage_two_types.pt", pt(entries(("w", rebuilt()), ("v", rebuilt(of=storage(kind="DoubleStorage", count=value(2)), size=(2,))))))
put("pt_storage_two_sizes.pt", pt(entries(("w", rebuilt()), ("v", rebuilt(of=storage(count=value(5)))))))
put("pt_storage_unknown_type.pt", pt(entries(("w", rebuilt(of=storage(kind="EvilStorage"))))))
put("pt_storage_is_text.pt", pt(entries(("w", rebuilt(of=text("storage") + b"Q")))))
put("pt_storage_not_kept.pt", pt(entries(("w", rebuilt(of=text("0"))))))
put("pt_stride_negative.pt", pt(entries(("w", rebuilt(3, stride=(-1,))))))
put("pt_offset_negative.pt", pt(entries(("w", rebuilt(-1)))))
put("pt_extent_negative.pt", pt(entries(("w", rebuilt(size=(-4,))))))
put("pt_offset_beyond.pt", pt(entries(("w", rebuilt(1)))))
put("pt_offset_overflow.pt", pt(entries(("w", rebuilt((1 << 63) - 1)))))
put("pt_stride_beyond.pt", pt(entries(("w", rebuilt(size=(2, 2), stride=(3, 1))))))
put("pt_stride_overflow.pt", pt(entries(("w", rebuilt(size=(4, 4), stride=(1 << 62, 1 << 62))))))
put("pt_empty_offset_beyond.pt", pt(entries(("w", rebuilt(9, size=(0,))))))
put("pt_size_overflow.pt", pt(entries(("w", rebuilt(size=(1 << 32, 1 << 32), stride=(0, 0))))))
put("pt_size_2_40.pt", pt(entries(("w", rebuilt(size=(1 << 20, 1 << 20), stride=(0, 0))))))
put("pt_many_copies.pt", pt(b"}(" + text("w") + rebuilt(size=(1 << 22,), stride=(0,)) + b"q\0"
                            + b"".join(text("w%d" % i) + b"h\0" for i in range(9)) + b"u"))
put("pt_size_text.pt", pt(entries(("w", rebuilt(of=storage()).replace(value(4) + b"t(", text("4") + b"t(")))))
put("pt_strides_missing.pt", pt(entries(("w", rebuilt(size=(2, 2))))))
put("pt_axes_65.pt", pt(entries(("w", rebuilt(size=(1,) * 65, stride=(1,) * 65)))))
put("pt_few_arguments.pt", pt(entries(("w", rebuilt(rest=())))))
put("ok_pt_v3_unknown_type.pt", pt(entries(("w", rebuilt()), ("v", rebuilt(
    of=storage(kind="UntypedStorage", module="torch.storage", key="1", count=value(16)), name="_rebuild_tensor_v3",
    rest=(b"\x89", b"}", named("torch", "bits1x8")))))))
put("pt_duplicate_key.pt", pt(entries(("w", rebuilt()), ("w", rebuilt()))))
put("pt_duplicate_member.pt", Archive().add("m/data.pkl", b"\x80\2}.").add("m/data.pkl", b"\x80\2}.").end())
put("pt_setitem_on_text.pt", pt(text("a") + text("b") + text("c") + b"s", data=None))
put("pt_append_on_tuple.pt", pt(b")K\1a", data=None))
put("pt_build_on_list.pt", pt(b"]}b", data=None))
put("pt_reduce_without_tuple.pt", pt(named("os", "system") + text("true") + b"R", data=None))
put("pt_pop_beyond_mark.pt", pt(b"}(s", data=None))
put("pt_no_mark.pt", pt(b"}u", data=None))
put("pt_odd_pairs.pt", pt(b"}(K\1u", data=None))
put("pt_never_remembered.pt", pt(b"h\7", data=None))
put("pt_protocol_255.pt", Archive().add("m/data.pkl", b"\x80\xff}.").end())
put("pt_unknown_operation.pt", pt(b"\xff", data=None))
put("pt_frame_beyond.pt", pt(b"\x95" + b"\xff" * 8, data=None))
put("pt_length_2_63.pt", pt(b"\x8d" + struct.pack("<Q", 1 << 63), data=None))
put("pt_long4_negative.pt", pt(b"\x8b" + struct.pack("<i", -1), data=None))
put("pt_name_not_utf8.pt", pt(b"c\xff\nx\n", data=None))
put("pt_digits.pt", pt(b"I1x\n", data=None))
put("pt_extension.pt", pt(b"\x82\7)R", data=None))
put("pt_deep.pt", pt(b"(" * 30000 + b"t" * 30000, data=None, deflate=True))
put("ok_pt_deep_beside.pt", pt(entries(("w", rebuilt()), ("deep", b"]" * 20000 + b"a" * 19999)), deflate=True))
laughs = b"]q\0" + b"".join(b"](h%ch%ce" % (i, i) + b"q%c" % (i + 1) for i in range(40))
put("pt_laughs.pt", pt(entries(("w", rebuilt()), ("x", laughs))))
put("ok_pt_cycle.pt", pt(b"}q\0(" + text("w") + rebuilt() + text("self") + b"h\0u"))
put("ok_pt_memo_far.pt", pt(entries(("w", rebuilt() + b"r\xff\xff\xff\xff0j\xff\xff\xff\xff"))))
put("pt_pickle_bomb.pt", pt(b"](" + b"]" * 5_000_000 + b"e", data=None, deflate=True))
put("pt_wrapped_in_itself.pt", pt(named("torch._utils", "_rebuild_parameter") + b"(]q\0\x89}tR", data=None))

magic = pickle.dumps(0x1950A86A20F9469CFC6C, protocol=2)
version = pickle.dumps(1001, protocol=2)
system = pickle.dumps({"little_endian": True, "protocol_version": 1001}, protocol=2)
part = b"\x80\2" + entries(("w", rebuilt(of=several(
    text("storage"), named("torch", "FloatStorage"), text("7"), text("cpu"), value(4), b"N") + b"Q"))) + b"."
keys = pickle.dumps(["7"], protocol=2)
count = struct.pack("<q", 4)
put("ok_legacy.pt", magic + version + system + part + keys + count + floats)
put("legacy_cut_in_object.pt", magic + version + system + part[:60])
put("legacy_cut_in_count.pt", magic + version + system + part + keys + count[:5])
put("legacy_cut_in_storage.pt", magic + version + system + part + keys + count + floats[:9])
put("legacy_trailing.pt", magic + version + system + part + keys + count + floats + b"\0")
put("legacy_count_differs.pt", magic + version + system + part + keys + struct.pack("<q", 5) + floats)
put("legacy_count_negative.pt", magic + version + system + part + keys + struct.pack("<q", -1) + floats)
put("legacy_protocol_1000.pt", magic + pickle.dumps(1000, protocol=2) + system + part + keys + count + floats)
put("legacy_big_endian.pt", magic + version + pickle.dumps({"little_endian": False}, protocol=2) + part + keys + count + floats)
put("legacy_keys_unknown.pt", magic + version + system + part + pickle.dumps(["8"], protocol=2) + count + floats)
put("legacy_keys_twice.pt", magic + version + system + part + pickle.dumps(["7", "7"], protocol=2) + (count + floats) * 2)
put("legacy_keys_dictionary.pt", magic + version + system + part + pickle.dumps({"7": 1}, protocol=2) + count + floats)
put("legacy_keys_none.pt", magic + version + system + part + pickle.dumps([], protocol=2))

row = pickle.dumps({"a": np.arange(4, dtype="u1")}, protocol=4)
put("ok_pk_array.pkl", row)
put("pk_array_more_elements.pkl", row.replace(b"K\4\x85", b"K\5\x85"))
put("pk_array_negative_extent.pkl", row.replace(b"K\4\x85", b"J\xff\xff\xff\xff\x85"))
put("pk_array_unknown_type.pkl", row.replace(b"\x8c\2u1", b"\x8c\2u9"))
put("pk_array_without_state.pkl", b"\x80\2" + named("numpy.core.multiarray", "_reconstruct") + b")R.")
put("pk_array_many_times.pkl", pickle.dumps([np.zeros(12_000, dtype="u1")] * 6_000, protocol=4))

put("not_tar.pt", b"pickle".ljust(257, b"\0") + b"ustar".ljust(255, b"\0"))

# --- folders with an index of shards ----------------------------------------------------------------------------------


def folder(name, files, links=()):
    place = here / name
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for file, data in files.items():
        (place / file).parent.mkdir(exist_ok=True)
        (place / file).write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    for file, target in links:
        (place / file).symlink_to(target)


INDEX = "model.safetensors.index.json"
ONE, TWO = "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"
one = st({"a": tensor(0, 4)}, struct.pack("<f", 1))
two = st({"b": tensor(0, 8, "F64")}, struct.pack("<d", 2))


def index(places, **metadata):
    return {"metadata": metadata, "weight_map": places}


def sharded(name, places, files=None, links=(), **metadata):
    folder(name, {INDEX: places if isinstance(places, bytes) else index(places, **metadata),
                  **({ONE: one, TWO: two} if files is None else files)}, links)


sharded("ok_shards", {"b": TWO, "a": ONE}, total_size=12)
sharded("ok_shards_size_lies", {"a": ONE, "b": TWO}, total_size=1 << 40)
sharded("ok_shards_more_than_listed", {"a": ONE}, {ONE: st({"a": tensor(0, 4), "ema.a": tensor(4, 8)}, bytes(8))})
sharded("shards_missing_file", {"a": ONE, "b": TWO}, {ONE: one})
sharded("shards_wrong_file", {"a": TWO, "b": ONE})
sharded("shards_unknown_tensor", {"a": ONE, "c": TWO})
sharded("shards_no_tensor", {})
sharded("shards_map_is_list", json.dumps({"weight_map": [ONE, TWO]}).encode())
sharded("shards_map_missing", b'{"metadata": {}}')
sharded("shards_place_is_number", {"a": 1})
sharded("shards_place_is_list", {"a": [ONE]})
sharded("shards_duplicate_tensor", ('{"weight_map": {"a": "%s", "a": "%s"}}' % (ONE, TWO)).encode())
sharded("shards_up", {"a": "../ok_shards/" + ONE})
sharded("shards_absolute", {"a": "/etc/passwd"})
sharded("shards_below", {"a": "below/" + ONE}, {"below/" + ONE: one})
sharded("shards_dot", {"a": "./" + ONE})
sharded("shards_empty_name", {"a": ""})
sharded("shards_zero_byte", {"a": ONE + "\0.png"})
sharded("shards_backslash", {"a": "..\\" + ONE})
sharded("shards_link_out", {"a": ONE}, {}, [(ONE, "../ok_shards/" + ONE)])
sharded("shards_link_inside", {"a": ONE}, {"real.safetensors": one}, [(ONE, "real.safetensors")])
sharded("shards_link_to_itself", {"a": ONE}, {}, [(ONE, ONE)])
sharded("shards_is_folder", {"a": "below"}, {"below/" + ONE: one})
sharded("shards_index_of_itself", {"a": INDEX})
sharded("shards_index_of_index", {"a": ONE}, {ONE: index({"a": INDEX})})
sharded("shards_cut_off", {"a": ONE}, {ONE: one[:-1]})
sharded("shards_empty_file", {"a": ONE}, {ONE: b""})
sharded("shards_lfs_pointer", {"a": ONE}, {ONE: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 4\n"})
sharded("shards_web_page", {"a": ONE}, {ONE: b"<!DOCTYPE html><html>404</html>"})
sharded("shards_deep", b'{"weight_map":' + b"[" * 1500)
sharded("shards_cut_index", b'{"weight_map": {"a": "mod')
sharded("shards_many_files", {"t%d" % i: "%d" % i for i in range(10_001)}, {})
folder("shards_pickled_system", {
    "pytorch_model.bin.index.json": index({"w": "a.bin"}),
    "a.bin": b"\x80\2cposix\nsystem\nX\x09\0\0\0touch BAD\x85R."})
folder("ok_shards_pytorch", {
    "pytorch_model.bin.index.json": index({"module.w": "a.bin"}),
    "a.bin": pt(entries(("module.w", rebuilt())))})
folder("folder_link", {}, [("model.safetensors", "../ok_shards/" + ONE)])
folder("folder_nothing", {"config.json": b"{}"})
folder("folder_several", {"a.safetensors": one, "b.safetensors": two})
folder("folder_pipeline", {"model_index.json": b"{}", "unet/config.json": b"{}", "vae/config.json": b"{}"})
folder("ok_folder", {"config.json": b"{}", "model.safetensors": one, "pytorch_model.bin": b"not read"})
folder("folder_saved_model", {"saved_model.pb": b"\x08\1"})
folder("folder_orbax", {"_CHECKPOINT_METADATA": b"{}"})
folder("folder_tensorflow", {"model.ckpt.index": b"", "model.ckpt.data-00000-of-00001": bytes(4)})
folder("folder_zarr", {".zarray": b"{}"})

# --- Flax: MessagePack -------------------------------------------------------------------------------------------------


def mp_text(value):
    return bytes([0xA0 | len(value)]) + value.encode()


def mp_array(shape=b"\x91\1", dtype="float32", data=None, kind=1, rest=b""):
    data = struct.pack("<f", 1) if data is None else data
    inner = b"\x93" + shape + mp_text(dtype) + b"\xc4" + bytes([len(data)]) + data + rest
    return bytes([0xC7, len(inner), kind]) + inner


def mp(*pairs):
    return bytes([0x80 | len(pairs)]) + b"".join(mp_text(key) + item for key, item in pairs)


def chunked(shape, chunks):
    return mp(("__msgpack_chunked_array__", b"\xc3"), ("shape", shape), ("chunks", chunks))


flax = mp(("params", mp(("w", mp_array()))))
put("ok_flax.msgpack", flax)
put("ok_flax_scalar.msgpack", mp(("w", mp_array(b"\x90", kind=3)), ("step", b"\x07"), ("rate", b"\xcb" + struct.pack(">d", 0.5))))
put("ok_flax_complex.msgpack", mp(("w", b"\xc7\x13\2\x92\xcb" + struct.pack(">d", 1) + b"\xcb" + struct.pack(">d", -2))))
put("ok_flax_list.msgpack", mp(("w", b"\x92" + mp_array() + mp_array(dtype="int32"))))
put("ok_flax_whole_number_key.msgpack", mp(("w", b"\x81\1" + mp_array())))
put("ok_flax_bare_array.msgpack", mp_array())
put("ok_flax_chunked.msgpack", mp(("w", chunked(mp(("0", b"\2"), ("1", b"\1")), mp(("0", mp_array()), ("1", mp_array()))))))
put("ok_flax_average.msgpack", mp(("params", mp(("w", mp_array()))), ("ema_params", mp(("w", mp_array()))),
                                 ("opt_state", mp(("mu", mp_array())))))
put("flax_trailing.msgpack", flax + b"\0")
put("flax_cut_off.msgpack", flax[:-1])
put("flax_no_array.msgpack", mp(("step", b"\7"), ("name", mp_text("x"))))
put("flax_duplicate_key.msgpack", mp(("w", mp_array()), ("w", mp_array())))
put("flax_duplicate_name.msgpack", mp(("a", mp(("b.c", mp_array()), ("b", mp(("c", mp_array())))))))
put("flax_key_is_list.msgpack", mp(("w", b"\x81\x90" + mp_array())))
put("flax_key_not_utf8.msgpack", mp(("w", b"\x81\xa1\xff" + mp_array())))
put("flax_reserved_byte.msgpack", mp(("w", b"\xc1")))
put("flax_text_2_32.msgpack", mp(("w", b"\xdb\xff\xff\xff\xffx")))
put("flax_bytes_2_32.msgpack", mp(("w", b"\xc6\xff\xff\xff\xffx")))
put("flax_list_2_32.msgpack", mp(("w", b"\xdd\xff\xff\xff\xff\xc0")))
put("flax_record_2_32.msgpack", mp(("w", b"\xdf\xff\xff\xff\xff\xa1a\xc0")))
put("flax_custom_2_32.msgpack", mp(("w", b"\xc9\xff\xff\xff\xff\1\x93")))
put("flax_deep.msgpack", mp(("w", b"\x91" * 5000 + b"\xc0")))
put("flax_deep_records.msgpack", mp(("w", b"\x81\xa1a" * 5000 + b"\xc0")))
put("flax_unknown_type.msgpack", mp(("w", mp_array(kind=42))))
put("flax_time.msgpack", mp(("w", b"\xd6\xff\0\0\0\0")))
put("flax_array_is_record.msgpack", mp(("w", b"\xc7\1\1\x80")))
put("flax_array_of_two.msgpack", mp(("w", b"\xc7\3\1\x92\x90\x90")))
put("flax_array_empty.msgpack", mp(("w", b"\xc7\0\1")))
put("flax_array_trailing.msgpack", mp(("w", mp_array(rest=b"\0"))))
put("flax_array_too_short.msgpack", mp(("w", mp_array(data=b"\0\0\0"))))
put("flax_array_too_long.msgpack", mp(("w", mp_array(data=bytes(5)))))
put("flax_shape_negative.msgpack", mp(("w", mp_array(b"\x91\xff"))))
put("flax_shape_2_63.msgpack", mp(("w", mp_array(b"\x91\xcf\x80" + bytes(7)))))
put("flax_shape_overflow.msgpack", mp(("w", mp_array(b"\x92" + (b"\xd3\x40" + bytes(7)) * 2))))
put("flax_shape_text.msgpack", mp(("w", mp_array(b"\x91\xa11"))))
put("flax_shape_65_axes.msgpack", mp(("w", mp_array(b"\xdc\0\x41" + b"\1" * 65))))
put("flax_type_unknown.msgpack", mp(("w", mp_array(dtype="float33"))))
put("flax_type_object.msgpack", mp(("w", mp_array(dtype="object"))))
put("flax_complex_of_three.msgpack", mp(("w", b"\xc7\4\2\x93\1\2\3")))
put("flax_chunks_missing.msgpack", mp(("w", mp(("__msgpack_chunked_array__", b"\xc3"), ("shape", mp(("0", b"\1")))))))
put("flax_chunks_none.msgpack", mp(("w", chunked(mp(("0", b"\0")), mp()))))
put("flax_chunks_numbered_wrong.msgpack", mp(("w", chunked(mp(("0", b"\1")), mp(("7", mp_array()))))))
put("flax_chunks_of_two_types.msgpack",
    mp(("w", chunked(mp(("0", b"\2")), mp(("0", mp_array()), ("1", mp_array(dtype="int32")))))))
put("flax_chunks_too_many.msgpack", mp(("w", chunked(mp(("0", b"\1")), mp(("0", mp_array()), ("1", mp_array()))))))
put("flax_chunks_shape_huge.msgpack", mp(("w", chunked(mp(("0", b"\xd3\x40" + bytes(7))), mp(("0", mp_array()))))))
put("flax_chunk_in_chunk.msgpack", mp(("w", chunked(mp(("0", b"\1")), mp(("0", chunked(mp(("0", b"\1")), mp(("0", mp_array())))))))))

# --- pickles in pickles and of protocols 0 and 1 ---------------------------------------------------------------------

inside = pickle.dumps({"a": np.arange(2, dtype="u1")}, protocol=4)
put("pk_pickle_in_pickle.pkl", pickle.dumps({"inner": inside, "loads": pickle.loads}, protocol=4))
put("pk_loads_of_pickle.pkl", b"\x80\4cpickle\nloads\nB" + struct.pack("<I", len(inside)) + inside + b"\x85R.")
put("ok_pk_pickle_beside.pkl", pickle.dumps({"a": np.arange(2, dtype="u1"), "inner": inside}, protocol=4))
put("pk_protocol0_system.pkl", b"cos\nsystem\n(S'touch BAD'\ntR.")
put("ok_pk_protocol0_array.pkl", pickle.dumps({"a": np.arange(4, dtype="u1")}, protocol=0))
put("pk_protocol1_inst.pkl", b"(S'touch BAD'\nios\nsystem\n.")
put("pk_getattr_chain.pkl", b"\x80\2cbuiltins\ngetattr\ncbuiltins\n__import__\nX\2\0\0\0os\x85RX\6\0\0\0system\x86RX\1\0\0\0x\x85R.")
put("pk_stack_global_lookup.pkl", b"\x80\4\x8c\2os\x94\x8c\6system\x94\x93\x8c\1x\x85R.")
put("pk_memo_swap.pkl", b"\x80\2X\2\0\0\0osq\0X\6\0\0\0systemq\1h\0h\1\x93X\1\0\0\0x\x85R.")
put("pk_long1_255.pkl", b"\x80\2\x8a\xff" + bytes(10) + b".")
put("pk_frame_lies.pkl", b"\x80\4\x95\xff\xff\xff\xff\xff\xff\xff\x7fN.")
put("pk_frame_short.pkl", b"\x80\4\x95\1\0\0\0\0\0\0\0NNN0000.")
put("pk_bytearray_2_63.pkl", b"\x80\5\x96\0\0\0\0\0\0\0\x80x.")
put("pk_next_buffer.pkl", b"\x80\5\x97\x98.")
put("pk_ext.pkl", b"\x80\2\x82\1)R.")

# --- foreign formats, by their content -------------------------------------------------------------------------------

put("not_zeros.pt", bytes(5000))
put("not_text.pt", b"Entry not found")
put("not_xml.bin", b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>')
put("not_error.safetensors", b'{"error": "Repository not found"}')
put("not_7z.pt", b"7z\xbc\xaf\x27\x1c" + bytes(20))
put("not_zstd.safetensors", b"\x28\xb5\x2f\xfd" + bytes(20))
put("not_bzip2.npz", b"BZh91AY&SY" + bytes(20))
put("not_saved_model.onnx", b"\x08\1\x12\x80\4\x0a\x10" + b"x" * 40)
put("not_tensorflow.pt", b"\1\2\3\4" * 10 + bytes.fromhex("57fb808b247547db"))
put("not_ocdbt.npy", bytes.fromhex("0cdb3a2a") + b"\1" * 40)
keras = io.BytesIO()
with zipfile.ZipFile(keras, "w") as archive:
    for member in ["metadata.json", "config.json", "model.weights.h5"]:
        archive.writestr(zipfile.ZipInfo(member), b"{}")
put("not_keras.npz", keras.getvalue())
