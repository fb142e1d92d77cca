#!/bin/sh
# Trains every checkpoint and makes every recording in turn and rewrites checkpoints/manifest.json. PYTHON names the interpreter to use.
set -eu
cd "$(dirname "$0")"
rm -f ../manifest.json
for recipe in linear.py sphere.py digits.py bumps.py attractors.py rings.py lorenz.py flip_flop.py learning_rules.py sequence_models.py composition.py composition_scaling.py; do
    echo "== $recipe"
    "${PYTHON:-python3}" -W ignore "$recipe"
done
