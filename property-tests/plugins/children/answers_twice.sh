#!/bin/sh
# Writes its answer to call7 twice.
. "${0%/*}/model.sh"
serve() { a=$(answer "$1"); if has_call_7 "$1"; then printf "%s\n%s\n" "$a" "$a"; else printf "%s\n" "$a"; fi; }
loop
