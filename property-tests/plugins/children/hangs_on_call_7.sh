#!/bin/sh
# Never answers a batch that calls call7.
. "${0%/*}/honest.sh"
serve() { case $1 in *'["call",7]'*) sleep 600 ;; *) answer "$1" ;; esac; }
loop
