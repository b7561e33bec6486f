#!/usr/bin/env bash
# The gate itself: one `pystate run` with the inputs of the action, its reports, its summary, and its outputs for the steps after it.
set -euo pipefail

arguments=(run)

# Adds an option for every line of a list.
each() {
    local line
    while read -r line; do
        [[ -z $line ]] || arguments+=("$1" "$line")
    done <<< "$2"
}

# Names of implementations are arguments, not options; what looks like an option is refused here, where its name can be told.
while read -r line; do
    case $line in
        "") ;;
        -*) printf 'pystate: the input implementation has %s, which is no name of an implementation\n' "$line" >&2; exit 2 ;;
        *) arguments+=("$line") ;;
    esac
done <<< "${IMPLEMENTATION:-}"
each --switcher "${SWITCHER:-}"
each --python "${PYTHON:-}"
each --require "${REQUIRE:-}"
each --time "${TIME:-}"
each --seed "${SEED:-}"

# The report of an earlier run must not pass for this one's.
reports=${REPORTS:-pystate-reports}
mkdir -p "$reports"
for kind in json html sarif junit markdown; do
    case $kind in markdown) end=md ;; junit) end=xml ;; *) end=$kind ;; esac
    rm -f "$reports/pystate.$end"
    arguments+=(--report "$kind=$reports/pystate.$end")
done

code=0
"${PYSTATE:-pystate}" "${arguments[@]}" || code=$?

output=${GITHUB_OUTPUT:-/dev/null}
printf 'exit-code=%s\n' "$code" >> "$output"
if [[ -f $reports/pystate.json ]]; then
    # Absolute: the steps after this one start in another folder.
    whole=$(cd "$reports" && pwd)
    printf 'report=%s\nhtml=%s\nsarif=%s\n' "$whole/pystate.json" "$whole/pystate.html" "$whole/pystate.sarif" >> "$output"
    cat "$reports/pystate.md" >> "${GITHUB_STEP_SUMMARY:-/dev/null}"
else
    printf 'pystate ended with %s and judged nothing; the log of this step says why.\n' "$code" >> "${GITHUB_STEP_SUMMARY:-/dev/null}"
fi

exit "$code"
