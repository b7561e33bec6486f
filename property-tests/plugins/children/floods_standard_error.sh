#!/bin/sh
# Writes megabytes to standard error for every call7, and answers.
. "${0%/*}/model.sh"
serve() { if has_call_7 "$1"; then yes "something to complain about" | head -c 4000000 >&2; fi; answer "$1"; }
loop
