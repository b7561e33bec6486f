#!/bin/sh
# Closes its standard output on call7, and lives on.
. "${0%/*}/honest.sh"
serve() { case $1 in *'["call",7]'*) printf '{"op":"ran"'; exec >&-; sleep 600 ;; *) answer "$1" ;; esac; }
loop
