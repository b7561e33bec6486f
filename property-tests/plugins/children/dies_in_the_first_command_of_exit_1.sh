#!/bin/sh
# Ends with exit 1 in the first command of a script, where that is call7.
. "${0%/*}/model.sh"
serve() { die_at first 'exit 1' "$1"; }
loop
