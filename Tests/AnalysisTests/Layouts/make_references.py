"""Writes references.json: what umap-learn and scikit-learn make of 400 handwritten digits and of a flat torus, by how well they keep neighbourhoods.

    python Tests/AnalysisTests/Layouts/make_references.py

Digits are scikit-learn's first 400, 64 grey values from 0 to 16 each, a letter each. The torus is a grid of 20 × 20 angles. UMAP is the mean
over seeds 0 to 4 from principal components; Isomap has one answer. Trustworthiness is scikit-learn's, continuity the same with the two exchanged.
"""
import json
import pathlib
import warnings

import numpy as np
import sklearn
import umap
from sklearn.datasets import load_digits
from sklearn.manifold import Isomap, trustworthiness

warnings.filterwarnings("ignore")
digits = load_digits().data[:400]
angles = np.arange(20) * 2 * np.pi / 20
first, second = (grid.ravel() for grid in np.meshgrid(angles, angles, indexing="ij"))
torus = np.c_[np.cos(first), np.sin(first), np.cos(second), np.sin(second)]


def quality(points, layouts, k=15):
    return {
        "trustworthiness": float(np.mean([trustworthiness(points, layout, n_neighbors=k) for layout in layouts])),
        "continuity": float(np.mean([trustworthiness(layout, points, n_neighbors=k) for layout in layouts])),
    }


cases = {}
for name, points in {"digits": digits, "torus": torus}.items():
    cases[name] = {
        "umap": quality(points, [umap.UMAP(init="pca", random_state=seed).fit_transform(points) for seed in range(5)]),
        "isomap": quality(points, [Isomap(n_neighbors=10).fit_transform(points)]),
    }
out = {
    "tool": f"umap-learn {umap.__version__}, scikit-learn {sklearn.__version__}",
    "script": "make_references.py",
    "digits": "".join("0123456789abcdefg"[int(value)] for value in digits.ravel()),
    "cases": cases,
}
path = pathlib.Path(__file__).with_name("references.json")
path.write_text(json.dumps(out, indent=1, sort_keys=True) + "\n")
