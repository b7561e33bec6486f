#!/bin/sh
# Declares the api alphabet and none of its commands.
. "${0%/*}/model.sh"
hello=$(printf %s "$hello" | sed "s/\[\"switcher\"\]/[\"switcher\",\"api\"]/")
loop
