#!/bin/sh
# Ends in the middle of its answer to call7.
. "${0%/*}/model.sh"
serve() { if has_call_7 "$1"; then answer "$1" | cut -c1-40 | tr -d "\n"; exit 0; fi; answer "$1"; }
loop
