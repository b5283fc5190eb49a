# For tests of pg-load: types that report a bad value with an SQLSTATE that otherwise means the
# statement (class 42, 3F) or a server in trouble (XX000). Needs lib/records.

# odd_types: print COLUMN TYPE GOOD BAD SQLSTATE of each, on the present server. hstore is among them
# since version 16. A type inside a domain or an array is found too.
odd_types() {
  local hstore=XX000
  [ "$(sql "SELECT current_setting('server_version_num')::integer / 10000")" -lt 16 ] || hstore=42601
  cat <<END
vector tsvector a 'open 42601
query tsquery a&b a& 42601
path jsonpath $.a $. 42601
class regclass pg_class nosuch 42P01
schema regnamespace public nosuch 3F000
type regtype integer nosuch 42704
role regrole postgres nosuch 42704
config regconfig english nosuch 42704
proc regprocedure lower(text) nosuch(text) 42883
operator regoperator +(integer,integer) +(tsvector,box) 42883
acl aclitem postgres=r/postgres nosuch=r/postgres 42704
tree ltree a.b a..b 42601
label lquery a.* a.{ 42601
store hstore k=>v k=> $hstore
int query_int 1&2 1& 42601
segment seg 1..2 x..y 42601
domain vectors a 'open 42601
list ltree[] {a.b} {a..b} 42601
END
}

# odd_database: create a database, with all that odd_types() names and a table of them.
odd_database() {
  servers_database "$1"
  sql 'CREATE EXTENSION ltree; CREATE EXTENSION hstore; CREATE EXTENSION intarray; CREATE EXTENSION seg;
    CREATE DOMAIN vectors AS tsvector CHECK (length(VALUE) < 100)'
  odd_types >types
  sql "CREATE TABLE odd (id integer PRIMARY KEY$(awk '{ printf ", \"%s\" %s", $1, $2 }' types)) PARTITION BY HASH (id);
    CREATE TABLE odd_0 PARTITION OF odd FOR VALUES WITH (MODULUS 2, REMAINDER 0);
    CREATE TABLE odd_1 PARTITION OF odd FOR VALUES WITH (MODULUS 2, REMAINDER 1)"
}

# odd_records N [COLUMN]: write to ./in N good records with a value for each type (or that of COLUMN
# alone), and among them a bad one for each. ./wanted gets "MESSAGE-ID
# SQLSTATE
# COLUMN" of the bad ones.
odd_records() {
  awk -v n="$1" -v only="${2:-}" '
    { column[NR] = $1; good[NR] = $3; bad[NR] = $4; state[NR] = $5 }
    function write(id, at,   i, text) {
      text = ""
      for (i = 1; i <= NR; i++)
        if (only == "" || only == column[i]) text = text ",\"" column[i] "\":\"" (i == at ? bad[i] : good[i]) "\""
      printf "{\"sqs\":{\"message_id\":\"%08x-0000-4000-8000-%012x\"},\"body\":{\"id\":%d%s}}\n", id, id, id, text
    }
    END {
      for (i = 1; i <= n; i++) {
        write(i, 0)
        for (t = 1; t <= NR; t++)
          if (i == int(n * t / (NR + 1)) && (only == "" || only == column[t])) {
            write(n + t, t)
            printf "%08x-0000-4000-8000-%012x|%s|%s\n", n + t, n + t, state[t], column[t] >"wanted"
          }
      }
    }' types >in
  sort -o wanted wanted
}

# odd_values_are_sorted_out N [COLUMN [load_in-OPTION...]]: load them into the empty table, and check
# every result.
odd_values_are_sorted_out() {
  local n=$1 column=${2:-} bad
  shift $(($# < 2 ? $# : 2))
  rm -f wanted
  odd_records "$n" "$column"
  bad=$(wc -l <wanted)
  sql 'SET client_min_messages = warning; DROP TABLE IF EXISTS odd_errors, odd_ledger; TRUNCATE odd'
  load_in -t odd "$@"
  # shellcheck disable=SC2154  # load_in sets it
  [ "$status" -eq 0 ]
  [ "$(tally)" = "$n committed $bad quarantined" ]
  sql 'SELECT message_id, sqlstate, column_name FROM odd_errors' | sort | diff wanted -
  [ "$(sql 'SELECT count(*), count(DISTINCT id), max(id) FROM odd')" = "$n|$n|$n" ]
  [ "$(sql 'SELECT count(*) FROM odd_ledger')" = "$n" ]
}
