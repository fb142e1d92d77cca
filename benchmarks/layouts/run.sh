#!/bin/sh
# Builds and runs the benchmark of layouts.
set -eu
cd "$(dirname "$0")"
swift build -c release
"${PYTHON:-python3}" benchmark.py "$@"
