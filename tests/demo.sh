#!/usr/bin/env bash
# The product's main job on real input: plugins from a directory, nodes registered over HTTP, a graph run to its end.
# usage: demo.sh EXOSPHERED PLUGIN_DIR [TEXT]
set -euo pipefail
exosphered=$1 plugins=$2 text=${3:-/usr/share/common-licenses/GPL-3}
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d "${TMPDIR:-/tmp}/exosphere-demo.XXXXXX")
trap 'rm -rf "$work"' EXIT

mkdir "$work/records"
"$exosphered" dev --plugin-dir "$plugins" --listen 127.0.0.1:0 --data-dir "$work/data" --namespace demo \
    --graph "$here/../config/graphs/word-count.json" --trigger \
    --store "path=$text" --store "work_dir=$work/records" --wait

# What WriteRecord left behind, against what wc says (in the C locale, as CountWords counts).
counted=$(sed -n 's/.*"total": \([0-9]*\).*/\1/p' "$work"/records/*/*.json | awk '{sum += $1} END {print sum + 0}')
expected=$(LC_ALL=C wc -w <"$text")
printf '\ndemo: %s words counted in %s chunks; wc -w says %s\n' \
    "$counted" "$(find "$work/records" -name '*.json' | wc -l)" "$expected"
[ "$counted" -eq "$expected" ]
