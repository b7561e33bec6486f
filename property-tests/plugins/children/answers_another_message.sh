#!/bin/sh
# Answers call7 with the number of another message.
. "${0%/*}/model.sh"
serve() { if has_call_7 "$1"; then answer "$1" | sed "s/\"id\":[0-9]*/\"id\":99999/"; else answer "$1"; fi; }
loop
