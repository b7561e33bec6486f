#!/bin/sh
# Fetches the CPython headers of a Debian suite into the cache, where the radar and the tests look for them. Installs nothing.
# usage: conformance/radar/fetch-headers.sh SUITE VERSION...     for example: fetch-headers.sh forky 3.14 3.15
# Needs apt-get, dpkg-deb and the package mirror that apt is already set up with.
set -eu
[ $# -ge 2 ] || { sed -n '3p' "$0" >&2; exit 2; }
suite=$1
shift
into=${XDG_CACHE_HOME:-$HOME/.cache}/pystate/headers/$suite
mirror=$(apt-get indextargets --format '$(SITE)' | grep -v security | grep '/debian/*$' | head -n 1)
[ -n "$mirror" ] || { echo "fetch-headers: apt knows no Debian mirror; add one to its sources" >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/debs"
: >"$work/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$work/sources.list"

# A package database of its own: the machine's lists and sources stay as they are.
apt() {
    apt-get -qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/nonexistent -o Dir::State::lists="$work/lists" \
        -o Dir::Cache="$work/cache" -o Dir::State::status="$work/status" -o Acquire::Check-Valid-Until=false -o APT::Sandbox::User=root "$@"
}

apt update
cd "$work/debs"
for version in "$@"; do
    apt download "libpython$version-dev"
done
mkdir -p "$into"
for deb in *.deb; do
    # Only the headers, pyconfig.h of the machine's kind among them: the static libraries of a package are ten times their size.
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$into" --wildcards './usr/include/python3*' './usr/include/*/python3*'
done
echo "$into/usr/include"
