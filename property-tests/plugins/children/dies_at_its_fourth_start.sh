#!/bin/sh
# Dies of SIGSEGV before it answers a batch that calls call7, and at its fourth start before it has said anything.
. "${0%/*}/counts_its_starts.sh"
[ "$starts" -ne 4 ] || { echo 'no more of this' >&2; exit 5; }
loop
