#!/bin/sh
# Dies of SIGSEGV in the first command of a script, where that is call7.
. "${0%/*}/model.sh"
serve() { die_at first 'SEGV' "$1"; }
loop
