#!/bin/sh
# Dies of SIGSEGV before it answers a batch that calls call7, and has a dozen processes from its start on.
. "${0%/*}/counts_its_starts.sh"
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 600 >/dev/null 2>&1 & done
loop
