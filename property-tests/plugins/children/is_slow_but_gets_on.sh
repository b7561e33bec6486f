#!/bin/sh
# Takes longer than the time limit for a batch, but notes a new command all the while.
. "${0%/*}/honest.sh"
serve() { for c in 0 1 2 3 4; do note 0 $c; sleep 1.2; done; answer "$1"; }
note 0 0
loop
