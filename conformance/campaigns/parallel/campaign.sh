#!/usr/bin/env bash
# A run in N shards on the cores of this machine, by GNU parallel, and the report on the whole.
#
#   campaign.sh N IMPL --commands TOTAL [other arguments of run]
#
# PYSTATE says how the program is started. Everything is written to the folder that this is started in. A shard that fails is run again up to three times; what has
# ended is not run again when this is started again after an interruption, because the job log knows it. On other machines too: PARALLEL='--sshloginfile nodes
# --workdir . --return {}.json', as parallel documents it.
set -euo pipefail
[ $# -ge 2 ] || { echo "campaign.sh: give the number of shards, and what to run" >&2; exit 2; }
shards=$1
shift
pystate=${PYSTATE:-pystate}
seq "$shards" | parallel --retries 4 --resume-failed --joblog shards.log --jobs "${JOBS:-100%}" \
    "$pystate" run "$@" --shard "{}/$shards" --report "json={}.json"
exec "$pystate" merge [0-9]*.json --report json=report.json --report html=report.html
