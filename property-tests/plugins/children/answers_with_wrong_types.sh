#!/bin/sh
# Has numbers for words and objects for lists in its answer to call7.
. "${0%/*}/model.sh"
serve() { answer "$1" types; }
loop
