#!/bin/sh
# Declares frames and shows none.
. "${0%/*}/honest.sh"
serve() { answer "$1" | sed 's/\["call1","gen0"\]/null/g'; }
loop
