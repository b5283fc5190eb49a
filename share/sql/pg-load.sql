-- The two tables that pg-load keeps beside the target table, if the loader's role may not create
-- tables itself:
--
--   psql -v table=user_logins -f pg-load.sql
--   psql -v schema=app -v table=user_logins -f pg-load.sql
--
-- Then use pg-load --no-create. The loader's role needs:
--
--   GRANT INSERT ON user_logins TO loader;
--   GRANT SELECT, INSERT, DELETE ON user_logins_ledger TO loader;
--   GRANT SELECT, INSERT, UPDATE ON user_logins_errors TO loader;
--
-- A ledger of sqs2pg 0.1.0 lacks the column "content" and that index, and its keys are message
-- ids. pg-load updates it by itself if its role owns the ledger. Otherwise the owner must do so,
-- while no pg-load of 0.1.0 runs:
--
--   BEGIN;
--   ALTER TABLE user_logins_ledger ADD COLUMN content bytea;
--   CREATE INDEX ON user_logins_ledger USING brin (loaded_at);
--   SELECT format('COMMENT ON TABLE user_logins_ledger IS %L', 'Keys written until ' ||
--     to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') ||
--     ' are message ids, of sqs2pg 0.1.0: while there are any, records are looked up by both')
--   \gexec
--   COMMIT;

-- If --key uses a filter, the comment of the ledger names the kind of jq that made its keys: 1.6
-- rounds numbers, later versions keep digits. pg-load writes the comment if its role owns the
-- ledger. Otherwise the owner must do so while the ledger is empty, on a system with jq 1.7 or
-- later. Without the comment, keys that differ from those of 1.6 are refused:
--
--   COMMENT ON TABLE user_logins_ledger IS
--     'Keys that a filter made are of a jq that keeps digits';

\set ON_ERROR_STOP on

\if :{?table}
\else
\warn 'usage: psql [-v schema=SCHEMA] -v table=TABLE -f pg-load.sql'
-- psql ends with a status of failure only after a failing statement.
\set VERBOSITY terse
DO $$ BEGIN RAISE EXCEPTION 'no table given'; END $$;
\endif

\if :{?schema}
\else
SELECT current_schema() AS schema \gset
\endif
\set ledger :table _ledger
\set errors :table _errors

BEGIN;

-- The keys of committed rows, in the order of time; pg-load(1) describes them.
CREATE TABLE :"schema".:"ledger" (
  key uuid PRIMARY KEY,
  loaded_at timestamptz NOT NULL DEFAULT now(),
  content bytea                  -- with --key: a digest of the loaded values
);
CREATE INDEX ON :"schema".:"ledger" USING brin (loaded_at);

-- Refused records, one row for each message, even if it was delivered several times.
CREATE TABLE :"schema".:"errors" (
  key uuid PRIMARY KEY,          -- of the message, made as in the ledger
  message_id text,
  ledger_key uuid,               -- identifies a corrected replay
  content uuid NOT NULL,         -- digest of the record without its "sqs"
  stage text NOT NULL,           -- the program that refused it: pull, mask, load
  code text NOT NULL,            -- one word for the cause; "refused": the server refused it
  sqlstate text,
  column_name text,
  constraint_name text,
  record text NOT NULL,          -- ASCII: the line as JSON, without its receipt handle, or,
                                 -- when it is not JSON,
                                 -- the bytes as decode(record, 'escape') reads them
  count bigint NOT NULL DEFAULT 1,
  first_at timestamptz NOT NULL DEFAULT now(),
  last_at timestamptz NOT NULL DEFAULT now(),
  resolved_at timestamptz        -- time of the commit of a corrected replay
);
CREATE INDEX ON :"schema".:"errors" (ledger_key) WHERE resolved_at IS NULL;
CREATE INDEX ON :"schema".:"errors" (message_id) WHERE resolved_at IS NULL;

COMMIT;
