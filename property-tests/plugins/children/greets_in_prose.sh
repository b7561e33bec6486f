#!/bin/sh
# Says good morning instead of shaking hands.
. "${0%/*}/honest.sh"
say_hello() { echo 'Good morning!'; }
loop
