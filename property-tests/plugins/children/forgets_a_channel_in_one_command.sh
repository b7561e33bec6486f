#!/bin/sh
# Shows nothing in a declared channel after call7.
. "${0%/*}/model.sh"
serve() { answer "$1" null; }
loop
