"""Makes the modules, weights and folders of these tests, and what PyTorch computes with them in float64.

    python make_modules.py          # torch, safetensors; transformers for GPT-2

Every file is tiny and seeded. `NAME.pt` is what a person would have; `NAME.safetensors` beside it the inputs, outputs and
Jacobian (batch x outputs x inputs, of the first output by the first input).
"""

import json
import math
import sys
from collections import OrderedDict
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

HERE = Path(__file__).parent


def no_source(*arguments, **options):
    raise OSError("the older form would carry PyTorch's own source along, and where it lies")


torch.serialization.get_source_lines_and_file = no_source


def restless(module):
    """Weights away from their initial zeros and ones, so that a forgotten one shows."""
    for tensor in list(module.parameters()) + list(module.buffers()):
        if tensor.dtype.is_floating_point:
            tensor.data += 0.1 * torch.randn_like(tensor)
    for name, buffer in module.named_buffers():
        if name.endswith("running_var"):
            buffer.abs_()
    return module


def reference(name, function, inputs, outputs=("y",), differentiable=True):
    """Saves what a float64 function gives at inputs."""
    values = function(*inputs.values())
    values = values if isinstance(values, tuple) else (values,)
    arrays = {f"input.{key}": value for key, value in inputs.items()}
    arrays |= {f"output.{key}": value for key, value in zip(outputs, values)}
    if differentiable:
        first, rest = next(iter(inputs.values())), list(inputs.values())[1:]
        rows = []
        for index in range(first.shape[0]):
            def one(x):
                made = function(x[None], *[r[index : index + 1] for r in rest])
                return (made[0] if isinstance(made, tuple) else made).reshape(-1)
            rows.append(torch.autograd.functional.jacobian(one, first[index]).reshape(-1, first[index].numel()))
        arrays["jacobian"] = torch.stack(rows)
    save_file({k: v.detach().contiguous() for k, v in arrays.items()}, HERE / f"{name}.safetensors")


def module(name, model, inputs, outputs=("y",), legacy=False, differentiable=True):
    model = restless(model).eval()
    torch.save(model, HERE / f"{name}.pt", _use_new_zipfile_serialization=not legacy)
    for part in model.modules():
        if isinstance(part, nn.RMSNorm) and part.eps is None:
            # Left open, it goes by the type: the saved module's, not that of this reference.
            part.eps = torch.finfo(torch.float32).eps
    reference(name, model.double(), inputs, outputs, differentiable)


def randn(*shape):
    return torch.randn(*shape, dtype=torch.float64)


