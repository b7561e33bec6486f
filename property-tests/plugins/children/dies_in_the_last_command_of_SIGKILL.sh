#!/bin/sh
# Dies of SIGKILL in the last command of a script, where that is call7.
. "${0%/*}/model.sh"
serve() { die_at last 'KILL' "$1"; }
loop
