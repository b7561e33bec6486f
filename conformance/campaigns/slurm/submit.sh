#!/usr/bin/env bash
# Submits a run in N shards, and what merges them when they have ended. Everything is written to the folder that this is started in, which all nodes have to see.
#
#   submit.sh N IMPL --commands TOTAL [other arguments of run]
#
# PYSTATE says how the program is started on a node; prints the number of the job that merges. Options for sbatch go into SBATCH_ variables, as always.
set -euo pipefail
[ $# -ge 2 ] || { echo "submit.sh: give the number of shards, and what to run" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
array=$(sbatch --parsable --array="1-$1" "$here/shard.sbatch" "$@")
# afterany: where a shard has failed for good, merge says which one is missing.
sbatch --parsable --dependency="afterany:$array" "$here/merge.sbatch"
