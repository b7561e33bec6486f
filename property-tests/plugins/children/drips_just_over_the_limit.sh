#!/bin/sh
# Writes a part of its answer to call7 now and then, and would end after the time limit.
. "${0%/*}/model.sh"
serve() {
    place=$(find "$1" any)
    if [ -n "$place" ]; then note $place; for part in 1 2 3 4 5 6 7 8 9 10 11 12; do printf " "; sleep "$PYSTATE_DRIP"; done; fi
    answer "$1"
}
loop
