#!/bin/sh
# Never answers a batch that calls call7, and has noted it.
. "${0%/*}/model.sh"
serve() { place=$(find "$1" any); if [ -n "$place" ]; then note $place; sleep 600; fi; answer "$1"; }
loop
