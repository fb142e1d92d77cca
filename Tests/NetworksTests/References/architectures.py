"""The networks that `make_architectures.py` exports: what people train, made small.

Each entry gives a module and its example inputs; the first input is the one that is differentiated by.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F


def time_embedding(t, size):
    half = size // 2
    rates = torch.exp(-math.log(10000) * torch.arange(half, dtype=t.dtype) / half)
    angles = t[:, None] * rates[None]
    return torch.cat([angles.sin(), angles.cos()], -1)


class ScoreMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.inner, self.norm, self.outer = nn.Linear(8, 12), nn.Linear(4, 12), nn.LayerNorm(12), nn.Linear(12, 4)

    def forward(self, x, t):
        h = self.inner(x) + F.silu(self.embed(time_embedding(t, 8)))
        return self.outer(F.gelu(self.norm(h))) / (1 + t[:, None])


class ResidualBlock(nn.Module):
    def __init__(self, channels, time):
        super().__init__()
        self.first_norm, self.second_norm = nn.GroupNorm(2, channels), nn.GroupNorm(2, channels)
        self.first, self.second = (nn.Conv2d(channels, channels, 3, padding=1) for _ in range(2))
        self.time = nn.Linear(time, channels)

    def forward(self, x, e):
        h = self.first(F.silu(self.first_norm(x))) + self.time(e)[:, :, None, None]
        return x + self.second(F.silu(self.second_norm(h)))


class AttentionUNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.enter, self.down = nn.Conv2d(1, 4, 3, padding=1), nn.Conv2d(4, 4, 3, stride=2, padding=1)
        self.high, self.low, self.last = ResidualBlock(4, 8), ResidualBlock(4, 8), ResidualBlock(8, 8)
        self.norm, self.qkv, self.project = nn.GroupNorm(2, 4), nn.Conv2d(4, 12, 1), nn.Conv2d(4, 4, 1)
        self.leave = nn.Conv2d(8, 1, 3, padding=1)

    def forward(self, x, t):
        e = time_embedding(t, 8)
        high = self.high(self.enter(x), e)
        low = self.low(self.down(high), e)
        b, c, h, w = low.shape
        q, k, v = self.qkv(self.norm(low)).reshape(b, 3, c, h * w).unbind(1)
        weights = torch.einsum("bci,bcj->bij", q, k).div(math.sqrt(c)).softmax(-1)
        low = low + self.project(torch.einsum("bij,bcj->bci", weights, v).reshape(b, c, h, w))
        up = F.interpolate(low, scale_factor=2, mode="nearest")
        return self.leave(F.silu(self.last(torch.cat([up, high], 1), e)))


class BilinearUNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.enter, self.low, self.leave = nn.Conv2d(1, 4, 3, padding=1), nn.Conv2d(4, 6, 3, padding=1), nn.Conv2d(10, 1, 3, padding=1)
        self.norm = nn.InstanceNorm2d(6, affine=True)

    def forward(self, x):
        high = F.leaky_relu(self.enter(x), 0.1)
        low = F.elu(self.norm(self.low(F.max_pool2d(high, 2))))
        up = F.interpolate(low, scale_factor=2, mode="bilinear", align_corners=False)
        return x - self.leave(torch.cat([up, high], 1))


class ConvDenoiser(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.AvgPool2d(2))
        self.outer = nn.Sequential(nn.ConvTranspose2d(4, 4, 2, stride=2), nn.BatchNorm2d(4), nn.Softplus(), nn.Conv2d(4, 1, 3, padding=1))
        for norm in (self.inner[1], self.outer[1]):
            norm.running_mean.normal_(0, 0.1)
            norm.running_var.uniform_(0.5, 1.5)

    def forward(self, x):
        return x - self.outer(self.inner(x))


class CausalBlock(nn.Module):
    def __init__(self, masks):
        super().__init__()
        self.first, self.second = nn.LayerNorm(8), nn.LayerNorm(8)
        self.qkv, self.project = nn.Linear(8, 24), nn.Linear(8, 8)
        self.up, self.down = nn.Linear(8, 16), nn.Linear(16, 8)
        if masks:
            self.register_buffer("mask", torch.tril(torch.ones(6, 6)).view(1, 1, 6, 6))

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = (y.view(b, n, 2, c // 2).transpose(1, 2) for y in self.qkv(self.first(x)).split(c, dim=2))
        if hasattr(self, "mask"):
            weights = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
            weights = weights.masked_fill(self.mask[:, :, :n, :n] == 0, float("-inf"))
            y = F.softmax(weights, dim=-1) @ v
        else:
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.project(y.transpose(1, 2).contiguous().view(b, n, c))
        return x + self.down(F.gelu(self.up(self.second(x)), approximate="tanh"))


class CausalTransformer(nn.Module):
    def __init__(self, masks):
        super().__init__()
        self.enter, self.block, self.leave = nn.Linear(3, 8), CausalBlock(masks), nn.Linear(8, 3)
        self.place = nn.Embedding(6, 8)

    def forward(self, x):
        return self.leave(self.block(self.enter(x) + self.place(torch.arange(x.shape[1]))))


class EncoderTransformer(nn.Module):
    def __init__(self):
        super().__init__()
        layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        self.enter, self.leave = nn.Linear(3, 8), nn.Linear(8, 3)
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)

    def forward(self, x):
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1], dtype=x.dtype)
        return self.leave(self.encoder(self.enter(x), mask=mask, is_causal=True))


class Recurrent(nn.Module):
    def __init__(self, kind, **options):
        super().__init__()
        self.cells = kind(3, 5, batch_first=True, **options)
        self.leave = nn.Linear(5 * (2 if options.get("bidirectional") else 1), 2)

    def forward(self, x):
        return self.leave(self.cells(x)[0])


class ContinuousRNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.recurrent, self.entrance = nn.Linear(6, 6), nn.Linear(2, 6, bias=False)

    def forward(self, h, u):
        for _ in range(5):
            h = h + 0.2 * (-h + torch.tanh(self.recurrent(h)) + self.entrance(u))
        return h


class S4DReal(nn.Module):
    """The kernel is made of real and imaginary parts; the convolution is a convolution."""

    def __init__(self):
        super().__init__()
        self.log_dt = nn.Parameter(torch.rand(3) - 3)
        self.real, self.imaginary = nn.Parameter(torch.zeros(3, 4) - 0.7), nn.Parameter(math.pi * torch.arange(4.0).repeat(3, 1))
        self.c = nn.Parameter(torch.randn(3, 4, 2) / 2)
        self.mix = nn.Linear(3, 3)

    def forward(self, x):
        n = x.shape[1]
        dt = self.log_dt.exp()[:, None, None]
        steps = torch.arange(n, dtype=x.dtype)
        decay = torch.exp(-self.real.exp()[:, :, None] * dt * steps)
        angle = self.imaginary[:, :, None] * dt * steps
        kernel = 2 * (decay * (self.c[..., :1] * angle.cos() - self.c[..., 1:] * angle.sin())).sum(1)
        y = F.conv1d(F.pad(x.transpose(1, 2), (n - 1, 0)), kernel.flip(-1)[:, None], groups=3)
        return self.mix(F.gelu(y).transpose(1, 2))


class S4DComplex(nn.Module):
    """The same in complex numbers, as in the paper's code; with `fourier` the convolution goes through the FFT."""

    def __init__(self, fourier):
        super().__init__()
        self.fourier = fourier
        self.log_dt = nn.Parameter(torch.rand(3) - 3)
        self.a = nn.Parameter(torch.complex(torch.zeros(3, 4) - 0.5, math.pi * torch.arange(4.0).repeat(3, 1)))
        self.c = nn.Parameter(torch.randn(3, 4, 2) / 2)
        self.skip = nn.Parameter(torch.randn(3))
        self.mix = nn.Linear(3, 3)

    def forward(self, x):
        n = x.shape[1]
        dta = self.a * self.log_dt.exp()[:, None]
        powers = torch.exp(dta.unsqueeze(-1) * torch.arange(n))
        c = torch.view_as_complex(self.c) * (torch.exp(dta) - 1.0) / self.a
        kernel = 2 * torch.einsum("hn,hnl->hl", c, powers).real
        u = x.transpose(1, 2)
        if self.fourier:
            y = torch.fft.irfft(torch.fft.rfft(u, n=2 * n) * torch.fft.rfft(kernel, n=2 * n), n=2 * n)[..., :n]
        else:
            y = F.conv1d(F.pad(u, (n - 1, 0)), kernel.flip(-1)[:, None], groups=3)
        return self.mix(F.gelu(y + u * self.skip[:, None]).transpose(1, 2))


