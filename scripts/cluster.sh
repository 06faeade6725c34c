#!/usr/bin/env bash
# A cluster of hosts on this machine, each a network namespace, joined by a bridge; what is run there by mpirun sends its
# messages through a network of a chosen rate and delay.
#
#   scripts/cluster.sh [--hosts 4] [--slots 1] [--rate 1gbit] [--delay 0.1ms] COMMAND...
#
# COMMAND is run in the first host. In it, mpirun starts a process on each host, --slots of them, as host1, host2, ...:
#
#   scripts/cluster.sh --hosts 4 --rate 1gbit mpirun -n 4 build/dev/examples/mnist_mpi data
#   scripts/cluster.sh --hosts 2 sh -c 'mpirun -n 2 a && mpirun -n 2 b'
#
# --rate is what each host sends at most, as tc writes it (100mbit, 10gbit); --delay is added to each message on its way.
# The hosts share the machine's processors, memory and files; only the network is theirs. It takes root, iproute2, and
# of the kernel: network namespaces, veth, bridges, for --rate sch_tbf, for --delay sch_netem. All is taken away at the
# end. Status: the command's; 77 where the machine cannot have what is asked for, with the reason.
set -euo pipefail

hosts=4 slots=1 rate='' delay=''
usage() { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" >&2; exit 2; }
while [ $# -gt 0 ]; do
  case $1 in
    --hosts | --slots | --rate | --delay) [ $# -gt 1 ] || usage; declare "${1#--}=$2"; shift 2 ;;
    --) shift; break ;;
    -*) usage ;;
    *) break ;;
  esac
done
[ $# -gt 0 ] || usage
[[ $hosts =~ ^[1-9][0-9]?$ && $slots =~ ^[1-9][0-9]?$ ]] || { echo "cluster.sh: --hosts and --slots take 1 to 99" >&2; exit 2; }

refuse() { echo "cluster.sh: $*" >&2; exit 77; }
[ "$(id -u)" = 0 ] || refuse "making networks takes root: sudo $0 ..."
for tool in ip tc; do command -v $tool >/dev/null || refuse "there is no $tool: apt install iproute2"; done

id=xg$$  # a name that no other cluster has
agent=$(mktemp -d)
# shellcheck disable=SC2317 # called by trap
clean() {
  trap - EXIT INT TERM
  for ((k = 1; k <= hosts; ++k)); do
    ip netns pids "$id-$k" 2>/dev/null | xargs -r kill -9 2>/dev/null || true  # what a killed mpirun left behind
    ip netns del "$id-$k" 2>/dev/null || true  # its link goes with it
  done
  rm -rf "$agent"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The bridge is in the first host's namespace, so that nothing of this machine's own network is touched.
try() { local why; why=$("$@" 2>&1) || refuse "this machine refuses '$*': $why"; }
for ((k = 1; k <= hosts; ++k)); do
  try ip netns add "$id-$k"
  try ip -n "$id-$k" link set lo up
done
try ip -n "$id-1" link add bridge type bridge
try ip -n "$id-1" link set bridge up
for ((k = 1; k <= hosts; ++k)); do
  try ip -n "$id-$k" link add eth0 type veth peer name "port$k" netns "$id-1"
  try ip -n "$id-1" link set "port$k" master bridge
  try ip -n "$id-1" link set "port$k" up
  try ip -n "$id-$k" addr add "10.77.0.$k/24" dev eth0
  try ip -n "$id-$k" link set eth0 up
  if [ -n "$delay" ]; then
    tc -n "$id-$k" qdisc add dev eth0 root handle 1: netem delay "$delay" limit 100000 2>/dev/null ||
      refuse "--delay $delay: this kernel has no sch_netem (modprobe sch_netem), or it is no time such as 0.1ms"
  fi
  if [ -n "$rate" ]; then
    at=(root)
    [ -z "$delay" ] || at=(parent 1:)
    # a small bucket: a larger one lets that much through at once after each pause
    try tc -n "$id-$k" qdisc add dev eth0 "${at[@]}" handle 2: tbf rate "$rate" burst 8kb latency 100ms
  fi
  echo "10.77.0.$k host$k" >>"$agent/hosts"
  echo "host$k slots=$slots" >>"$agent/hostfile"
done

# What mpirun calls instead of ssh: agent HOST COMMAND...
cat >"$agent/rsh" <<END
#!/bin/sh
host=\$1; shift
exec ip netns exec $id-\${host#host} "$agent/in" "\$host" sh -c "\$*"
END
# A host's own name, without which all hosts were one to mpirun, and names of its own: nobody outside is asked.
echo "127.0.0.1 localhost" >>"$agent/hosts"
cat >"$agent/in" <<END
#!/bin/sh
host=\$1; shift
exec unshare --mount --uts sh -c 'hostname "\$0"; mount --bind "$agent/hosts" /etc/hosts; mount --bind /dev/null /etc/resolv.conf; exec "\$@"' "\$host" "\$@"
END
chmod +x "$agent/rsh" "$agent/in"

export OMPI_MCA_plm_rsh_agent=$agent/rsh OMPI_MCA_orte_default_hostfile=$agent/hostfile
export OMPI_MCA_btl=tcp,self OMPI_MCA_btl_tcp_if_include=10.77.0.0/24 OMPI_MCA_oob_tcp_if_include=10.77.0.0/24
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
export OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_mpi_yield_when_idle=1  # the hosts share processors
"$agent/rsh" host1 "$(printf '%q ' "$@")" &
running=$!
wait $running || exit $?
