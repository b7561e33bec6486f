#!/bin/sh
# Never answers hello.
. "${0%/*}/model.sh"
say_hello() { sleep 600; }
loop
