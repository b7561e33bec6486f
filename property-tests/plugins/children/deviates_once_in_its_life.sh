#!/bin/sh
# Shows other frames after call7, once in all its processes.
. "${0%/*}/model.sh"
serve() { if has_call_7 "$1" && mkdir "$PYSTATE_LEFT.once" 2>/dev/null; then answer "$1" label; else answer "$1"; fi; }
loop
