# For tests of pg-load: records that a server refuses, for each possible reason. Needs lib/records.

# spread N REFUSED: create a table t, and write records 1 to N to ./in. REFUSED of them, at random
# places, have something wrong. It is another type, too long, NULL, against a CHECK, a UNIQUE, a
# foreign key and a deferred one, not UTF-8, or with U+0000. ./wanted gets
# "MESSAGE-ID|SQLSTATE or code|COLUMN|CONSTRAINT" of each, sorted.
spread() {
  sql 'CREATE TABLE parent (id integer PRIMARY KEY); INSERT INTO parent SELECT generate_series(1, 10)'
  sql 'CREATE TABLE t (id integer NOT NULL UNIQUE, v varchar(5), c integer CHECK (c < 100),
    p integer REFERENCES parent, d integer CONSTRAINT later REFERENCES parent DEFERRABLE INITIALLY DEFERRED,
    j jsonb, day date NOT NULL DEFAULT now())'
  # Bytes, not characters: one of the records must be broken.
  LC_ALL=C awk -v n="$1" -v refused="$2" 'BEGIN {
    srand(7)
    for (i = 1; i <= n; i++) {
      id = i; more = ",\"v\":\"ok\",\"p\":" i % 10 + 1 ",\"d\":" i % 10 + 1; why = ""
      if (i > 1 && rand() * (n - i + 1) < refused) {
        kind = refused-- % 11
        if (kind == 0) { more = ",\"v\":\"too long, canary\""; why = "22001|v|" }
        if (kind == 1) { more = ",\"c\":100"; why = "23514||t_c_check" }
        if (kind == 2) { more = ",\"p\":99"; why = "23503||t_p_fkey" }
        if (kind == 3) { more = ",\"d\":99"; why = "23503||later" }
        if (kind == 4) { more = ",\"j\":{\"canary\":\"\\u0000\"}"; why = "22P05|j|" }
        if (kind == 5) { more = ",\"day\":null"; why = "23502|day|" }
        if (kind == 6) { more = ",\"c\":\"canary\""; why = "22P02|c|" }
        if (kind == 7) { more = ",\"day\":\"2026-02-30\""; why = "22008|day|" }
        if (kind == 8) { id = 1; why = "23505||t_id_key" }
        if (kind == 9) { more = ",\"v\":\"canary" sprintf("%c", 255) "\""; why = "utf8||" }
        if (kind == 10) { more = ",\"v\":\"\\u0000\""; why = "nul|v|" }
      }
      printf "{\"sqs\":{\"message_id\":\"%08x-0000-4000-8000-%012x\"},\"body\":{\"id\":%d%s}}\n", i, i, id, more
      if (why != "") printf "%08x-0000-4000-8000-%012x|%s\n", i, i, why >"wanted"
    }
  }' >in
  sort -o wanted wanted
}

# spread_is_sorted_out N REFUSED [load_in-OPTION...]: load ./in and check every result.
spread_is_sorted_out() {
  local good=$(($1 - $2)) refused=$2
  shift 2
  load_in -t t "$@"
  # shellcheck disable=SC2154  # load_in sets it
  [ "$status" -eq 0 ]
  [ "$(wc -l <wanted)" -eq "$refused" ]
  sql 'SELECT message_id, coalesce(sqlstate, code), column_name, constraint_name FROM t_errors' | sort | diff wanted -
  [ "$(tally)" = "$good committed $refused quarantined" ]
  [ "$(sql 'SELECT count(*), count(DISTINCT id) FROM t')" = "$good|$good" ]
  # The verdicts say the same.
  cut -d'|' -f1 wanted >ids
  grep quarantined out | grep -oP '"message_id":"\K[^"]*' | sort | diff ids -
  # In any language of the server.
  run -1 grep -a -e canary -e '2026-02-30' -e DETAIL -e CONTEXT err
}
