#!/usr/bin/env bats
# The README's recipes for one person, for columns in place and for the copy of a key, as they stand.

load ../lib/common
load ../lib/pii

setup() {
  pii_setup
  fresh_database
}

@test "a person is found, the column is moved to another key in place, and the person is erased" {
  psql -q -c 'create table user_logins (user_id varchar(128), masked_ip varchar(256))'
  for i in 7 8 9; do echo '{"sqs":{"queue_url":"q","message_id":"m'$i'","receipt_handle":"h"},"body":{"user_id":"u'$i'","ip":"203.0.113.'$i'"}}'; done | pii-mask -q -k k | pg-load -q -t user_logins --no-map >/dev/null
  echo 203.0.113.7 | pii-mask -q -k k --lines .ip >tokens
  [ "$(psql -At -v t="$(paste -sd, tokens)" <<<"select user_id from user_logins where masked_ip = any(string_to_array(:'t', ','))")" = u7 ]
  pii-keygen -q --rotate k
  psql -Atc "select json_build_object('old', masked_ip, 'masked_ip', masked_ip)
               from (select distinct masked_ip from user_logins where masked_ip like 'siv1.%') t" |
      pii-mask -q -k k --root . --rewrap | jq -r '[.old, .masked_ip] | @tsv' >moved.tsv
  psql -q -1 -c 'create temp table moved (old text primary key, new text)' -c '\copy moved from moved.tsv' \
      -c 'update user_logins set masked_ip = new from moved where masked_ip = old'
  echo 203.0.113.7 | pii-mask -q -k k --lines .ip | head -1 >tokens
  psql -q -v t="$(paste -sd, tokens)" <<'END'
    delete from user_logins where masked_ip = any(string_to_array(:'t', ','));
    delete from user_logins_errors where exists
      (select from unnest(string_to_array(:'t', ',')) token where strpos(record::text, token) > 0);
END
  [ "$(psql -Atc 'select string_agg(user_id, $$ $$ order by user_id) from user_logins')" = 'u8 u9' ]
}

@test "the copy of a key is tested by a token of a known value" {
  echo 192.0.2.1 | pii-mask -q -k k --lines .ip | head -1 >canary
  cp k copy
  [ "$(pii-unmask -q -k <(cat copy) --lines .ip <canary)" = 192.0.2.1 ]
  key other 2>/dev/null
  run -1 --separate-stderr bash -c 'pii-unmask -q -k <(cat other) --lines .ip <canary'
  [ -z "$output" ]
}
