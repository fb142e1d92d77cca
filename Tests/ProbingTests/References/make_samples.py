"""Samples for fixed noise from every sampler, written as their papers' own programs write them (numpy, float64).

The network is the exact score of the Gaussian data of ../../ProbesTests/Fixtures/make_scores.py with six coordinates.
DDPM and DDIM are in the form of diffusers' schedulers, Heun's method and churn in the form of Karras et al., algorithms
1 and 2. Writes samples.json beside this file.

    python make_samples.py
"""

import json
from pathlib import Path

import numpy as np

VARIANCES = np.array([1.0, 1.0, 0.04, 0.0, 0.0, 0.0])
POWERS = np.cumprod(1 - np.linspace(1e-3, 0.2, 50))
STEPS = np.round(np.linspace(49, 0, 8)).astype(int)


def reflected(x):
    return x - 2 * x.mean(axis=1, keepdims=True)


def noise_in(x, signal, sigma):
    """What the network predicts: -sigma times the exact score."""
    return sigma * reflected(reflected(x) / (signal**2 * VARIANCES + sigma**2))


def ddpm(noise, variance, clip=None):
    x = next(noise)
    for t, previous in zip(STEPS, [*STEPS[1:], None]):
        alpha_prod, alpha_prod_prev = POWERS[t], 1.0 if previous is None else POWERS[previous]
        beta_prod, beta_prod_prev = 1 - alpha_prod, 1 - alpha_prod_prev
        alpha = alpha_prod / alpha_prod_prev
        beta = 1 - alpha
        eps = noise_in(x, np.sqrt(alpha_prod), np.sqrt(beta_prod))
        original = (x - np.sqrt(beta_prod) * eps) / np.sqrt(alpha_prod)
        if clip:
            original = original.clip(-clip, clip)
        x = np.sqrt(alpha_prod_prev) * beta / beta_prod * original + np.sqrt(alpha) * beta_prod_prev / beta_prod * x
        if previous is not None:
            spread = beta_prod_prev / beta_prod * beta if variance == "posterior" else beta
            x = x + np.sqrt(spread) * next(noise)
    return x


def ddim(noise, eta, clip=None):
    x = next(noise)
    for t, previous in zip(STEPS, [*STEPS[1:], None]):
        alpha_prod, alpha_prod_prev = POWERS[t], 1.0 if previous is None else POWERS[previous]
        beta_prod = 1 - alpha_prod
        eps = noise_in(x, np.sqrt(alpha_prod), np.sqrt(beta_prod))
        original = (x - np.sqrt(beta_prod) * eps) / np.sqrt(alpha_prod)
        if clip:
            original = original.clip(-clip, clip)
            eps = (x - np.sqrt(alpha_prod) * original) / np.sqrt(beta_prod)
        variance = (1 - alpha_prod_prev) / beta_prod * (1 - alpha_prod / alpha_prod_prev)
        deviation = eta * np.sqrt(variance)
        x = np.sqrt(alpha_prod_prev) * original + np.sqrt(1 - alpha_prod_prev - deviation**2) * eps
        if deviation > 0:
            x = x + deviation * next(noise)
    return x


def edm(noise, count=8, sigma_min=0.02, sigma_max=5.0, rho=7, churn=0.0, s_min=0.0, s_max=np.inf, s_noise=1.0):
    def denoised(x, sigma):
        return x - sigma * noise_in(x, 1.0, sigma)

    ramp = np.arange(count) / (count - 1)
    sigmas = (sigma_max ** (1 / rho) + ramp * (sigma_min ** (1 / rho) - sigma_max ** (1 / rho))) ** rho
    sigmas = [*sigmas, 0.0]
    x = sigmas[0] * next(noise)
    for i in range(count):
        gamma = min(churn / count, np.sqrt(2) - 1) if s_min <= sigmas[i] <= s_max else 0
        t_hat = sigmas[i] * (1 + gamma)
        if gamma > 0:
            x = x + np.sqrt(t_hat**2 - sigmas[i] ** 2) * s_noise * next(noise)
        slope = (x - denoised(x, t_hat)) / t_hat
        reached = x + (sigmas[i + 1] - t_hat) * slope
        if i < count - 1:
            after = (reached - denoised(reached, sigmas[i + 1])) / sigmas[i + 1]
            reached = x + (sigmas[i + 1] - t_hat) * (slope + after) / 2
        x = reached
    return x


def main():
    churn = {"churn": 3.0, "s_min": 0.05, "s_max": 4.0, "s_noise": 1.003}
    cases = {
        "ddpm": lambda noise: ddpm(noise, "posterior"),
        "ddpm-forward": lambda noise: ddpm(noise, "forward"),
        "ddpm-clipped": lambda noise: ddpm(noise, "posterior", clip=0.4),
        "ddim": lambda noise: ddim(noise, 0.0),
        "ddim-half": lambda noise: ddim(noise, 0.5),
        "ddim-clipped": lambda noise: ddim(noise, 0.0, clip=0.4),
        "heun": edm,
        "edm": lambda noise: edm(noise, **churn),
    }
    noise = np.random.default_rng(11).standard_normal((10, 2, 6))
    samples = {name: case(iter(noise)).ravel().tolist() for name, case in cases.items()}
    content = {"script": Path(__file__).name, "numpy": np.__version__, "noise": noise.reshape(10, -1).tolist()}
    (Path(__file__).parent / "samples.json").write_text(json.dumps(content | {"samples": samples}, indent=1) + "\n")


if __name__ == "__main__":
    main()