class LRU(nn.Module):
    def __init__(self):
        super().__init__()
        self.nu, self.theta = nn.Parameter(torch.log(-torch.log(0.5 + 0.4 * torch.rand(4)))), nn.Parameter(torch.log(3 * torch.rand(4) + 0.1))
        self.gamma = nn.Parameter(-torch.rand(4))
        self.b, self.c = (nn.Parameter(torch.complex(torch.randn(*s), torch.randn(*s)) / 2) for s in ((4, 3), (3, 4)))
        self.d = nn.Parameter(torch.randn(3))

    def forward(self, x):
        rotation = torch.exp(torch.complex(-torch.exp(self.nu), torch.exp(self.theta)))
        driven = x.to(self.b.dtype) @ (self.b * torch.exp(self.gamma).unsqueeze(-1)).T
        state = torch.zeros_like(driven[:, 0])
        states = []
        for step in range(x.shape[1]):
            state = rotation * state + driven[:, step]
            states.append(state)
        return (torch.stack(states, 1) @ self.c.T).real + self.d * x


class Mamba(nn.Module):
    def __init__(self):
        super().__init__()
        self.enter, self.conv = nn.Linear(3, 8, bias=False), nn.Conv1d(4, 4, 3, groups=4, padding=2)
        self.split, self.dt = nn.Linear(4, 2 + 4, bias=False), nn.Linear(2, 4)
        self.log_a, self.d = nn.Parameter(torch.log(torch.arange(1.0, 3).repeat(4, 1))), nn.Parameter(torch.ones(4))
        self.leave = nn.Linear(4, 3, bias=False)

    def forward(self, x):
        n = x.shape[1]
        u, gate = self.enter(x).chunk(2, -1)
        u = F.silu(self.conv(u.transpose(1, 2))[..., :n].transpose(1, 2))
        dt, b, c = torch.split(self.split(u), [2, 2, 2], -1)
        dt = F.softplus(self.dt(dt))
        decay = torch.exp(dt.unsqueeze(-1) * -torch.exp(self.log_a))
        drive = dt.unsqueeze(-1) * b.unsqueeze(2) * u.unsqueeze(-1)
        state = torch.zeros(x.shape[0], 4, 2, dtype=x.dtype)
        outputs = []
        for step in range(n):
            state = decay[:, step] * state + drive[:, step]
            outputs.append((state * c[:, step, None, :]).sum(-1))
        return self.leave((torch.stack(outputs, 1) + u * self.d) * F.silu(gate))


