#!/bin/sh
# Starts processes without end at call7.
. "${0%/*}/model.sh"
serve() { place=$(find "$1" any); if [ -n "$place" ]; then note $place; while true; do sleep 600 & done; fi; answer "$1"; }
loop
