#!/bin/sh
# Adds a line of its own to every answer.
. "${0%/*}/honest.sh"
serve() { a=$(answer "$1"); printf '%s\nand by the way\n' "$a"; }
loop
