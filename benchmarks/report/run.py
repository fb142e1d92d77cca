"""Times `fieldbook build` on a trivial notebook, cold and with nothing to do, beside nbconvert on the like.

Every command is a whole process, run in turn with the others; medians and their ratios are printed, with peak memory.
Usage: python run.py FIELDBOOK [RUNS]. nbconvert is skipped, and said to be, where it is not installed.
"""

import importlib.util
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from trivial import CELLS

HERE = Path(__file__).resolve().parent


def timed(command: list[str], folder: str) -> tuple[float, float]:
    """Wall seconds of a command and its peak memory in MB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{' '.join(command)}: status {status}: {process.stderr.read().decode()}")
    return seconds, usage.ru_maxrss / 1024


def notebook() -> dict:
    """trivial.ipynb as JSON."""
    cells = [
        {"cell_type": "code", "id": f"c{i}", "metadata": {}, "execution_count": None, "outputs": [], "source": cell}
        for i, cell in enumerate(CELLS)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def main() -> None:
    fieldbook = str(Path(sys.argv[1]).resolve())
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    build = [fieldbook, "build", "--quiet", str(HERE / "trivial.md"), "--output", "site", "--records", "records"]
    has_peer = all(importlib.util.find_spec(name) for name in ("nbconvert", "ipykernel", "matplotlib"))
    results: dict[str, list[tuple[float, float]]] = {"cold build": [], "nothing to do": []}
    if has_peer:
        results["nbconvert --execute"] = []
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "trivial.ipynb").write_text(json.dumps(notebook()))
        peer = [sys.executable, "-m", "nbconvert", "--execute", "--to", "html", "trivial.ipynb"]
        timed(build, folder)
        for _ in range(runs):
            for name in ("site", "records"):
                shutil.rmtree(Path(folder, name), ignore_errors=True)
            results["cold build"].append(timed(build, folder))
            results["nothing to do"].append(timed(build, folder))
            if has_peer:
                results["nbconvert --execute"].append(timed(peer, folder))
    print(f"{'':22} {'median s':>9} {'min':>7} {'max':>7} {'peak MB':>8}")
    for name, rows in results.items():
        seconds = [row[0] for row in rows]
        print(
            f"{name:22} {statistics.median(seconds):9.3f} {min(seconds):7.3f} {max(seconds):7.3f}"
            f" {max(row[1] for row in rows):8.0f}"
        )
    if has_peer:
        cold = statistics.median(row[0] for row in results["cold build"])
        peer_median = statistics.median(row[0] for row in results["nbconvert --execute"])
        print(f"nbconvert / cold build: {peer_median / cold:.0f}")
    else:
        print("nbconvert, ipykernel or matplotlib is not installed: no peer was timed")


if __name__ == "__main__":
    main()
