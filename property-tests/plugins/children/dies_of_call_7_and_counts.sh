#!/bin/sh
# Dies of SIGSEGV before it answers a batch that calls call7; its starts are counted.
. "${0%/*}/counts_its_starts.sh"
loop
