#!/bin/sh
# Writes without end to standard output once it has answered call7.
. "${0%/*}/model.sh"
serve() { answer "$1"; if has_call_7 "$1"; then yes "and by the way"; fi; }
loop
