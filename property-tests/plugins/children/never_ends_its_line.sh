#!/bin/sh
# Answers a batch that calls call7 with a line that does not end.
. "${0%/*}/honest.sh"
serve() { case $1 in *'["call",7]'*) yes | tr -d '\n' ;; *) answer "$1" ;; esac; }
loop