def modules():
    module("mlp", nn.Sequential(nn.Linear(3, 8), nn.SiLU(), nn.Linear(8, 3)), {"x": randn(4, 3)})
    inner = nn.Sequential(OrderedDict(first=nn.Linear(6, 6), bend=nn.GELU()))
    module(
        "nested",
        nn.Sequential(OrderedDict(body=nn.Sequential(nn.Linear(4, 6), nn.Tanh(), inner), drop=nn.Dropout(0.5),
                                  head=nn.Linear(6, 2, bias=False))),
        {"x": randn(3, 4)}, legacy=True)
    bends = [
        nn.ReLU(), nn.SiLU(), nn.GELU("tanh"), nn.Tanh(), nn.Sigmoid(), nn.Softplus(2.0, 3.0), nn.ELU(0.7),
        nn.LeakyReLU(0.2), nn.Mish(), nn.Hardtanh(-0.4, 0.6), nn.ReLU6(), nn.PReLU(8), nn.SELU(), nn.CELU(0.5),
        nn.Hardswish(), nn.Softsign(), nn.Tanhshrink(), nn.LogSigmoid(), nn.Softmax(-1),
        nn.LogSoftmax(1), nn.Softmin(1), nn.Softmax(None), nn.Identity(), nn.GELU(),
    ]
    layers = [nn.Linear(5, 8)]
    for bend in bends:
        layers += [bend, nn.Linear(8, 8)]
    bent = nn.Sequential(*layers)
    for layer in bent:
        if isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, std=0.8)
    module("bends", bent, {"x": randn(3, 5)})
    module(
        "norms",
        nn.Sequential(nn.LayerNorm(6), nn.Linear(6, 6), nn.RMSNorm(6), nn.Linear(6, 6), nn.RMSNorm(6, eps=1e-3),
                      nn.Linear(6, 6), nn.BatchNorm1d(6), nn.LayerNorm(6, eps=1e-3, elementwise_affine=False),
                      nn.Linear(6, 6), nn.BatchNorm1d(6, affine=False)),
        {"x": randn(4, 6)})
    module(
        "groups",
        nn.Sequential(nn.GroupNorm(2, 4), nn.SiLU(), nn.InstanceNorm2d(4, affine=True), nn.BatchNorm2d(4),
                      nn.InstanceNorm2d(4), nn.PReLU(4), nn.Flatten(2), nn.Flatten(1)),
        {"x": randn(2, 4, 3, 2)})
    module("glu", nn.Sequential(nn.Linear(3, 8), nn.GLU(), nn.Unflatten(1, (2, 2)), nn.Flatten()), {"x": randn(2, 3)})
    shared = nn.Linear(4, 4)
    module("shared", nn.Sequential(shared, nn.Tanh(), shared), {"x": randn(3, 4)})
    # PyTorch's derivative of Hardsigmoid has 1/6 in single precision, so that it is compared in value alone.
    words = torch.tensor([[0, 3, 5], [6, 1, 1]])
    module("words", nn.Sequential(nn.Embedding(7, 3), nn.Linear(3, 2), nn.Hardsigmoid()), {"x": words}, differentiable=False)
    module("rnn-cell", nn.RNNCell(3, 5, nonlinearity="relu"), {"x": randn(2, 3), "h": randn(2, 5)}, ("h_next",))
    module("gru-cell", nn.GRUCell(3, 5), {"x": randn(2, 3), "h": randn(2, 5)}, ("h_next",))
    cell = restless(nn.LSTMCell(3, 5)).eval()
    torch.save(cell, HERE / "lstm-cell.pt")
    wide = cell.double()
    reference(
        "lstm-cell", lambda x, h, c: wide(x, (h, c)), {"x": randn(2, 3), "h": randn(2, 5), "c": randn(2, 5)},
        ("h_next", "c_next"))
    sequences()
    places()


def sequences():
    module("rnn", nn.RNN(3, 4, 2, nonlinearity="relu", batch_first=True), {"x": randn(2, 5, 3)}, ("output", "h_n"))
    module("gru", nn.GRU(3, 4, 2, batch_first=True, bidirectional=True), {"x": randn(2, 5, 3)}, ("output", "h_n"))
    lstm = restless(nn.LSTM(3, 4, bias=False, batch_first=True)).eval()
    torch.save(lstm, HERE / "lstm.pt")
    wide = lstm.double()

    def run(x):
        output, (h, c) = wide(x)
        return output, h, c
    reference("lstm", run, {"x": randn(2, 5, 3)}, ("output", "h_n", "c_n"))
    module("time-first", nn.GRU(3, 4), {"x": randn(5, 2, 3)}, ("output", "h_n"), differentiable=False)


def places():
    module(
        "conv",
        nn.Sequential(nn.Conv2d(1, 4, 3, padding=1, padding_mode="reflect"), nn.BatchNorm2d(4), nn.ReLU(),
                      nn.Conv2d(4, 4, (3, 2), stride=2, padding=(1, 0), dilation=1, groups=2), nn.GroupNorm(2, 4),
                      nn.Upsample(scale_factor=2), nn.ConvTranspose2d(4, 4, 3, stride=2, padding=1, output_padding=1),
                      nn.ZeroPad2d((1, 0, 2, 1)), nn.AvgPool2d(2), nn.PixelShuffle(2), nn.AdaptiveAvgPool2d(1),
                      nn.Flatten()),
        {"x": randn(2, 1, 6, 6)})
    module(
        "conv-1d", nn.Sequential(nn.Conv1d(2, 3, 4, padding="same"), nn.Tanh(), nn.MaxPool1d(2), nn.Conv1d(3, 2, 2)),
        {"x": randn(2, 2, 8)})


