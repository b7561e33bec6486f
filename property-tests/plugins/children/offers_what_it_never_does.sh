#!/bin/sh
# Declares the command var and answers inapplicable to it.
. "${0%/*}/model.sh"
hello=$(printf %s "$hello" | sed "s/\"spawn\"\]/\"spawn\",\"var\"]/")
loop