class Diffusers(nn.Module):
    def __init__(self):
        super().__init__()
        from diffusers import UNet2DModel

        self.net = UNet2DModel(
            sample_size=8, in_channels=1, out_channels=1, layers_per_block=1, block_out_channels=(4, 8), norm_num_groups=2,
            down_block_types=("DownBlock2D", "AttnDownBlock2D"), up_block_types=("AttnUpBlock2D", "UpBlock2D"),
            attention_head_dim=4)

    def forward(self, x, t):
        return self.net(x, t).sample


class GPT2(nn.Module):
    def __init__(self):
        super().__init__()
        from transformers import GPT2Config, GPT2Model

        self.net = GPT2Model(GPT2Config(vocab_size=7, n_positions=8, n_embd=8, n_layer=1, n_head=2, use_cache=False, attn_implementation="eager")).eval()

    def forward(self, x):
        return self.net(inputs_embeds=x).last_hidden_state


def image():
    return torch.randn(2, 1, 8, 8)


def sequence():
    return torch.randn(2, 6, 3)


ARCHITECTURES = {
    "score-mlp": lambda: (ScoreMLP(), (torch.randn(2, 4), torch.rand(2))),
    "unet-attention": lambda: (AttentionUNet(), (image(), torch.rand(2))),
    "unet-bilinear": lambda: (BilinearUNet(), (image(),)),
    "denoiser": lambda: (ConvDenoiser(), (image(),)),
    "causal-sdpa": lambda: (CausalTransformer(False), (sequence(),)),
    "causal-nanogpt": lambda: (CausalTransformer(True), (sequence(),)),
    "transformer-encoder": lambda: (EncoderTransformer(), (sequence(),)),
    "gru": lambda: (Recurrent(nn.GRU, num_layers=2), (sequence(),)),
    "lstm": lambda: (Recurrent(nn.LSTM, bidirectional=True), (sequence(),)),
    "rnn": lambda: (Recurrent(nn.RNN), (sequence(),)),
    "ctrnn": lambda: (ContinuousRNN(), (torch.randn(2, 6), torch.randn(2, 2))),
    "s4d-real": lambda: (S4DReal(), (sequence(),)),
    "s4d-complex": lambda: (S4DComplex(False), (sequence(),)),
    "s4d-fft": lambda: (S4DComplex(True), (sequence(),)),
    "lru": lambda: (LRU(), (sequence(),)),
    "mamba": lambda: (Mamba(), (sequence(),)),
    "diffusers-unet": lambda: (Diffusers(), (image(), torch.rand(2) * 100)),
    "gpt2": lambda: (GPT2(), (torch.randn(2, 6, 8),)),
}
