#!/bin/sh
# Dies of SIGABRT in the middle command of a script, where that is call7.
. "${0%/*}/model.sh"
serve() { die_at middle 'ABRT' "$1"; }
loop
