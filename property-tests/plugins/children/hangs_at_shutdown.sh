#!/bin/sh
# Hears neither bye nor the end of its input nor SIGTERM.
. "${0%/*}/model.sh"
trap '' TERM HUP
loop() { while true; do if IFS= read -r line; then case $line in *hello*) say_hello ;; *bye*) ;; *) serve "$line" ;; esac; else sleep 1; fi; done; }
loop
