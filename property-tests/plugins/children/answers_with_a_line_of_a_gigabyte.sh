#!/bin/sh
# Answers call7 with a line of 1 GiB.
. "${0%/*}/model.sh"
serve() { if has_call_7 "$1"; then head -c 1073741824 /dev/zero | tr "\000" y; echo; else answer "$1"; fi; }
loop
