#!/bin/sh
# Begins its answer to call7 with a byte-order mark.
. "${0%/*}/model.sh"
serve() { if has_call_7 "$1"; then printf '\357\273\277'; fi; answer "$1"; }
loop
