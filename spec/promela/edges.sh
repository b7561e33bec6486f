#!/usr/bin/env bash
# Writes the graph that SPIN finds of pystate.pml under a bound, in the form of docs/explore.md, to standard output. Needs spin and gcc.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

known=call,leave,except,reraise,context,trace,profile,callback,finalizer,repr,trashcan,native,recovering,jit,limit,local,headroom,collect,async,exit-thread
known+=,fork,finalize,thread,detach,attach,new,save,restore,discard,drop,top,get-context,set-context,traverse,clear,pending,ctrace

usage() {
    cat <<'TEXT'
The graph that SPIN finds of the model in Promela, an edge on each line.

Usage
  spec/promela/edges.sh [options] > FILE

Options, as those of explore
  --handles N         handles, 1 to 4 (default 2)
  --threads N         threads, 1 to 3, the third of another interpreter (default 1)
  --depth N           how many blocks a flow nests at most, 0 to 6 (default 1)
  --values N          different labels, exceptions and values, 1 to 3 (default 1)
  --commands LIST     only these operations, separated by commas
  --cpython VERSION   3.8 to 3.15 (default 3.15)

Others
  --seed NAME         with one error of seeds.txt put into the model
  --concede NAMES     handler-level, entered-abroad: read SPEC.md there as the model in C# does (docs/decisions/0012)
  --seeds             these errors: a line each of name, least bound that shows it, and what it is, between tabs
  --bench             no edges: states, transitions and CPU seconds of SPIN's fastest exact search, as JSON
  --memory MIB        SPIN's limit (default 8000)
  --help, -h          this page

Examples
  spec/promela/edges.sh --threads 2 --handles 1 > spin.edges
  dotnet run --project conformance -- explore --threads 2 --handles 1 --against spin.edges
TEXT
}

die() {
    echo "edges: $1" >&2
    exit 2
}

number() { # number OPTION VALUE LEAST MOST
    [[ $2 =~ ^[0-9]$ ]] && (($2 >= $3 && $2 <= $4)) || die "$1 cannot be '$2': write a whole number from $3 to $4"
}

handles=2 threads=1 depth=1 values=1 base=1 cpython=3.15 seed='' concede='' bench='' memory=8000
commands=call,leave,except,context,native,exit-thread,fork,finalize,thread,detach,attach,new,save,restore,discard,drop,top,get-context,set-context,traverse,clear,pending,ctrace
while (($#)); do
    case $1 in
        --help | -h) usage; exit 0 ;;
        --seeds) grep -v '^#' "$here/seeds.txt" | cut -d'|' -f1,3,4 | tr '|' '\t'; exit 0 ;;
        --bench) bench=yes; shift; continue ;;
        --handles | --threads | --depth | --values | --commands | --cpython | --seed | --concede | --memory) ;;
        *) die "'$1' is no option; --help lists them" ;;
    esac
    (($# > 1)) || die "$1 needs a value"
    case $1 in
        --handles) number "$1" "$2" 1 4; handles=$2 ;;
        --threads) number "$1" "$2" 1 3; threads=$2 ;;
        --depth) number "$1" "$2" 0 6; depth=$2 ;;
        --values) number "$1" "$2" 1 3; values=$2 ;;
        --commands) commands=$2 ;;
        --cpython) [[ $2 =~ ^3\.([89]|1[0-5])$ ]] || die "--cpython cannot be '$2': write 3.8 to 3.15"; cpython=$2 ;;
        --seed) seed=$2 ;;
        --concede) concede=$2 ;;
        --memory) [[ $2 =~ ^[0-9]+$ ]] || die "--memory cannot be '$2': write a number of MiB"; memory=$2 ;;
    esac
    shift 2
done
for program in spin gcc; do
    command -v "$program" > /dev/null || die "there is no $program; apt-get install $program"
done

