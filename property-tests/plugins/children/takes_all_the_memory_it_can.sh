#!/bin/sh
# Allocates without end at call7, and dies of it.
. "${0%/*}/model.sh"
serve() { place=$(find "$1" any); if [ -n "$place" ]; then note $place; awk 'BEGIN { s = "x"; while (1) s = s s }' || exit 1; fi; answer "$1"; }
loop
