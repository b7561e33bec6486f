#!/bin/sh
# Shows frames after call7 that are not there.
. "${0%/*}/model.sh"
serve() { answer "$1" label; }
loop
