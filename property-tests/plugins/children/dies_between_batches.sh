#!/bin/sh
# Ends with exit code 3 after every answer.
. "${0%/*}/honest.sh"
serve() { answer "$1"; exit 3; }
loop
