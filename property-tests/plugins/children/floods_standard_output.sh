#!/bin/sh
# Writes without end to standard output once it has answered call7.
. "${0%/*}/model.sh"
serve() { a=$(answer "$1"); if has_call_7 "$1"; then printf "%s\nand by the way\n" "$a"; yes "and by the way"; else printf "%s\n" "$a"; fi; }
loop
