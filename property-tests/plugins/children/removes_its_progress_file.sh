#!/bin/sh
# Removes its progress file at the start, and dies of SIGSEGV before it answers a batch that calls call7.
. "${0%/*}/honest.sh"
rm -f "$progress"
serve() { case $1 in *'["call",7]'*) kill -SEGV $$ ;; *) answer "$1" ;; esac; }
loop
