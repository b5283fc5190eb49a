-- The two tables that pg-load keeps beside the one it loads into, for those whose
-- loader may not create tables itself:
--
--   psql -v table=user_logins -f pg-load.sql
--   psql -v schema=app -v table=user_logins -f pg-load.sql
--
-- and then pg-load --no-create. What the loader's role needs:
--
--   GRANT INSERT ON user_logins TO loader;
--   GRANT SELECT, INSERT, DELETE ON user_logins_ledger TO loader;
--   GRANT SELECT, INSERT, UPDATE ON user_logins_errors TO loader;
--
-- A ledger that sqs2pg 0.1.0 made lacks the column "content" and that index, and its
-- keys are message ids. pg-load brings it up to date by itself where its role owns it;
-- otherwise the owner does, while no pg-load of 0.1.0 runs:
--
--   BEGIN;
--   ALTER TABLE user_logins_ledger ADD COLUMN content bytea;
--   CREATE INDEX ON user_logins_ledger USING brin (loaded_at);
--   SELECT format('COMMENT ON TABLE user_logins_ledger IS %L', 'Keys written until ' ||
--     to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') ||
--     ' are message ids, of sqs2pg 0.1.0: while there are any, records are looked up by both')
--   \gexec
--   COMMIT;

-- A ledger says in its comment by what jq its keys were made, if --key goes through a
-- filter: 1.6 rounds numbers, later ones keep digits. pg-load writes it where its role
-- owns the ledger; otherwise the owner does, while the ledger is empty, on a system with
-- jq 1.7 or later (without it, keys that differ from those of 1.6 are refused):
--
--   COMMENT ON TABLE user_logins_ledger IS
--     'Keys that a filter made are of a jq that keeps digits';

\set ON_ERROR_STOP on

\if :{?table}
\else
\warn 'usage: psql [-v schema=SCHEMA] -v table=TABLE -f pg-load.sql'
-- The only way to end psql with a status of failure is a statement that fails.
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

-- The keys of committed rows, in the order of time; pg-load(1) says how they are made.
CREATE TABLE :"schema".:"ledger" (
  key uuid PRIMARY KEY,
  loaded_at timestamptz NOT NULL DEFAULT now(),
  content bytea                  -- with --key: a digest of what was loaded
);
CREATE INDEX ON :"schema".:"ledger" USING brin (loaded_at);

-- What was refused, once for each message however often it was delivered.
CREATE TABLE :"schema".:"errors" (
  key uuid PRIMARY KEY,          -- of the message, made as in the ledger
  message_id text,
  ledger_key uuid,               -- by which a corrected replay is known again
  content uuid NOT NULL,         -- digest of the record without its "sqs"
  stage text NOT NULL,           -- which program refused it: pull, mask, load
  code text NOT NULL,            -- one word for why; "refused": the server did
  sqlstate text,
  column_name text,
  constraint_name text,
  record text NOT NULL,          -- ASCII: the line as JSON, without its receipt handle, or,
                                 -- when it is no JSON,
                                 -- the bytes as decode(record, 'escape') reads them
  count bigint NOT NULL DEFAULT 1,
  first_at timestamptz NOT NULL DEFAULT now(),
  last_at timestamptz NOT NULL DEFAULT now(),
  resolved_at timestamptz        -- when a corrected replay of it was committed
);
CREATE INDEX ON :"schema".:"errors" (ledger_key) WHERE resolved_at IS NULL;
CREATE INDEX ON :"schema".:"errors" (message_id) WHERE resolved_at IS NULL;

COMMIT;
