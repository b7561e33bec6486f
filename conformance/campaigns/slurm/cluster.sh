#!/usr/bin/env bash
# A Slurm cluster of one node in a folder of its own, for trying the example where there is none: munge, slurmctld and slurmd as the user who starts it.
#
#   cluster.sh start FOLDER     then: export SLURM_CONF=FOLDER/slurm.conf
#   cluster.sh stop FOLDER
#
# Needs Debian's slurm-wlm and munge. Nothing outside of FOLDER is written, but what the daemons log to syslog.
set -euo pipefail

die() { echo "cluster.sh: $*" >&2; exit 2; }

[ $# -eq 2 ] || die "give start or stop, and a folder"
mkdir -p "$2"
folder=$(cd "$2" && pwd)

stop() {
    local daemon pid
    for daemon in slurmd slurmctld munged; do
        if pid=$(cat "$folder/$daemon.pid" 2>/dev/null) && kill "$pid" 2>/dev/null; then
            for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
            ! kill -0 "$pid" 2>/dev/null || kill -KILL "$pid"
        fi
        rm -f "$folder/$daemon.pid"
    done
}

port() { # one that nobody listens on
    local candidate
    while :; do
        candidate=$((20000 + RANDOM % 20000))
        (exec 3<>"/dev/tcp/127.0.0.1/$candidate") 2>/dev/null || { echo "$candidate"; return; }
    done
}

start() {
    for program in munged slurmctld slurmd sbatch; do
        PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || die "there is no $program: apt-get install slurm-wlm munge"
    done
    PATH=$PATH:/usr/sbin
    chmod 700 "$folder"
    mkdir -p "$folder/state" "$folder/spool"
    dd if=/dev/urandom of="$folder/munge.key" bs=128 count=1 status=none
    chmod 400 "$folder/munge.key"
    munged --force --key-file "$folder/munge.key" --socket "$folder/munge.socket" --pid-file "$folder/munged.pid" \
        --log-file "$folder/munged.log" --seed-file "$folder/munge.seed" 2>>"$folder/munged.log"
    local host cpus memory
    host=$(hostname -s)
    cpus=$(nproc)
    memory=$(awk '/MemTotal/ { print int($2 / 1024 * 0.9) }' /proc/meminfo)
    cat >"$folder/slurm.conf" <<CONF
ClusterName=try
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(port)
SlurmdPort=$(port)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket,cred_expire=5
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0
MinJobAge=300
JobRequeue=1
ReturnToService=2
MpiDefault=none
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cpus RealMemory=$memory State=UNKNOWN
PartitionName=try Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
    export SLURM_CONF=$folder/slurm.conf
    slurmctld -c -f "$folder/slurm.conf"
    slurmd -c -f "$folder/slurm.conf"
    for _ in $(seq 100); do
        if [ "$(sinfo -h -o %t 2>/dev/null)" = idle ]; then
            return
        fi
        sleep 0.2
    done
    tail -n 5 "$folder"/*.log >&2
    stop
    die "the node did not come up in 20 s"
}

case $1 in
    start) start ;;
    stop) stop ;;
    *) die "give start or stop, and a folder" ;;
esac
