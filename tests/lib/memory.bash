# For tests on a machine with little memory, where the kernel kills a process that takes too much.

# small_memory MIB COMMAND...: run the command in a control group with that much memory. Where this
# machine lets no user make one, a watcher replaces the kernel: it sends SIGKILL to a child of the
# command that has grown to that size. ./killed says how many it killed. SMALL_MEMORY=watch always
# uses the watcher.
small_memory() {
  local mib=$1 group=
  shift
  [ "${SMALL_MEMORY:-}" = watch ] || group=$(memory_group "$mib") || group=
  if [ -z "$group" ]; then
    memory_watched "$mib" "$@"
    return
  fi
  local status=0
  # shellcheck disable=SC2016  # for the inner shell
  bash -c 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"' bash "$group" "$@" || status=$?
  cat "$group"/memory.{events,oom_control} 2>/dev/null | awk '$1 == "oom_kill" { print $2 }' >killed
  # Its last process may still exist.
  eventually 60 rmdir "$group"
  return "$status"
}

# memory_group MIB: make a group, of version 1 or 2, below that of this shell, and print its folder.
memory_group() {
  local at group limit=$(($1 << 20)) name=sqs2pg.$$.$BATS_TEST_NUMBER
  at=$(awk -F: '$2 == "memory" { print $3 }' /proc/self/cgroup)
  for group in /sys/fs/cgroup/memory${at%/} /sys/fs/cgroup/memory; do
    mkdir "$group/$name" 2>/dev/null || continue
    group=$group/$name
    if echo "$limit" >"$group/memory.limit_in_bytes"; then
      echo "$group"
      return
    fi 2>/dev/null
    rmdir "$group"
  done
  at=$(awk -F: '$1 == 0 { print $3 }' /proc/self/cgroup)
  for group in /sys/fs/cgroup${at%/} /sys/fs/cgroup; do
    mkdir "$group/$name" 2>/dev/null || continue
    echo +memory >"$group/cgroup.subtree_control" || true
    group=$group/$name
    if echo "$limit" >"$group/memory.max" && { echo 0 >"$group/memory.swap.max" || true; }; then
      echo "$group"
      return
    fi
    rmdir "$group"
  done 2>/dev/null
  return 1
}

memory_watched() {
  python3 - "$@" <<'END'
import os, signal, subprocess, sys

most = int(sys.argv[1]) << 20
page = os.sysconf("SC_PAGE_SIZE")
program = subprocess.Popen(sys.argv[2:], stdin=open("in"))
killed = 0
while program.poll() is None:
    try:
        children = open(f"/proc/{program.pid}/task/{program.pid}/children").read().split()
    except OSError:
        children = []
    for child in map(int, children):
        try:
            if int(open(f"/proc/{child}/statm").read().split()[1]) * page > most:
                os.kill(child, signal.SIGKILL)
                killed += 1
                while os.path.exists(f"/proc/{child}"):
                    pass
        except (OSError, IndexError, ValueError):
            pass
print(killed, file=open("killed", "w"))
sys.exit(program.returncode)
END
}
