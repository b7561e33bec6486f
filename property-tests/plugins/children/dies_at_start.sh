#!/bin/sh
# Ends before its handshake, and says why on standard error.
. "${0%/*}/honest.sh"
echo 'Traceback (most recent call last):' >&2
echo 'ModuleNotFoundError: No module named gadget' >&2
exit 1
