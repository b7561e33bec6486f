#!/bin/sh
# Answers one script less than it was given.
. "${0%/*}/honest.sh"
serve() { case $1 in *'["call",7]'*) printf '%s\n' "$1" | sed 's/.*"id":\([0-9]*\).*/{"op":"ran","id":\1,"results":[]}/' ;; *) answer "$1" ;; esac; }
loop
