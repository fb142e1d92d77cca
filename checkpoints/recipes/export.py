"""One call writes a PyTorch module so that Fieldbook can run it, and can prove that what it runs is this module.

    from export import export
    export(network, (x, t), "folder/name", outputs=["noise"])

writes, as far as PyTorch and the module allow it:

* ``name.pt2``          the function and its weights (torch.export), with a free batch axis where the module has one;
* ``name.onnx``         the same in ONNX, if asked for (``formats=("pt2", "onnx")``; needs the package onnxscript);
* ``name.safetensors``  the weights by name (``name.pt`` where a type of theirs has no place in safetensors);
* ``name.probe.npz``    inputs with the outputs they must give: Fieldbook calls a network verified when it reproduces them.

``record_pairs(network, examples, "folder/name")`` writes the last alone, for a function that is written otherwise.

Needs PyTorch and the standard library only. The module itself is left as it was found.

Probe pairs, format 1. Members of the archive, for pairs k = 0, 1, 2, ... (three or more):

    k/input/NAME      an input, in its own type: float32, float64, or whole numbers
    k/output/NAME     what the module gives for them, in the module's own precision
    k/output64/NAME   the same, computed in float64 by a copy of the module
    k/direction/NAME  a direction for every real input (pair 0 at least)
    k/jvp/NAME        the derivative of each output along all those directions together, in float64

Members stand in the order of the module's inputs and outputs. A reader that knows a port under another name goes by
position. Parts that PyTorch could not compute are left out, and the call says so.
"""

import copy
import ctypes
import inspect
import io
import json
import os
import struct
import zipfile

import torch

PAIRS = 3
SAFETENSORS = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64",
    torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL",
    torch.complex64: "C64",
}  # fmt: skip
NUMPY = {
    torch.float64: "<f8", torch.float32: "<f4", torch.int64: "<i8", torch.int32: "<i4", torch.int16: "<i2",
    torch.int8: "|i1", torch.uint8: "|u1", torch.bool: "|b1", torch.complex64: "<c8", torch.complex128: "<c16",
}  # fmt: skip


def export(module, example_inputs, path, outputs=None, formats=("pt2",), more_inputs=(), free_axes=(0,), quiet=False):
    """Writes network, weights and probe pairs under `path`, a file name without extension; returns the files' names.

    `example_inputs` is a tensor, a tuple of the forward pass's arguments, or a dictionary of them by name. `outputs`
    names the outputs. `more_inputs` are further example inputs to record; without them the first are varied: real
    numbers by a tenth, whole numbers by exchanging them with each other. `free_axes` are the axes of the inputs whose
    extents a program leaves free where the module does: the batch, and for sequences `(0, 1)`, the time too.
    """
    # A pass without gradients first: it leaves recomputed weights (weight_norm) as tensors that can be copied.
    arguments = _arguments(module, example_inputs)
    states = [(part, part.training) for part in module.modules()]
    try:
        module.eval()
        with torch.no_grad():
            module(*arguments)
        network = copy.deepcopy(module).cpu()
    finally:
        for part, training in states:
            part.training = training
    if any(tensor.dtype in (torch.float16, torch.bfloat16) for tensor in network.state_dict().values()):
        network = network.float()
    arguments = _ready(arguments, network)
    names = [name for name, value in zip(_names(module), arguments) if torch.is_tensor(value)]
    outputs = _check(network, arguments, outputs)

    notes, written = [], []
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    program, batch = _program(network, arguments, free_axes, notes)
    if program is not None and "pt2" in formats:
        _name_outputs(program, outputs)
        for node in program.graph.nodes:
            # The paths of this machine.
            node.meta.pop("stack_trace", None)
        _write(f"{path}.pt2", _saved(torch.export.save, program), written)
    if "onnx" in formats:
        try:
            _write(f"{path}.onnx", _onnx(program or network, arguments, names, outputs), written)
        except Exception as error:
            notes.append(f"no ONNX file: {_first_line(error)}")
    if not written:
        raise ValueError("the network could not be exported: " + "; ".join(notes))

    state = network.state_dict()
    if all(tensor.dtype in SAFETENSORS for tensor in state.values()):
        _write(f"{path}.safetensors", _safetensors(state), written)
    else:
        _write(f"{path}.pt", _saved(torch.save, state), written)

    given = [_ready(_arguments(network, inputs), network) for inputs in more_inputs]
    examples = [arguments, *given]
    for k in range(len(examples), PAIRS):
        examples.append(_varied(arguments, k, batch))
    if batch is not None:
        examples[0] = _rows(arguments, min(batch, 4), batch)
    members = []
    for k, inputs in enumerate(examples):
        members += _pair(network, inputs, names, outputs, k, notes)
    _write(f"{path}.probe.npz", _npz(members), written)
    if not quiet:
        for line in written + [f"note: {note}" for note in dict.fromkeys(notes)]:
            print(line)
    return written


