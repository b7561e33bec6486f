#!/bin/sh
# Dies of SIGSEGV before it answers a batch that calls call7.
. "${0%/*}/honest.sh"
serve() { case $1 in *'["call",7]'*) echo 'about to fault' >&2; kill -SEGV $$ ;; *) answer "$1" ;; esac; }
loop
