#!/bin/sh
# Shows frames and declares none.
. "${0%/*}/model.sh"
hello=$(printf %s "$hello" | sed "s/\"frames\",//")
loop