def record_pairs(module, examples, path, outputs=None):
    """Writes ``path.probe.npz`` alone, one pair for each of the `examples` (three or more): for a recipe file, say."""
    network = copy.deepcopy(module).cpu().eval()
    given = [_ready(_arguments(network, inputs), network) for inputs in examples]
    names = [name for name, value in zip(_names(module), given[0]) if torch.is_tensor(value)]
    outputs, notes, members = _check(network, given[0], outputs), [], []
    for k, inputs in enumerate(given):
        members += _pair(network, inputs, names, outputs, k, notes)
    _write(f"{path}.probe.npz", _npz(members), [])
    return notes


def _arguments(module, inputs):
    """The arguments of the forward pass, by position."""
    if torch.is_tensor(inputs):
        return (inputs,)
    if isinstance(inputs, dict):
        bound = inspect.signature(module.forward).bind(**inputs)
        bound.apply_defaults()
        if bound.kwargs:
            raise ValueError(f"arguments {sorted(bound.kwargs)} go by name only; wrap the module")
        return bound.args
    return tuple(inputs)


def _names(module):
    names = []
    for name, parameter in inspect.signature(module.forward).parameters.items():
        if parameter.kind == parameter.VAR_POSITIONAL:
            names += [f"{name}_{k}" for k in range(64)]
        elif parameter.kind != parameter.VAR_KEYWORD:
            names.append(name)
    return names


def _ready(arguments, network):
    """Detached on the processor; real numbers in the precision of the weights."""
    real = next((p.dtype for p in network.parameters() if p.is_floating_point()), torch.float32)
    return tuple(_cast(a.detach().cpu(), real) if torch.is_tensor(a) else a for a in arguments)


def _cast(value, real):
    return value.to(real) if torch.is_tensor(value) and value.is_floating_point() else value


def _flat(value, name=""):
    """The tensors of a result with their names: of dictionaries the keys, of sequences the positions."""
    if torch.is_tensor(value):
        return [(name or "output", value)]
    if isinstance(value, dict):
        items = value.items()
    elif hasattr(value, "_asdict"):
        items = value._asdict().items()
    elif isinstance(value, (tuple, list)):
        items = ((f"output_{k}" if not name else str(k), item) for k, item in enumerate(value))
    else:
        items = ()
    return [pair for key, item in items for pair in _flat(item, f"{name}.{key}" if name else str(key))]


