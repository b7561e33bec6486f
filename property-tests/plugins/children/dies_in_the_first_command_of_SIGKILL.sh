#!/bin/sh
# Dies of SIGKILL in the first command of a script, where that is call7.
. "${0%/*}/model.sh"
serve() { die_at first 'KILL' "$1"; }
loop
