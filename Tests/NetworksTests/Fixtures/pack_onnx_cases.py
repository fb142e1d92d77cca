"""Pack ONNX's own node tests that consist of operations of ours, in types of ours, into onnx-cases.zip.

    python generate_onnx_cases.py OUT        # writes OUT/node/NAME/{model.onnx,test_data_set_0/...}
    python pack_onnx_cases.py OUT OPERATIONS onnx-cases.zip

OPERATIONS lists the names of the operations, one per line. The archive has one member, deflated as a whole. Each record
of it is: name, model, count of inputs, inputs, count of outputs, outputs; texts and files are preceded by their length;
all numbers are 32 bits, little-endian.
"""
import pathlib
import struct
import sys
import zipfile

import onnx

folder, operations, target = sys.argv[1:]
known = set(pathlib.Path(operations).read_text().split())
kinds = {onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE, onnx.TensorProto.INT64, onnx.TensorProto.INT32,
         onnx.TensorProto.BOOL}
LIMIT = 100_000


def chunk(data):
    return struct.pack("<I", len(data)) + data


def operations_of(graph):
    for node in graph.node:
        yield node.op_type if node.domain in ("", "ai.onnx") else f"{node.domain}::{node.op_type}"
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                yield from operations_of(attribute.g)


packed = []
left_out = []
for case in sorted((pathlib.Path(folder) / "node").iterdir()):
    model = onnx.load(case / "model.onnx")
    if not set(operations_of(model.graph)) <= known:
        continue
    ports = list(model.graph.input) + list(model.graph.output)
    if any(not port.type.HasField("tensor_type") or port.type.tensor_type.elem_type not in kinds for port in ports):
        continue
    data = case / "test_data_set_0"
    inputs = [data / f"input_{i}.pb" for i in range(len(list(data.glob("input_*.pb"))))]
    outputs = [data / f"output_{i}.pb" for i in range(len(list(data.glob("output_*.pb"))))]
    record = chunk(case.name.encode()) + chunk((case / "model.onnx").read_bytes())
    for files in (inputs, outputs):
        record += struct.pack("<I", len(files)) + b"".join(chunk(file.read_bytes()) for file in files)
    if len(record) > LIMIT:
        left_out.append(f"{case.name} ({len(record)} bytes)")
        continue
    packed.append(record)
with zipfile.ZipFile(target, "w") as archive:
    # A fixed date, so that the same cases make the same file.
    member = zipfile.ZipInfo("cases", (2020, 1, 1, 0, 0, 0))
    member.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(member, b"".join(packed), compresslevel=9)
print(len(packed), "cases,", sum(map(len, packed)), "bytes; too large:", ", ".join(left_out))
