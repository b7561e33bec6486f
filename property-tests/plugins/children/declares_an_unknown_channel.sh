#!/bin/sh
# Declares a channel that there is not.
. "${0%/*}/model.sh"
hello=$(printf %s "$hello" | sed "s/\"probe\"\]/\"probe\",\"mood\"]/")
loop
