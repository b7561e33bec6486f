#!/bin/sh
# Takes most of the time limit for its first batch with call7, and writes its answer in pieces.
. "${0%/*}/model.sh"
serve() {
    if [ -z "$dripped" ] && has_call_7 "$1"; then
        dripped=yes
        whole=$(answer "$1")
        printf %.10s "$whole"; sleep "$PYSTATE_DRIP"; printf "%s\n" "${whole#??????????}"
    else
        answer "$1"
    fi
}
loop