def _run(network, arguments, seed=1):
    with torch.no_grad(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return _flat(network(*arguments))


def _scaled(found, expected):
    """The largest difference, relative to the largest number expected."""
    if found.shape != expected.shape:
        return float("inf")
    if not expected.numel():
        return 0.0
    scale = expected.abs().max().double()
    return float((found.double() if not found.is_complex() else found).sub(expected).abs().max() / (scale or 1))


def _check(network, arguments, names):
    """The names of the outputs, after a look at whether the network is one function."""
    once, again = _run(network, arguments, 1), _run(network, arguments, 2)
    if not once:
        raise ValueError("the module returns no tensors")
    if names is not None and len(names) != len(once):
        raise ValueError(f"{len(names)} outputs are named; the module returns {len(once)}")
    names = list(names) if names is not None else [name for name, _ in once]
    for name, (_, first), (_, second) in zip(names, once, again):
        if (first.is_floating_point() or first.is_complex()) and not torch.isfinite(first).all():
            raise ValueError(f"output '{name}' has values that are not finite at the example inputs")
        if _scaled(second, first) > 1e-6:
            raise ValueError(
                f"output '{name}' differs between two runs on the same inputs: the forward pass draws random numbers "
                "or keeps state; switch that off before exporting"
            )
    return names


def _batch(arguments):
    shaped = [a for a in arguments if torch.is_tensor(a) and a.dim()]
    return shaped[0].shape[0] if shaped else None


def _rows(arguments, count, batch):
    """The arguments with another number of samples, the last of them repeated."""

    def rows(value):
        if not torch.is_tensor(value) or not value.dim() or value.shape[0] != batch:
            return value
        return torch.stack([value[min(k, batch - 1)] for k in range(count)])

    return tuple(rows(value) for value in arguments)


def _program(network, arguments, free_axes, notes):
    """The exported program, and the batch of the examples if the program takes others too."""
    batch = _batch(arguments)
    if batch:
        wide = _rows(arguments, max(2, min(batch, 4)), batch)
        size = _batch(wide)
        free = getattr(torch.export.Dim, "AUTO", None) or torch.export.Dim("batch")
        axes = tuple(
            {axis: free for axis in free_axes if axis < a.dim()}
            if torch.is_tensor(a) and a.dim() and a.shape[0] == size
            else None
            for a in wide
        )
        try:
            # Under a name of its own: a module's `forward(*inputs)` takes its axes as one group.
            variadic = any(
                p.kind == p.VAR_POSITIONAL for p in inspect.signature(network.forward).parameters.values()
            )
            program = torch.export.export(network, wide, dynamic_shapes=(axes,) if variadic else axes)
            other = _rows(wide, size + 1, size)
            found, expected = _run(program.module(), other), _run(network, other)
            if all(_scaled(f, e) < 1e-4 for (_, f), (_, e) in zip(found, expected)):
                return program, batch
            notes.append("the batch axis is fixed: another number of samples gives other results")
        except Exception as error:
            notes.append(f"the batch axis is fixed: {_first_line(error)}")
    try:
        return torch.export.export(network, arguments), None
    except Exception as error:
        notes.append(f"torch.export cannot take the module: {_first_line(error)}")
        return None, None


def _name_outputs(program, names):
    """Gives the program's outputs the names they are recorded under, where their nodes are free to take them."""
    nodes = {node.name: node for node in program.graph.nodes}
    specs = [s for s in program.graph_signature.output_specs if s.kind.name == "USER_OUTPUT"]
    if len(specs) != len(names) or len({s.arg.name for s in specs if hasattr(s.arg, "name")}) != len(specs):
        return
    for spec, name in zip(specs, names):
        node = nodes.get(spec.arg.name)
        if node is not None and node.op == "call_function" and name.isidentifier() and name not in nodes:
            node.name = name
            spec.arg.name = name


def _onnx(program, arguments, inputs, outputs):
    options = {} if isinstance(program, torch.export.ExportedProgram) else {"args": arguments}
    model = torch.onnx.export(
        program, **options, dynamo=True, input_names=inputs, output_names=outputs, verbose=False
    ).model_proto
    # Stack traces with the paths of this machine.
    graph = model.graph
    for part in [model, graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer]:
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    return model.SerializeToString()


def _varied(arguments, k, batch):
    """Other inputs of the same kind: near the examples, so that they stay where the module is meant to be used."""
    count = None if batch is None else min(batch, 4) + (k % 2)
    generator = torch.Generator().manual_seed(k)

    def varied(value):
        if not torch.is_tensor(value) or value.dtype == torch.bool or not value.numel():
            return value
        if value.is_complex():
            return value * (1 + 0.1 * (2 * torch.rand(value.shape, generator=generator) - 1))
        if not value.is_floating_point():
            return torch.roll(value.flatten(), k).reshape(value.shape)
        draws = 2 * torch.rand(value.shape, generator=generator, dtype=torch.float64) - 1
        return (value + 0.1 * draws.to(value.dtype) * (value if value.any() else 1)).to(value.dtype)

    taken = arguments if count is None else _rows(arguments, count, batch)
    return tuple(varied(value) for value in taken)


def _pair(network, arguments, names, outputs, k, notes):
    members = []

    def add(part, name, value):
        value = value.detach()
        members.append((f"{k}/{part}/{name}", value if value.dtype in NUMPY else value.float()))

    for name, value in zip(names, [a for a in arguments if torch.is_tensor(a)]):
        add("input", name, value)
    for name, (_, value) in zip(outputs, _run(network, arguments)):
        if (value.is_floating_point() or value.is_complex()) and not torch.isfinite(value).all():
            raise ValueError(f"output '{name}' is not finite at varied inputs; give further inputs with 'more_inputs'")
        add("output", name, value)
    standard = torch.get_default_dtype()
    try:
        # Numbers that the forward pass makes for itself are to be double too.
        torch.set_default_dtype(torch.float64)
        wide = copy.deepcopy(network).double()
        for tensor in [*wide.parameters(), *wide.buffers()]:
            if tensor.is_complex():
                tensor.data = tensor.data.to(torch.complex128)
        inputs = tuple(_cast(a, torch.float64) for a in arguments)
        for name, (_, value) in zip(outputs, _run(wide, inputs)):
            add("output64", name, value)
        directions, products = _product(wide, inputs, k)
        for name, index in zip(names, [i for i, a in enumerate(inputs) if torch.is_tensor(a)]):
            if index in directions:
                add("direction", name, directions[index])
        for name, value in zip(outputs, products):
            if value.is_floating_point():
                add("jvp", name, value)
    except Exception as error:
        members = [m for m in members if m[0].split("/")[1] not in ("direction", "jvp")]
        notes.append(f"float64 or its derivative could not be computed: {_first_line(error)}")
    finally:
        torch.set_default_dtype(standard)
    return members


def _product(network, arguments, k):
    """Directions for the real inputs, and the derivative of every output along all of them."""
    real = [i for i, a in enumerate(arguments) if torch.is_tensor(a) and a.is_floating_point()]
    generator = torch.Generator().manual_seed(1000 + k)
    directions = {i: torch.randn(arguments[i].shape, generator=generator, dtype=torch.float64) for i in real}
    if not real:
        return {}, []

    def function(*values):
        filled = list(arguments)
        for i, value in zip(real, values):
            filled[i] = value
        return tuple(value for _, value in _flat(network(*filled)))

    points, tangents = tuple(arguments[i] for i in real), tuple(directions[i] for i in real)
    try:
        return directions, torch.func.jvp(function, points, tangents)[1]
    except Exception:
        # Twice in reverse: fused kernels know no forward derivative.
        from torch.nn.attention import SDPBackend, sdpa_kernel

        with sdpa_kernel(SDPBackend.MATH):
            return directions, torch.autograd.functional.jvp(function, points, tangents)[1]


def _bytes(tensor):
    tensor = tensor.detach().cpu().contiguous()
    return ctypes.string_at(tensor.data_ptr(), tensor.numel() * tensor.element_size()) if tensor.numel() else b""


def _safetensors(state):
    header, place = {}, 0
    for name, tensor in state.items():
        size = tensor.numel() * tensor.element_size()
        header[name] = {
            "dtype": SAFETENSORS[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [place, place + size]
        }  # fmt: skip
        place += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([struct.pack("<Q", len(text)), text, *(_bytes(tensor) for tensor in state.values())])


def _npy(tensor):
    shape = "".join(f"{extent}, " for extent in tensor.shape)
    header = f"{{'descr': '{NUMPY[tensor.dtype]}', 'fortran_order': False, 'shape': ({shape}), }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + _bytes(tensor)


def _npz(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, tensor in members:
            # A date of its own makes equal pairs equal files.
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), _npy(tensor))
    return buffer.getvalue()


def _saved(save, value):
    buffer = io.BytesIO()
    save(value, buffer)
    return buffer.getvalue()


def _write(path, content, written):
    """Whole or not at all."""
    with open(f"{path}.partial", "wb") as file:
        file.write(content)
    os.replace(f"{path}.partial", path)
    written.append(path)


def _first_line(error):
    return (str(error).strip() or type(error).__name__).splitlines()[0]
