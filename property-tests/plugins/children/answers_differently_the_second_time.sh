#!/bin/sh
# Shows another frame from its second answer on.
. "${0%/*}/model.sh"
serve() { if [ -n "$asked" ]; then answer "$1" | sed 's/"call1"/"call2"/'; else answer "$1"; fi; asked=yes; }
loop
