#!/bin/sh
# Builds and runs the benchmark of geometric similarity. NETREP names a checkout of ahwillia/netrep, which no package index has.
set -eu
cd "$(dirname "$0")"
swift build -c release
"${PYTHON:-python3}" benchmark.py "$@"
