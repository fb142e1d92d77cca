#!/bin/sh
# Every benchmark, against its peer in the same run. PYTHON names an interpreter with benchmarks/requirements.txt installed.
set -eu
cd "$(dirname "$0")"
python="${PYTHON:-python3}"
echo "== report: build of a trivial notebook"
"$python" report/run.py ../.build/release/fieldbook
echo "== jacobian: Jacobians and singular values of score MLPs"
PYTHON="$python" jacobian/run.sh
echo "== spectra: the largest singular values from products alone"
PYTHON="$python" spectra/run.sh
echo "== networks: evaluation beside ONNX Runtime, the Jacobian of a U-Net beside PyTorch"
PYTHON="$python" networks/run.sh
echo "== dmd: dynamic mode decomposition beside PyDMD"
PYTHON="$python" dmd/run.sh
echo "== similarity: Procrustes analysis over vector fields beside dsa-metric"
PYTHON="$python" similarity/run.sh
echo "== topology: loops, hollows and dimensions beside ripser and scikit-dimension"
PYTHON="$python" topology/run.sh
echo "== embedding: forecasts, cross mapping and neighbours beside pyEDM, SciPy and scikit-learn"
PYTHON="$python" embedding/run.sh
echo "== layouts: UMAP and Isomap beside umap-learn and scikit-learn"
PYTHON="$python" layouts/run.sh
