#!/bin/sh
# Puts versions of Pyodide, each with the Node that can run it, into the user's cache, where `list` shows them. Installs nothing.
# usage: conformance/implementations/pyodide/provision.sh [VERSION...]     without a version the newest release; --all for every version of the manifest
# Needs npm, and the registry that npm is already set up with. What is there is left as it is.
set -eu
here=$(dirname "$0")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pystate
manifest=$here/implementation.json

versions() { sed -n 's/.*"version": "\([^"]*\)".*/\1/p' "$manifest"; }

case ${1:-} in
    '') set -- "$(versions | head -n 1)" ;;
    --all) set -- $(versions) ;;
    -*) sed -n '3p' "$0" >&2; exit 2 ;;
esac
command -v npm >/dev/null || { echo "provision: there is no npm; apt-get install npm" >&2; exit 2; }
case $(uname -sm) in
    'Linux x86_64') platform=linux-x64 ;;
    'Linux aarch64') platform=linux-arm64 ;;
    *) echo "provision: which package of npm has a Node for $(uname -sm) is not known here" >&2; exit 2 ;;
esac

mkdir -p "$cache"
work=$(mktemp -d "$cache/npm.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

# A package of npm, unpacked as a folder. Made beside its place and renamed: a folder that is there is whole.
fetch() { # PACKAGE FOLDER
    [ ! -d "$2" ] || return 0
    mkdir -p "$work/made"
    if ! npm pack --silent --pack-destination "$work" "$1" >"$work/name" 2>"$work/errors" || ! tar xzf "$work/$(tail -n 1 "$work/name")" -C "$work/made" --strip-components=1; then
        echo "provision: $1 could not be had from npm: $(grep -m 1 . "$work/errors" || echo 'no reason was given')" >&2
        exit 2
    fi
    mkdir -p "$(dirname "$2")"
    mv "$work/made" "$2"
    rm -f "$work"/*.tgz
}

for version in "$@"; do
    node=$(sed -n "s/.*\"version\": \"$(printf '%s' "$version" | sed 's/[.]/\\./g')\".*\"node\": \"\([^\"]*\)\".*/\1/p" "$manifest")
    [ -n "$node" ] || { echo "provision: the manifest has no version '$version'; there are $(versions | tr '\n' ' ')" >&2; exit 2; }
    fetch "node-$platform@$node" "$cache/node/$node"
    fetch "pyodide@$version" "$cache/pyodide/$version"
    # What a process begins with, where this version can make it.
    flag=$(sed -n "s/.*\"version\": \"$(printf '%s' "$version" | sed 's/[.]/\\./g')\".*\"flag\": \"\([^\"]*\)\".*/\1/p" "$manifest")
    [ -f "$cache/pyodide/$version/pystate.snapshot" ] || "$cache/node/$node/bin/node" $flag "$here/snapshot.mjs" "$cache/pyodide/$version" >/dev/null 2>&1 || true
    echo "$cache/pyodide/$version"
done