# The commands, in the order in which explore names them.
for command in ${commands//,/ }; do
    [[ ,$known, == *,$command,* ]] || die "'$command' cannot be explored; what can is ${known//,/, }"
done
chosen=''
define=(-DTHREADS="$threads" -DHANDLES="$handles" -DDEPTH="$depth" -DVALUES="$values" -DBASE="$base" -DCPYTHON="${cpython#3.}")
for command in ${known//,/ }; do
    if [[ ,$commands, == *,$command,* ]]; then
        chosen+=,$command
        define+=(-DCMD_"${command//-/_}"=1)
    fi
done
for question in ${concede//,/ }; do
    [[ $question == handler-level || $question == entered-abroad ]] || die "'$question' is no question of --concede; those are handler-level and entered-abroad"
    define+=(-DREAD_"${question//-/_}"=0)
done
[ -n "$chosen" ] || die "--commands names none"
bound="api $cpython threads=$threads handles=$handles depth=$depth base=$base values=$values commands=${chosen#,}"

work=$(mktemp -d "${TMPDIR:-/tmp}/pystate-spin.XXXXXX")
trap 'rm -rf "$work"' EXIT
cp "$here"/*.pml "$here"/*.h "$work"
cd "$work"

# A seeded error is an edit of the model's text, which has to change something.
if [ -n "$seed" ]; then
    edit=$(awk -F'|' -v name="$seed" '$1 == name { print $2 }' "$here/seeds.txt")
    [ -n "$edit" ] || die "'$seed' is no seeded error; --seeds lists them"
    sed -E "$edit" pystate.pml > seeded.pml
    ! cmp -s pystate.pml seeded.pml || die "the seeded error '$seed' changes nothing: its line in seeds.txt is out of date"
    mv seeded.pml pystate.pml
fi

# Every transition is taken: no reduction.
pan=(-w -DNOREDUCE -DSAFETY -DNOFAIR -DNOBOUNDCHECK -DMEMLIM="$memory")
if [ -n "$bench" ]; then
    pan+=(-O3 -march=native)
else
    pan+=(-O1 -DEDGES)
    define+=(-DEDGES)
fi
# -o2: what no rule of a bound reads is of the state none the less.
spin -o2 "${define[@]}" -a pystate.pml > spin.out 2>&1 || die "spin refuses the model: $(grep -m 1 Error spin.out)"
# The report rounds counts to eight digits, which a comparison of counts must not.
sed -i 's/%9\.8g/%9.15g/g' pan.c
gcc "${pan[@]}" "${define[@]}" -o pan pan.c 2> gcc.out || die "gcc refuses what spin made: $(grep -m 1 error gcc.out)"

# The search is depth first, and may go as deep as there are states; SPIN wants to know beforehand.
TIMEFORMAT='%U %S'
for deep in 1000000 10000000 100000000; do
    { time ./pan -m$deep -w22 > out 2> err; } 2> cpu || true
    report=$(grep -av '^active=' out || true)
    [[ $report == *"max search depth too small"* ]] || break
done
[[ $report == *"errors: 0"* && $report != *"Search not completed"* && $report != *"max search depth too small"* ]] ||
    die "SPIN did not finish: $(grep -m 1 -h -E 'pan:|error' <<< "$report$(cat err)" | head -n 1); take a smaller bound or more --memory"
if [ -n "$bench" ]; then
    states=$(awk '/states, stored/ { print $1 }' <<< "$report")
    # SPIN counts the initial state as a transition.
    transitions=$(awk '/transitions \(/ { print $1 - 1 }' <<< "$report")
    awk -v bound="$bound" -v states="$states" -v transitions="$transitions" '{
        seconds = $1 + $2
        printf "{\n  \"format\": \"pystate-spin\",\n  \"version\": 1,\n  \"bound\": \"%s\",\n  \"states\": %d,\n  \"transitions\": %d,\n", bound, states, transitions
        printf "  \"cpuSeconds\": %.3f,\n  \"statesPerCpuSecond\": %d\n}\n", seconds, (seconds > 0 ? states / seconds : 0)
    }' cpu
else
    echo "# pystate-edges 1 $bound"
    { grep -a '^active=' out || true; } | LC_ALL=C sort
fi
