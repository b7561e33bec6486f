#!/bin/sh
# Leaves out the teardown of a script that calls call7.
. "${0%/*}/honest.sh"
serve() { answer "$1" few; }
loop
