"""checkpoints/manifest.json: one entry for each folder beside it."""

import hashlib
import json
from pathlib import Path

CHECKPOINTS = Path(__file__).resolve().parent.parent
MANIFEST = CHECKPOINTS / "manifest.json"


def list_folder(name: str, files: list[str], entry: dict) -> None:
    """Replaces the entry of the folder `name`, adding its name and the size and the digest of its files."""
    contents = {file: (CHECKPOINTS / name / file).read_bytes() for file in files}
    entry = entry | {
        "files": {
            file: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for file, content in contents.items()
        },
        "name": name,
    }
    manifest = json.loads(MANIFEST.read_text()) if MANIFEST.exists() else []
    entries = [entry, *(other for other in manifest if other["name"] != name)]
    MANIFEST.write_text(json.dumps(sorted(entries, key=lambda e: e["name"]), indent=2, sort_keys=True) + "\n")
    print(f"{name}: {sum(map(len, contents.values()))} bytes")
