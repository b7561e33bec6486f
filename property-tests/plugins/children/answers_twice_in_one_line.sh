#!/bin/sh
# Writes two answers to call7 into one line.
. "${0%/*}/model.sh"
serve() { if has_call_7 "$1"; then answer "$1" double; else answer "$1"; fi; }
loop
