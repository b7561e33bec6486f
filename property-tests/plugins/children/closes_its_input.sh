#!/bin/sh
# Closes its standard input at call7, and lives on.
. "${0%/*}/model.sh"
serve() { place=$(find "$1" any); if [ -n "$place" ]; then note $place; exec <&-; sleep 600; fi; answer "$1"; }
loop
