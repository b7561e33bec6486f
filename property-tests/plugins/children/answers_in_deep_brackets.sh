#!/bin/sh
# Nests thousands of brackets in its answer to call7.
. "${0%/*}/model.sh"
serve() { answer "$1" deep; }
loop