def weights():
    """State dictionaries, whose function a person has to say."""
    chain = restless(nn.Sequential(nn.Linear(3, 5), nn.Softplus(), nn.Linear(5, 5), nn.Softplus(), nn.Linear(5, 2)))
    torch.save(chain.state_dict(), HERE / "chain-weights.pt")
    reference("chain-weights", chain.double(), {"x": randn(3, 3)})
    gru = restless(nn.GRU(3, 4))
    torch.save({"state_dict": {"readout.weight": torch.randn(2, 4)} | {f"rnn.{k}": v for k, v in gru.state_dict().items()}},
               HERE / "gru-weights.pt")
    wide = gru.double()
    reference("gru-weights", lambda x, h: wide(x[None], h[None])[1][0], {"x": randn(2, 3), "h": randn(2, 4)}, ("h_next",))


class FlipFlop(nn.Module):
    """A class of the person's own: its forward is in this file alone."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.RNNCell(3, 4)
        self.readout = nn.Linear(4, 2)


def refused():
    torch.manual_seed(5)
    FlipFlop.__module__ = "__main__"
    flip = FlipFlop()
    torch.save(flip, HERE / "own-class.pt")
    reference("own-class", flip.rnn.double(), {"x": randn(2, 3), "h": randn(2, 4)}, ("h_next",))


def recipes():
    N, R = 16, 2
    torch.manual_seed(11)
    lowrank = {
        "wi": torch.randn(2, N), "si": torch.rand(2), "m": torch.randn(N, R), "n": torch.randn(N, R),
        "b": 0.1 * torch.randn(N, 1), "wo": torch.randn(N, 1), "so": torch.rand(1), "h0": 0.1 * torch.randn(N),
    }
    torch.save(lowrank, HERE / "low-rank-rnn.pt")
    w = {k: v.double() for k, v in lowrank.items()}

    def run(u):
        w_in, w_out = (w["wi"].T * w["si"]).T, w["wo"] * w["so"]
        h, ys = w["h0"].expand(u.shape[0], N), []
        for t in range(u.shape[1]):
            r = torch.tanh(h + w["b"].T)
            h = h + 0.2 * (-h + r @ w["n"] @ w["m"].T / N + u[:, t] @ w_in)
            ys.append(torch.tanh(h + w["b"].T) @ w_out / N)
        return torch.stack(ys, 1), h
    reference("low-rank-rnn", run, {"u": randn(2, 12, 2)}, ("y", "h"))

    ctrnn = {
        "W": torch.randn(6, 6), "B": torch.randn(6, 2), "b": torch.randn(6), "log_tau": 0.3 * torch.randn(6),
        "readout.weight": torch.randn(3, 6), "readout.bias": torch.randn(3),
    }
    save_file(ctrnn, HERE / "ctrnn.safetensors")
    c = {k: v.double() for k, v in ctrnn.items()}

    def step(r, u):
        drive = r @ c["W"].T + c["b"] + u @ c["B"].T
        new = r + 0.1 / torch.exp(c["log_tau"]) * (-r + torch.logaddexp(drive, torch.zeros_like(drive)))
        return new, new @ c["readout.weight"].T + c["readout.bias"]
    reference("ctrnn-step", step, {"r": randn(3, 6), "u": randn(3, 2)}, ("r_next", "y"))

    lru = {
        "nu_log": torch.randn(5), "theta_log": torch.randn(5), "gamma_log": 0.2 * torch.randn(5),
        "B": torch.complex(torch.randn(5, 3), torch.randn(5, 3)), "C": torch.complex(torch.randn(3, 5), torch.randn(3, 5)),
        "D": torch.randn(3),
    }
    torch.save(lru, HERE / "lru.pt")
    p = {k: v.to(torch.complex128 if v.is_complex() else torch.float64) for k, v in lru.items()}

    def scan(u):
        eigenvalues = torch.exp(torch.complex(-torch.exp(p["nu_log"]), torch.exp(p["theta_log"])))
        x, ys = torch.zeros(u.shape[0], 5, dtype=torch.complex128), []
        for t in range(u.shape[1]):
            x = eigenvalues * x + torch.exp(p["gamma_log"]) * (u[:, t].to(torch.complex128) @ p["B"].T)
            ys.append((x @ p["C"].T).real + u[:, t] * p["D"])
        return torch.stack(ys, 1)
    reference("lru", scan, {"u": randn(2, 10, 3)})


def gpt2():
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(7)
    config = GPT2Config(
        n_layer=2, n_head=2, n_embd=8, n_positions=12, vocab_size=17, attn_pdrop=0, embd_pdrop=0, resid_pdrop=0)
    config._attn_implementation = "eager"
    model = restless(GPT2LMHeadModel(config).eval())
    folder = HERE / "gpt2"
    model.save_pretrained(folder)
    for extra in folder.iterdir():
        if extra.name not in ("config.json", "model.safetensors"):
            extra.unlink()
    written = json.loads((folder / "config.json").read_text())
    kept = {k: v for k, v in written.items() if k not in ("transformers_version", "dtype", "torch_dtype")}
    (folder / "config.json").write_text(json.dumps(kept, indent=1) + "\n")
    model = model.double()

    def run(**given):
        made = model(**given, output_hidden_states=True)
        return made.logits, made.hidden_states[1], made.hidden_states[-1]
    names = ("logits", "hidden_states.1", "last_hidden_state")
    reference("gpt2-embeddings", lambda e: run(inputs_embeds=e), {"inputs_embeds": randn(2, 5, 8)}, names)
    ids = torch.tensor([[1, 16, 3, 3], [0, 2, 9, 11]])
    reference("gpt2-ids", lambda i: run(input_ids=i), {"input_ids": ids}, names, differentiable=False)


def unets():
    import diffusers.models.embeddings as embeddings
    import diffusers.models.unets.unet_2d as unet_2d
    from diffusers import UNet2DModel

    def embedding(t, dim, flip_sin_to_cos=False, downscale_freq_shift=1, scale=1, max_period=10000):
        # The library's own, in double precision.
        half = dim // 2
        rates = torch.exp(-math.log(max_period) * torch.arange(half, dtype=torch.float64) / (half - downscale_freq_shift))
        angle = scale * t.double()[:, None] * rates
        parts = [torch.sin(angle), torch.cos(angle)]
        return torch.cat(parts[::-1] if flip_sin_to_cos else parts, -1)
    embeddings.get_timestep_embedding = embedding
    shared = dict(sample_size=8, block_out_channels=(4, 8), layers_per_block=1, norm_num_groups=2, in_channels=2, out_channels=2)
    forms = {
        "unet": dict(down_block_types=("DownBlock2D", "AttnDownBlock2D"), up_block_types=("AttnUpBlock2D", "UpBlock2D"),
                     attention_head_dim=4),
        "unet-scaled": dict(down_block_types=("AttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "AttnUpBlock2D"),
                            resnet_time_scale_shift="scale_shift", time_embedding_type="fourier", downsample_padding=0,
                            attention_head_dim=None, norm_eps=1e-4),
    }
    for seed, (name, form) in enumerate(forms.items()):
        torch.manual_seed(21 + seed)
        model = restless(UNet2DModel(**shared, **form).eval())
        folder = HERE / name
        model.save_pretrained(folder)
        written = json.loads((folder / "config.json").read_text())
        kept = {k: v for k, v in written.items() if k != "_diffusers_version"}
        (folder / "config.json").write_text(json.dumps(kept, indent=1) + "\n")
        wide = model.double()

        def run(x, t):
            return wide(x, t).sample
        reference(name, run, {"sample": randn(2, 2, 4, 4), "timestep": torch.tensor([3.0, 250.0], dtype=torch.float64)},
                  ("prediction",))


if __name__ == "__main__":
    torch.manual_seed(3)
    modules()
    weights()
    refused()
    recipes()
    if "--no-transformers" not in sys.argv:
        gpt2()
        unets()
