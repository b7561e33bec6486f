#!/bin/sh
# Answers a batch that calls call7 under the number of another message.
. "${0%/*}/honest.sh"
serve() { case $1 in *'["call",7]'*) answer "$1" | sed 's/"id":[0-9]*/"id":99999/' ;; *) answer "$1" ;; esac; }
loop
