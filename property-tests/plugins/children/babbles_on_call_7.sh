#!/bin/sh
# Answers a batch that calls call7 with a greeting instead of JSON.
. "${0%/*}/honest.sh"
serve() { case $1 in *'["call",7]'*) echo 'Hello, I am fine.' ;; *) answer "$1" ;; esac; }
loop
