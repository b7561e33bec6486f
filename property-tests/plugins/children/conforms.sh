#!/bin/sh
# Not a liar: does what is asked.
. "${0%/*}/model.sh"

loop
