#!/bin/sh
# Shows a frame that no script has.
. "${0%/*}/honest.sh"
serve() { answer "$1" label; }
loop
