#!/bin/sh
# Says of call7 that the process in which the script went on after a fork died there.
. "${0%/*}/honest.sh"
serve() { answer "$1" fork; }
loop
