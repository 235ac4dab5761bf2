#!/usr/bin/env bash
# The unmodified Python SDK from PyPI and our daemon in one graph.
# usage: run.sh EXOSPHERED PLUGIN_DIR VENV_DIR     exit 0 passed, 77 skipped (one line says why), else failed
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
exosphered=$1 plugins=$2 venv=$3

# python3.12 may be a pyenv shim that has nothing behind it: only one that runs counts.
python=
for candidate in python3.12 python3.13 python3.14 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python3 python3; do
    if "$candidate" -c 'import sys, venv; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || { echo "interop skipped: no Python >= 3.12 on this machine"; exit 77; }

if ! "$venv/bin/python" -c 'import exospherehost' 2>/dev/null; then
    rm -rf "$venv"
    "$python" -m venv "$venv" || { echo "interop skipped: $python cannot make a venv"; exit 77; }
    "$venv/bin/pip" install --quiet --disable-pip-version-check --timeout 30 'exospherehost==0.0.3' >"$venv/pip.log" 2>&1 ||
        { echo "interop skipped: exospherehost cannot be installed from PyPI ($venv/pip.log)"; exit 77; }
fi
exec "$venv/bin/python" "$here/interop.py" "$exosphered" "$plugins"
