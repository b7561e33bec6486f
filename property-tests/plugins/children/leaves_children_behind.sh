#!/bin/sh
# Starts a process in a session of its own for its first call7, and answers.
. "${0%/*}/model.sh"
serve() {
    if [ -z "$left" ] && has_call_7 "$1"; then left=yes; setsid sh -c "echo \$\$ >>\"$PYSTATE_LEFT\"; exec sleep 600" & fi
    answer "$1"
}
loop
