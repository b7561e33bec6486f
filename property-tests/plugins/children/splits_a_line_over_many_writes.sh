#!/bin/sh
# Answers truthfully, forty bytes at a time.
. "${0%/*}/honest.sh"
serve() { answer "$1" | fold -w 40 | while IFS= read -r part; do printf '%s' "$part"; sleep 0.01; done; echo; }
loop
