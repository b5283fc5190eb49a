#!/usr/bin/env bats
# pg-load: --metrics-file and --progress.

load ../lib/common
load ../lib/records
load ../lib/figures

setup() {
  pg_setup
  sql 'CREATE TABLE t (id integer)'
}

teardown() { common_teardown; }

figures_are() { [ "$(for name in read settled committed duplicate quarantined rejected; do value f.prom "records_${name}_total"; done | xargs)" = "$*" ]; }

# feed: start pg-load with these options on the data written to descriptor 8.
feed() {
  mkfifo pipe
  pg-load -t t "$@" <pipe >out 2>err 3>&- &
  echo $! >pid
  exec 8>pipe
}

@test "--metrics-file: counts of the records, time of the last commit, and no other file left" {
  { records 1 20; records 1 5; record 21 '{"id":"x"}'; printf '{"sqs":{"receipt_handle":"h9"},"error":{"stage":"mask","code":"x"}}\n'
    echo '{"body":{"id":7}}'; } >in
  mkdir figures
  load_in -t t --metrics-file figures/f.prom
  [ "$status" -eq 1 ]
  cd figures
  well_formed f.prom pg-load 'table="t"'
  figures_are 28 28 21 5 1 1
  [ "$(value f.prom records_unkeyed_total) $(value f.prom batches_total) $(value f.prom records_in_hand) $(value f.prom faults_total)" = '1 1 0 0' ]
  recent f.prom
  at=$(value f.prom last_success_timestamp_seconds)
  [ "$(ls)" = f.prom ]
  [ "$(value f.prom last_exit_status)" = 1 ]
  # Rejected records alone are no success.
  record 41 '{"id":"x"}' | pg-load -t t --no-quarantine --metrics-file r.prom >out || [ $? -eq 1 ]
  [ "$(value r.prom records_rejected_total) $(value r.prom last_success_timestamp_seconds)" = '1 0.000' ]
  record 41 '{"id":"x"}' | pg-load -t t --metrics-file r.prom >out
  [ "$(value r.prom last_success_timestamp_seconds)" != 0.000 ]
  rm r.prom
  # Counts go on from run to run. A run without a commit keeps the time of the last one; a dry run
  # has none.
  pg-load -t t --metrics-file f.prom </dev/null
  figures_are 28 28 21 5 1 1
  [ "$(value f.prom last_exit_status)" = 0 ]
  [ "$(value f.prom last_success_timestamp_seconds)" = "$at" ]
  records 31 40 | pg-load -t t --metrics-file f.prom --dry-run >out
  figures_are 38 38 21 5 1 1
  [ "$(value f.prom last_success_timestamp_seconds)" = "$at" ]
}

@test "--metrics-file during a run: records read and in hand before the commit, faults, with several connections" {
  feed --metrics-file f.prom --jobs 3 --batch-rows 2
  eventually 60 test -s f.prom
  # The batches wait for a lock on the table.
  eventually 60 sql 'SELECT FROM t_ledger'
  mkfifo locker
  psql -qX <locker >locked 3>&- 8>&- &
  exec 9>locker
  echo 'BEGIN; LOCK TABLE t; SELECT 1;' >&9
  eventually 60 test -s locked
  records 1 6 >&8
  waits() { [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")" -ge 3 ]; }
  eventually 60 waits
  in_hand() { [ "$(value f.prom records_in_hand) $(value f.prom records_read_total) $(value f.prom records_settled_total)" = '6 6 0' ]; }
  eventually 60 in_hand
  # The waiting sessions are terminated: faults, and still every row once.
  sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()" >/dev/null
  faults() { [ "$(value f.prom faults_total)" -ge 3 ]; }
  eventually 60 faults
  echo 'COMMIT; \q' >&9
  exec 8>&- 9>&-
  wait "$(<pid)"
  figures_are 6 6 6 0 0 0
  well_formed f.prom pg-load 'table="t"'
}

# renewed: the metrics file is no longer ${inode}, though its content may be the same.
renewed() {
  [ "$(stat -c %i f.prom)" != "$inode" ]
}

@test "--metrics-file is updated while the server is away, and while no process reads the verdicts" {
  PGHOST=$PWD feed --metrics-file f.prom
  eventually 60 test -s f.prom
  inode=$(stat -c %i f.prom)
  eventually 25 renewed
  kill -9 "$(<pid)"
  wait "$(<pid)" || true
  exec 8>&-
  rm f.prom pipe
  records 1 5000 >in
  mkfifo verdicts
  pg-load -t t --metrics-file f.prom <in >verdicts 2>err 3>&- &
  echo $! >pid
  exec 9<verdicts
  read -r _ <&9
  inode=$(stat -c %i f.prom)
  eventually 25 renewed
  [ "$(value f.prom records_settled_total)" = 5000 ]
  cat <&9 >/dev/null
  wait "$(<pid)"
}

