#!/bin/sh
# Starts processes at call7 that each take a little memory, and waits.
. "${0%/*}/model.sh"
serve() { place=$(find "$1" any); if [ -n "$place" ]; then note $place; for p in 1 2 3 4 5 6 7 8; do awk 'BEGIN { s = "x"; while (length(s) < 16000000) s = s s; system("sleep 600"); print s }' & done; wait; fi; answer "$1"; }
loop
