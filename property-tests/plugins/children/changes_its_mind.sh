#!/bin/sh
# Declares another version each time it is started, and dies on call7.
. "${0%/*}/honest.sh"
hello=$(printf '%s' "$hello" | sed "s/\"version\":\"1\"/\"version\":\"$$\"/")
serve() { case $1 in *'["call",7]'*) exit 1 ;; *) answer "$1" ;; esac; }
loop
