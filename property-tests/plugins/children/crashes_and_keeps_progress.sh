#!/bin/sh
# Dies of SIGABRT in the second command of the third script of every batch that has one, and has noted it.
. "${0%/*}/honest.sh"
serve() { case $1 in *']],['*']],['*) note 2 1; kill -ABRT $$ ;; *) note 0 0; answer "$1" ;; esac; }
say_hello_and_note() { note 0 0; say_hello; }
while IFS= read -r line; do
    case $line in *'"op":"hello"'*) say_hello_and_note ;; *) serve "$line" ;; esac
done
