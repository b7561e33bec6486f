#!/bin/sh
# Has control characters, markup and text that runs backwards in every string it may choose.
. "${0%/*}/model.sh"
hello=$(printf %s "$hello" | sed 's/"fake"/"<b>[red]\\u001b[31mfake\\r\\n\\u202e\\u0000"/; s/"version":"1"/"version":"1<script>\\u2028"/')
serve() { if has_call_7 "$1"; then printf '{"op":"error","message":"<b>[red]\\u001b[31m\\u202e]]>\\u0000\\n"}\n'; else answer "$1"; fi; }
loop
