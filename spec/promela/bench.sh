#!/usr/bin/env bash
# SPIN and explore on the same bound in the same run, by CPU time on one core: as JSON, with the ratio. Takes the options of edges.sh.
# Exit code 1 where the two do not count the same states and transitions, or explore is less than 15 times as fast.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
least=15

die() {
    echo "bench: $1" >&2
    exit 2
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
[ $# -gt 0 ] || set -- --threads 2 --handles 2 # two million states
case " $* " in *" --help "* | *" -h "*) sed -n '2,3s/^# //p' "$0"; exit 0 ;; esac
spin=$("$here/edges.sh" "$@" --bench) || exit 2
explore=$(cd "$here/../.." && dotnet run -c Release --project conformance -- explore "$@" --check 0 --cores 1 --format json 2> "$log") ||
    die "explore does not search this bound: $(tail -n 1 "$log")"

value() { # value JSON KEY
    awk -v key="\"$2\":" '$1 == key { sub(/^[^:]*: /, ""); sub(/,$/, ""); print; exit }' <<< "$1"
}

for key in bound states transitions; do
    [ "$(value "$spin" $key)" = "$(value "$explore" $key)" ] || {
        echo "bench: $key differ: SPIN $(value "$spin" $key), explore $(value "$explore" $key)" >&2
        exit 1
    }
done
awk -v bound="$(value "$spin" bound)" -v states="$(value "$spin" states)" -v transitions="$(value "$spin" transitions)" \
    -v spin="$(value "$spin" cpuSeconds)" -v explore="$(value "$explore" cpuSeconds)" -v least="$least" 'BEGIN {
    ratio = spin / (explore > 0 ? explore : 0.001)
    printf "{\n  \"format\": \"pystate-spin-comparison\",\n  \"version\": 1,\n  \"bound\": %s,\n  \"states\": %d,\n  \"transitions\": %d,\n", bound, states, transitions
    printf "  \"spinCpuSeconds\": %.3f,\n  \"exploreCpuSeconds\": %.3f,\n  \"ratio\": %.1f,\n  \"least\": %d\n}\n", spin, explore, ratio, least
    exit ratio < least
}'
