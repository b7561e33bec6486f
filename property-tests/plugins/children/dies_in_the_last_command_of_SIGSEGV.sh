#!/bin/sh
# Dies of SIGSEGV in the last command of a script, where that is call7.
. "${0%/*}/model.sh"
serve() { die_at last 'SEGV' "$1"; }
loop
