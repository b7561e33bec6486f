#!/bin/sh
# Answers one more command than a script that calls call7 has.
. "${0%/*}/honest.sh"
serve() { answer "$1" many; }
loop
