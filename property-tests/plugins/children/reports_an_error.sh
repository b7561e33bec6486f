#!/bin/sh
# Answers call7 with an error of its own.
. "${0%/*}/honest.sh"
serve() { case $1 in *'["call",7]'*) echo '{"op":"error","message":"no such gadget"}' ;; *) answer "$1" ;; esac; }
loop
