#!/bin/sh
# Has bytes in its answer to call7 that are not UTF-8.
. "${0%/*}/model.sh"
serve() { if has_call_7 "$1"; then answer "$1" | LC_ALL=C tr k '\351'; else answer "$1"; fi; }
loop
