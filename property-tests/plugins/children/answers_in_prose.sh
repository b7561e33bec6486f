#!/bin/sh
# Answers call7 with a sentence.
. "${0%/*}/model.sh"
serve() { if has_call_7 "$1"; then echo "It went well."; else answer "$1"; fi; }
loop
