#!/bin/sh
# Answers every batch.
. "${0%/*}/honest.sh"
loop
