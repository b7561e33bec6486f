#!/bin/sh
# Offers the command cal.
. "${0%/*}/honest.sh"
hello=$(printf '%s' "$hello" | sed 's/"call","leave"/"cal","leave"/')
loop
