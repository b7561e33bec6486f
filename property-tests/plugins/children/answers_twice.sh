#!/bin/sh
# Writes its answer to call7 twice.
. "${0%/*}/model.sh"
serve() { a=$(answer "$1"); printf "%s\n" "$a"; if has_call_7 "$1"; then printf "%s\n" "$a"; fi; }
loop