@test "--metrics-file is updated, without busy waiting, while a failed run has verdicts to print" {
  sql "CREATE FUNCTION wrong() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
      IF NEW.id > 2000 THEN RAISE EXCEPTION 'no' USING ERRCODE = 'data_corrupted'; END IF; RETURN NEW; END \$\$"
  sql 'CREATE TRIGGER wrong BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION wrong()'
  mkfifo verdicts
  records 1 2010 >in
  pg-load -t t --batch-rows 2000 --metrics-file f.prom <in >verdicts 2>err 3>&- &
  echo $! >pid
  exec 9<verdicts
  eventually 60 test -s f.prom
  sleep 1 # then it only waits
  inode=$(stat -c %i f.prom)
  eventually 25 renewed
  ticks() { awk '{ print $14 + $15 }' "/proc/$(<pid)/stat"; }
  before=$(ticks)
  sleep 1
  [ $(($(ticks) - before)) -lt $(($(getconf CLK_TCK) / 4)) ]
  status=0
  cat <&9 >out
  wait "$(<pid)" || status=$?
  [ "$status" -eq 69 ]
  [ "$(tally)" = '2000 committed' ]
}

@test "--metrics-file: a file that cannot be written ends the run at its start, 74; later it is a warning" {
  records 1 3 >in
  for file in no/such/folder . /dev/null /dev/full; do
    load_in -t t --metrics-file "$file"
    [ "$status" -eq 74 ]
    [[ $(<err) == "pg-load: error: cannot write $file: "* ]]
    [ ! -s out ]
  done
  [[ $(<err) == *': it is not a regular file'* ]]
  [ -c /dev/null ]
  [ "$(sql 'SELECT count(*) FROM t')" = 0 ]
  mkdir gone
  feed --metrics-file gone/file
  eventually 60 test -e gone/file
  rm -r gone
  cat in >&8
  exec 8>&-
  wait "$(<pid)"
  grep -q '^pg-load: warning: cannot write gone/file: ' err
  [ "$(grep -c warning err)" -eq 1 ]
  [ "$(wc -l <out)" -eq 3 ]
  run -64 pg-load -t t --prune-ledger 30d --metrics-file f.prom
}

@test "--progress: a live line on a terminal, cleared before each message and the summary; else nothing" {
  records 1 300 >in
  record 301 '{"id":"x"}' >>in
  script -qec 'stty cols 100; pg-load -t t -j 2 --batch-rows 10 --progress <in >out' /dev/null </dev/null >shown 3>&- 4>&-
  grep -qP '\rpg-load: [0-9]+ records, [0-9.]+/s, (none in hand|oldest [0-9.]+ s) *\r' shown
  grep -qP '\r +\r(pg-load: (warning: line 301|committed=300) .*)\r' shown
  grep -q 'pg-load: committed=300 ' shown
  # No message begins behind a live line.
  run -1 grep -P '/s, [^\r]*pg-load: ' shown
  sed -i '$d' in
  run --separate-stderr -0 pg-load -t t --progress <in
  [ -z "$stderr" ]
}

@test "a failed run waits without busy waiting for a batch that is still at work" {
  sql "CREATE FUNCTION wrong() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
      IF NEW.id <= 2 THEN PERFORM pg_advisory_xact_lock(77);
      ELSIF NEW.id = 4 THEN RAISE EXCEPTION 'no' USING ERRCODE = 'data_corrupted'; END IF; RETURN NEW; END \$\$"
  sql 'CREATE TRIGGER wrong BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION wrong()'
  mkfifo holder
  psql -qX <holder >held 3>&- &
  exec 8>holder
  echo 'SELECT pg_advisory_lock(77);' >&8
  eventually 60 test -s held
  records 1 7 | pg-load -t t --jobs 2 --batch-rows 2 >out 2>err 3>&- 8>&- &
  echo $! >pid
  failed() { [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pg-load' AND state = 'active'")" -eq 1 ]; }
  eventually 60 failed
  sleep 2 # longer than the linger of the rest
  before=$(awk '{ print $14 + $15 }' "/proc/$(<pid)/stat")
  sleep 1
  [ $(($(awk '{ print $14 + $15 }' "/proc/$(<pid)/stat") - before)) -lt $(($(getconf CLK_TCK) / 4)) ]
  exec 8>&-
  status=0
  wait "$(<pid)" || status=$?
  [ "$status" -eq 69 ]
  [ "$(tally)" = '2 committed' ]
}
