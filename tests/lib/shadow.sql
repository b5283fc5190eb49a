-- psql -v schema=SCHEMA -f shadow.sql: create in SCHEMA an object of the same name for all of
-- pg_catalog, as far as possible. Functions and operators have the same arguments, and raise an error;
-- those that take any type exist for the types that occur. Types take no value, and relations have no
-- row. A statement that uses a bare name, with SCHEMA before pg_catalog in its search_path, fails or
-- gives another result.
\set ON_ERROR_STOP on
SET search_path = pg_catalog;
SET client_min_messages = warning;
CREATE SCHEMA :"schema";
GRANT USAGE ON SCHEMA :"schema" TO PUBLIC;
SELECT set_config('shadow.schema', :'schema', false) \g /dev/null

CREATE FUNCTION pg_temp.shadow_functions() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  schema text := current_setting('shadow.schema');
  f record;
  any_type text;
  given integer;
  made integer := 0;
  arguments text;
BEGIN
  FOR f IN SELECT p.proname, p.proargtypes, p.pronargs, p.pronargdefaults, p.prosrc
    FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind IN ('f', 'a', 'w')
    AND NOT ('internal'::regtype = ANY (p.proargtypes))
  LOOP
    FOREACH any_type IN ARRAY '{uuid,text,name,int4,int8,oid,regclass}'::text[] LOOP
      FOR given IN f.pronargs - f.pronargdefaults .. f.pronargs LOOP
        SELECT string_agg(CASE
            WHEN t.typname IN ('anyarray', 'anycompatiblearray') THEN any_type || '[]'
            WHEN t.typname IN ('anyelement', 'anynonarray', 'any', 'anycompatible', 'anycompatiblenonarray')
              THEN any_type
            ELSE format_type(t.oid, NULL) END, ', ' ORDER BY a.n)
          INTO arguments
          FROM unnest(f.proargtypes) WITH ORDINALITY a(oid, n) JOIN pg_type t ON t.oid = a.oid
          WHERE a.n <= given;
        BEGIN
          EXECUTE format('CREATE FUNCTION %I.%I(%s) RETURNS integer LANGUAGE plpgsql AS '
            '$shadow$BEGIN RAISE EXCEPTION ''shadow''; END$shadow$',
            schema, f.proname, coalesce(arguments, ''));
          made := made + 1;
        EXCEPTION WHEN OTHERS THEN NULL; -- a pseudo-type, or made already
        END;
      END LOOP;
      -- Only what takes any type differs from round to round.
      EXIT WHEN NOT EXISTS (SELECT FROM unnest(f.proargtypes) a(oid) JOIN pg_type t ON t.oid = a.oid
        WHERE t.typname LIKE 'any%');
    END LOOP;
  END LOOP;
  RETURN made;
END $$;

CREATE FUNCTION pg_temp.shadow_operators() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  schema text := current_setting('shadow.schema');
  o record;
  made integer := 0;
BEGIN
  FOR o IN SELECT p.oprname, format_type(p.oprleft, NULL) AS l, format_type(p.oprright, NULL) AS r,
      format_type(p.oprresult, NULL) AS result
    FROM pg_operator p WHERE p.oprnamespace = 'pg_catalog'::regnamespace AND p.oprkind = 'b'
  LOOP
    BEGIN
      EXECUTE format('CREATE FUNCTION %I.shadow_operator_%s(%s, %s) RETURNS %s LANGUAGE plpgsql AS '
        '$shadow$BEGIN RAISE EXCEPTION ''shadow''; END$shadow$', schema, made, o.l, o.r, o.result);
      EXECUTE format('CREATE OPERATOR %I.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = %I.shadow_operator_%s)',
        schema, o.oprname, o.l, o.r, schema, made);
      made := made + 1;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END LOOP;
  RETURN made;
END $$;

CREATE FUNCTION pg_temp.shadow_names() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  schema text := current_setting('shadow.schema');
  n record;
  made integer := 0;
BEGIN
  FOR n IN SELECT c.oid, c.relname FROM pg_class c
    WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind IN ('r', 'v') AND c.relname NOT LIKE 'pg\_statistic%'
  LOOP
    -- All columns but those of no type.
    EXECUTE format('CREATE VIEW %I.%I AS SELECT %s FROM pg_catalog.%I WHERE false', schema, n.relname,
      (SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute WHERE attrelid = n.oid AND attnum > 0
        AND NOT attisdropped AND atttypid <> 'anyarray'::regtype), n.relname);
    made := made + 1;
  END LOOP;
  FOR n IN SELECT t.typname FROM pg_type t WHERE t.typnamespace = 'pg_catalog'::regnamespace
    AND t.typtype = 'b' AND t.typname NOT LIKE '\_%' AND t.typname NOT IN ('cstring', 'unknown')
  LOOP
    BEGIN
      EXECUTE format('CREATE DOMAIN %I.%I AS pg_catalog.%I CHECK (false)', schema, n.typname, n.typname);
      made := made + 1;
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END LOOP;
  RETURN made;
END $$;

SELECT pg_temp.shadow_functions() || ' functions, ' || pg_temp.shadow_operators() || ' operators, '
  || pg_temp.shadow_names() || ' names';
