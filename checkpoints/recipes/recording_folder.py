"""Recordings on disk: a folder of .npz, an array for each system, and its entry in checkpoints/manifest.json."""

import numpy as np
import scipy

from manifest import CHECKPOINTS, list_folder


def rounded(array: np.ndarray) -> np.ndarray:
    """In float32, to a power of two below a thousandth of the steadiest unit's deviation: files compress by half."""
    deviation = array.reshape(-1, array.shape[-1]).std(axis=0).min()
    step = 2.0 ** np.floor(np.log2(deviation / 1000))
    return (np.round(array / step) * step).astype(np.float32)


def write_recordings(name: str, files: dict[str, dict[str, np.ndarray]], entry: dict) -> None:
    """Writes the folder `name`, in each of its files systems' arrays, trials x time x units, and its entry."""
    folder = CHECKPOINTS / name
    folder.mkdir(exist_ok=True)
    for file, systems in files.items():
        np.savez_compressed(folder / f"{file}.npz", **{key: rounded(array) for key, array in systems.items()})
    list_folder(name, [f"{file}.npz" for file in files], entry | {
        "licence": "Apache-2.0",
        "made_with": f"NumPy {np.__version__}, SciPy {scipy.__version__}",
    })
