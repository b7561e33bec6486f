#!/bin/sh
# Puts the interpreters of a Debian suite, with greenlet and gevent, into a root of their own in the cache, where `list` shows them. Installs nothing.
# usage: conformance/implementations/provision.sh SUITE [PACKAGE...]     for example: provision.sh forky, or provision.sh sid python3.15 python3-greenlet
# Needs mmdebstrap, root, and the package mirror that apt is already set up with. A root that has the packages is left as it is.
set -eu
[ $# -ge 1 ] || { sed -n '3p' "$0" >&2; exit 2; }
suite=$1
shift
case $suite in
    '' | *[!a-z0-9-]*) echo "provision: '$suite' is no name of a Debian suite; write for example forky" >&2; exit 2 ;;
esac
roots=${XDG_CACHE_HOME:-$HOME/.cache}/pystate/roots
root=$roots/$suite

# Each with the headers to compile against, the debug build that checks what a release build does not, and what switches C stacks on it.
versions=
if [ $# -eq 0 ]; then
    case $suite in
        forky | sid) versions="3.13 3.14 3.15" ;;
        trixie) versions=3.13 ;;
        bookworm) versions=3.11 ;;
        bullseye) versions=3.9 ;;
        *) echo "provision: what to install from $suite is not known here; name the packages, for example: provision.sh $suite python3 python3-greenlet" >&2; exit 2 ;;
    esac
    set -- python3-greenlet python3-gevent
    [ "$suite" = bullseye ] || set -- "$@" pypy3 # bullseye's is 3.7, and the driver needs 3.8
fi
for version in $versions; do
    set -- "$@" "python$version" "python$version-dev" "python$version-dbg"
done

# A module is linked to the C library of the root it will be loaded in, whatever compiles it.
set -- "$@" libc6-dev

has() {
    dpkg-query --admindir="$root/var/lib/dpkg" -W -f '${db:Status-Abbrev}\n' "$@" 2>/dev/null | grep -c '^ii' | grep -qx $#
}

if ! [ -d "$root" ] || ! has "$@"; then
    [ "$(id -u)" = 0 ] || { echo "provision: run it as root, which owns the files of a root" >&2; exit 2; }
    for program in mmdebstrap apt-get dpkg-query; do
        command -v "$program" >/dev/null || { echo "provision: there is no $program; apt-get install ${program%-query}" >&2; exit 2; }
    done
    mirror=$(apt-get indextargets --format '$(SITE)' | grep -v security | grep '/debian/*$' | head -n 1)
    [ -n "$mirror" ] || { echo "provision: apt knows no Debian mirror; add one to its sources" >&2; exit 2; }

    # Made beside its place and renamed: a root that is there is whole. `list` overlooks names with a dot.
    mkdir -p "$roots"
    work=$(mktemp -d "$roots/$suite.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    trap 'exit 1' INT TERM
    chmod 755 "$work"

    # What an older root was asked for stays.
    old=$(cat "$root/etc/pystate-packages" 2>/dev/null || true)
    packages=$(printf '%s\n' $old "$@" | sort -u)
    echo "provision: making $root, which takes a minute or two" >&2
    if ! mmdebstrap --mode=root --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        --include="$(printf '%s' "$packages" | tr '\n' ,)" \
        "$suite" "$work/root" "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$work/log" 2>&1; then
        { grep -m 1 '^E: ' "$work/log" || tail -n 1 "$work/log"; } | sed "s/^E: //; s/^/provision: $suite could not be installed: /" >&2
        exit 2
    fi

    # A linker outside would follow an absolute link out of the root (bullseye's ld-linux and libpthread).
    (cd "$work/root" && find lib* usr/lib* -mindepth 1 -type l -lname '/*') | while read -r link; do
        ln -sfn "$(dirname "$link" | sed 's|[^/][^/]*|..|g')$(readlink "$work/root/$link")" "$work/root/$link"
    done
    printf '%s\n' "$packages" >"$work/root/etc/pystate-packages"
    [ ! -d "$root" ] || mv "$root" "$work/old"
    mv "$work/root" "$root"
fi

for program in "$root"/usr/bin/python3.* "$root"/usr/bin/pypy3; do
    case $program in
        *-config | *'*' | *[0-9]d) ;; # python3.15d is python3.15-dbg
        *) [ ! -x "$program" ] || echo "$program" ;;
    esac
done
