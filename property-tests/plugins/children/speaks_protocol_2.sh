#!/bin/sh
# Shakes hands in a protocol of the future.
. "${0%/*}/honest.sh"
hello=$(printf '%s' "$hello" | sed 's/"protocol":1/"protocol":2/')
loop
