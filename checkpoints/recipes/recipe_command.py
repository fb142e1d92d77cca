"""The command line of recipes that train many networks at once, in one go or in two."""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path


def run(description: str, trained: str, train_all: Callable[[Path, int], None], finish: Callable[[Path], bool]) -> bool:
    """Trains into a folder, `--jobs` of what is `trained` at once, and finishes from there; whether that found all well."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--jobs", type=int, default=2, help=f"how many {trained} are trained at once")
    parser.add_argument("--output", type=Path, help="train only, and write to this folder")
    parser.add_argument("--finish", type=Path, help="train nothing; take what that folder holds")
    options = parser.parse_args()
    if options.finish:
        return finish(options.finish)
    if options.output:
        train_all(options.output, options.jobs)
        return True
    with tempfile.TemporaryDirectory() as folder:
        train_all(Path(folder), options.jobs)
        return finish(Path(folder))
