#!/bin/sh
# Dies of SIGKILL in the middle command of a script, where that is call7.
. "${0%/*}/model.sh"
serve() { die_at middle 'KILL' "$1"; }
loop
