#!/bin/sh
# Says of call7 that it went splendidly.
. "${0%/*}/honest.sh"
serve() { answer "$1" status; }
loop
