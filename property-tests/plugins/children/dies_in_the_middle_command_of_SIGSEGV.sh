#!/bin/sh
# Dies of SIGSEGV in the middle command of a script, where that is call7.
. "${0%/*}/model.sh"
serve() { die_at middle 'SEGV' "$1"; }
loop
