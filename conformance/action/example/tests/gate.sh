#!/bin/sh
# The gate on any machine that has `pystate`: judges the switcher on the interpreters given, or else on python3. Exit codes are pystate's.
set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- python3
for python do
    set -- "$@" --python "$python"
    shift
done
exec "${PYSTATE:-pystate}" run --switcher tests/baton_switcher.py --time "${PYSTATE_TIME:-20s}" --report html=pystate-results/report.html "$@"
