# Hosts as network namespaces that cables join to a switch; a cable can be pulled. Needs root (or
# sudo) and iproute2; without them the caller fails. The caller sets ${net}, the prefix of the names
# of the namespaces. ${net}-switch is the switch, with its bridges br1, br2 and so on, 10.93.1.0/24
# and so on.

becoming_root=()
[ "$(id -u)" -eq 0 ] || becoming_root=(sudo -n -E)
as_root() { "${becoming_root[@]}" "$@"; }

# in_net NAME COMMAND...: run the command in that namespace, as root.
in_net() {
  local name=$1
  shift
  as_root ip netns exec "${net:?}-$name" "$@"
}

# cable NAME BRIDGE NUMBER: connect that namespace to a bridge, where it is 10.93.BRIDGE.NUMBER.
# NAME-BRIDGE is the end at the bridge.
cable() {
  as_root ip -n "$net-switch" link add "$1-$2" type veth peer name "eth$2" netns "$net-$1"
  as_root ip -n "$net-switch" link set "$1-$2" master "br$2" up
  as_root ip -n "$net-$1" addr add "10.93.$2.$3/24" dev "eth$2"
  as_root ip -n "$net-$1" link set "eth$2" up
}

pull() { as_root ip -n "$net-switch" link set "$1" down; }
plug() { as_root ip -n "$net-switch" link set "$1" up; }

# net_begin BRIDGES NAME...: make the switch with BRIDGES bridges, and the other namespaces.
net_begin() {
  local name bridges=$1
  shift
  for name in switch "$@"; do
    as_root ip netns add "$net-$name" ||
      { echo "cannot make a network namespace: it takes root, CAP_SYS_ADMIN and CAP_NET_ADMIN" >&2 && return 1; }
    as_root ip -n "$net-$name" link set lo up
  done
  for ((name = 1; name <= bridges; name++)); do
    as_root ip -n "$net-switch" link add "br$name" type bridge
    as_root ip -n "$net-switch" link set "br$name" up
  done
}

# net_end NAME...: remove the namespaces and all processes in them.
net_end() {
  local name pids
  for name in switch "$@"; do
    mapfile -t pids < <(as_root ip netns pids "$net-$name")
    [ ${#pids[@]} -eq 0 ] || as_root kill -KILL "${pids[@]}" 2>/dev/null || true
    as_root ip netns del "$net-$name" || true
  done
}

# The user of servers in a namespace: PostgreSQL refuses to run as root.
# shellcheck disable=SC2034  # the callers'
if [ "$(id -u)" -eq 0 ]; then
  as_postgres=(setpriv --reuid postgres --regid postgres --init-groups --)
else
  as_postgres=(setpriv --reuid "$(id -u)" --regid "$(id -g)" --init-groups --)
fi
