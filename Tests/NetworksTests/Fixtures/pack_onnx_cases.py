"""Pack ONNX's own node tests that consist of one node of ours, in types of ours, into onnx-cases.bin.

    python generate_onnx_cases.py OUT        # writes OUT/node/NAME/{model.onnx,test_data_set_0/...}
    python pack_onnx_cases.py OUT OPERATIONS onnx-cases.bin

OPERATIONS lists the names of the operations, one per line. Each record of the file is: name, model, count of inputs,
inputs, count of outputs, outputs; texts and files are preceded by their length; all numbers are 32 bits, little-endian.
"""
import pathlib
import struct
import sys

import onnx

folder, operations, target = sys.argv[1:]
known = set(pathlib.Path(operations).read_text().split())
kinds = {onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE, onnx.TensorProto.INT64, onnx.TensorProto.INT32,
         onnx.TensorProto.BOOL}


def chunk(data):
    return struct.pack("<I", len(data)) + data


packed = []
left_out = []
for case in sorted((pathlib.Path(folder) / "node").iterdir()):
    if case.name.endswith("_expanded") or "_expanded_ver" in case.name:
        continue
    model = onnx.load(case / "model.onnx")
    if len(model.graph.node) != 1 or model.graph.node[0].op_type not in known:
        continue
    if any(attribute.type in (onnx.AttributeProto.GRAPH, onnx.AttributeProto.GRAPHS)
           for attribute in model.graph.node[0].attribute):
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
    if len(record) > 40_000:
        left_out.append(f"{case.name} ({len(record)} bytes)")
        continue
    packed.append(record)
pathlib.Path(target).write_bytes(b"".join(packed))
print(len(packed), "cases,", sum(map(len, packed)), "bytes; too large:", ", ".join(left_out))
