#!/bin/sh
# Draws the lifecycles of SPEC.md for its HTML edition, next to this file. Needs graphviz. A test says when they are out of date.
# usage: conformance/specification/html/draw.sh
set -eu
here=$(dirname "$0")
command -v dot >/dev/null || { echo "draw: there is no dot; apt-get install graphviz" >&2; exit 2; }
for name in handle-lifecycle thread-lifecycle; do
    # One arrow for each pair of states, with all that leads from the one to the other.
    sed -n "/generated:$name-diagram begin/,/generated:$name-diagram end/p" "$here/../../../SPEC.md" |
        awk '
            / --> / { gsub(/\[\*\]/, "start"); pair = "\"" $1 "\" -> \"" $3 "\""; if (!(pair in labels)) order[++count] = pair
                      labels[pair] = labels[pair] (labels[pair] == "" ? "" : "\\n") $5 }
            END {
                print "digraph {"
                print "rankdir=TB; bgcolor=transparent; nodesep=0.35; ranksep=0.45; node [shape=box, style=rounded, fontname=\"sans-serif\", fontsize=11];"
                print "edge [fontname=\"sans-serif\", fontsize=9, arrowsize=0.6]; start [shape=point, label=\"\"];"
                for (i = 1; i <= count; i++) print order[i], "[label=\"" labels[order[i]] "\"];"
                print "}"
            }' |
        dot -Tsvg |
        # What is left is what can stand in a page beside another one: no prolog, no ids, no size of its own but the widest it should be.
        sed -e '/^<?xml/d' -e '/^<!DOCTYPE/,/>$/d' -e 's/<!--.*-->//' -e '/<!--/,/-->/d' -e 's/ id="[^"]*"//g' -e 's/ xmlns:xlink="[^"]*"//' -e '/^$/d' |
        sed -E -e 's/<svg width="([0-9]+)pt" height="[0-9]+pt"/<svg style="max-width:\1pt"/' > "$here/$name.svg"
done
