#!/bin/sh
# Dies of SIGABRT in the last command of a script, where that is call7.
. "${0%/*}/model.sh"
serve() { die_at last 'ABRT' "$1"; }
loop
