#!/bin/sh
# Dies of SIGSEGV before it answers a batch that calls call7, and its third start takes ten minutes.
. "${0%/*}/counts_its_starts.sh"
[ "$starts" -ne 3 ] || sleep 600
loop
