#!/bin/sh
# Dies of SIGABRT in the first command of a script, where that is call7.
. "${0%/*}/model.sh"
serve() { die_at first 'ABRT' "$1"; }
loop
