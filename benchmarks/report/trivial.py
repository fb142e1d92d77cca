"""The cells of trivial.ipynb: the same question and figure as trivial.md, by PyTorch-free NumPy and matplotlib."""

CELLS = [
    "import numpy as np, matplotlib; matplotlib.use('agg'); import matplotlib.pyplot as plt",
    "rng = np.random.default_rng(1); jacobians = rng.normal(size=(4, 20, 20))",
    "values = np.linalg.svd(jacobians, compute_uv=False)",
    "plt.plot(values.T); plt.savefig('spectra.pdf'); plt.savefig('spectra.png', dpi=300); values.max()",
]
