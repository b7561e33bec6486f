#!/bin/sh
# Never answers a batch that calls call7, and leaves a grandchild that holds its pipes open.
. "${0%/*}/honest.sh"
serve() { case $1 in *'["call",7]'*) sleep 600 & echo $! >"$PYSTATE_GRANDCHILD"; sleep 600 ;; *) answer "$1" ;; esac; }
loop
