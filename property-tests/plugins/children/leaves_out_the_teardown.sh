#!/bin/sh
# Leaves out the teardown of a script with call7.
. "${0%/*}/model.sh"
serve() { answer "$1" few; }
loop
