#!/usr/bin/env bash
# A real Slurm of one node, for tests: its own munged, slurmctld and slurmd, all in one scratch folder, on loopback only.
#
#   slurm.sh up DIR      start it and wait until it answers; then: export SLURM_CONF=DIR/slurm.conf
#   slurm.sh down DIR    stop it, by its own pid files
#
# SLOTS (8) cores are claimed whatever the machine has; PORT (26817) and the next one are listened on; MAX_ARRAY (1001) is
# the cluster's MaxArraySize, one more than the highest index of a job array.
# Exit code 77: this machine has no Slurm (on Debian and Ubuntu: apt-get install slurm-wlm munge).
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
what=${1:?up or down} dir=${2:?a scratch folder}
slots=${SLOTS:-8} port=${PORT:-26817} host=$(hostname -s) me=$(id -un)

down() {
  local daemon pid
  for daemon in slurmd slurmctld munged; do
    [ -s "$dir/$daemon.pid" ] || continue
    pid=$(cat "$dir/$daemon.pid")
    kill "$pid" 2>/dev/null || continue
    for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  done
}

up() {
  local program
  for program in munged slurmctld slurmd sinfo; do
    command -v "$program" >/dev/null || { echo "no $program on this machine" >&2; exit 77; }
  done
  mkdir -p "$dir"/{state,spool}
  dir=$(cd "$dir" && pwd)
  chmod 0755 "$dir"
  (umask 077 && head -c 1024 /dev/urandom >"$dir/munge.key")
  munged --key-file="$dir/munge.key" --socket="$dir/munge.socket" --pid-file="$dir/munged.pid" \
    --log-file="$dir/munged.log" --seed-file="$dir/munge.seed" --force 2>"$dir/munged.err"
  cat >"$dir/slurm.conf" <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmUser=$me
SlurmdUser=$me
AuthType=auth/munge
AuthInfo=socket=$dir/munge.socket
CredType=cred/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SlurmdParameters=config_overrides
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1
ReturnToService=2
KillWait=2
MinJobAge=60
MaxArraySize=${MAX_ARRAY:-1001}
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd.log
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/none
NodeName=$host NodeAddr=127.0.0.1 CPUs=$slots RealMemory=${MEMORY_MB:-16000} State=UNKNOWN
PartitionName=main Nodes=$host Default=YES DefMemPerCPU=500 MaxTime=INFINITE State=UP OverSubscribe=NO
CONF
  export SLURM_CONF=$dir/slurm.conf
  slurmctld
  slurmd -N "$host"
  for _ in $(seq 80); do
    sinfo -h -o %T 2>/dev/null | grep -q idle && return
    sleep 0.25
  done
  echo "Slurm does not answer; see $dir/slurmctld.log and $dir/slurmd.log" >&2
  tail -n 20 "$dir"/slurmctld.log "$dir"/slurmd.log >&2
  down
  exit 1
}

"$what"
