#include <stddef.h>
#include <string.h>

#include "pg/sqlstate.h"

struct rule {
    const char *prefix;
    enum pg_error_kind kind;
};

/*
 * States without a rule are isolated: 22 (data), 23 (constraints), P0001 (RAISE in a trigger), and
 * any that a trigger or a later server invents. 25P03, 25P04 and class 58 never come from a record.
 */
static const struct rule faults[] = {
    { "08", PG_FAULT },    /* connection */
    { "25006", PG_FAULT }, /* read-only: a standby, or a primary that is shutting down */
    { "25P03", PG_FAULT }, /* idle in transaction for too long */
    { "25P04", PG_FAULT }, /* transaction for too long */
    { "40001", PG_FAULT }, /* serialization */
    { "40P01", PG_FAULT }, /* deadlock */
    { "53", PG_FAULT },    /* disk full, too many connections, out of memory */
    { "55P03", PG_FAULT }, /* lock timeout */
    { "57014", PG_FAULT }, /* statement timeout */
    { "57P0", PG_FAULT },  /* shutdown, crash, starting up */
    { "58", PG_FAULT },    /* the server's file system */
};

/* About a statement. */
static const struct rule stops[] = {
    { "28", PG_STOP }, /* login */
    { "3D", PG_STOP }, /* database */
    { "3F", PG_STOP }, /* schema */
    { "42", PG_STOP }, /* no such table or column, no right to it */
    { "XX", PG_STOP }, /* corruption */
};

/*
 * About rows. Input functions raise 42 and 3F for values (tsvector, jsonpath, ltree, regclass), a
 * trigger any class. XX000 comes from old types (hstore before 16), and from a server in trouble.
 */
static const struct rule row_stops[] = {
    { "XX000", PG_UNPROVEN },
    { "XX", PG_STOP },
};

static enum pg_error_kind find(const struct rule *rules, size_t count, const char *sqlstate)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(sqlstate, rules[i].prefix, strlen(rules[i].prefix)) == 0)
            return rules[i].kind;
    return PG_ISOLATED;
}

static enum pg_error_kind kind_of(const struct rule *rules, size_t count, const char *sqlstate)
{
    if (sqlstate == NULL || *sqlstate == '\0')
        return PG_FAULT;
    enum pg_error_kind found = find(faults, sizeof faults / sizeof *faults, sqlstate);
    return found == PG_ISOLATED ? find(rules, count, sqlstate) : found;
}

enum pg_error_kind pg_sqlstate_kind(const char *sqlstate)
{
    return kind_of(stops, sizeof stops / sizeof *stops, sqlstate);
}

enum pg_error_kind pg_sqlstate_row_kind(const char *sqlstate)
{
    return kind_of(row_stops, sizeof row_stops / sizeof *row_stops, sqlstate);
}

bool pg_sqlstate_is_value(const char *sqlstate)
{
    return strncmp(sqlstate, "22", 2) == 0 || strncmp(sqlstate, "23", 2) == 0 ||
        strcmp(sqlstate, "P0001") == 0;
}

bool pg_sqlstate_is_statement(const char *sqlstate)
{
    return pg_sqlstate_kind(sqlstate) == PG_STOP;
}

/* The names of errcodes.txt: those that a value, a statement or a connection can raise. */
static const struct {
    const char *state;
    const char *name;
} names[] = {
    { "0A000", "feature_not_supported" },
    { "21000", "cardinality_violation" },
    { "22000", "data_exception" },
    { "22001", "string_data_right_truncation" },
    { "22003", "numeric_value_out_of_range" },
    { "22004", "null_value_not_allowed" },
    { "22007", "invalid_datetime_format" },
    { "22008", "datetime_field_overflow" },
    { "22009", "invalid_time_zone_displacement_value" },
    { "2200H", "sequence_generator_limit_exceeded" },
    { "2200M", "invalid_xml_document" },
    { "2200N", "invalid_xml_content" },
    { "22012", "division_by_zero" },
    { "22015", "interval_field_overflow" },
    { "2201B", "invalid_regular_expression" },
    { "2201E", "invalid_argument_for_logarithm" },
    { "2201F", "invalid_argument_for_power_function" },
    { "22021", "character_not_in_repertoire" },
    { "22023", "invalid_parameter_value" },
    { "22024", "unterminated_c_string" },
    { "22025", "invalid_escape_sequence" },
    { "22026", "string_data_length_mismatch" },
    { "2202E", "array_subscript_error" },
    { "22030", "duplicate_json_object_key_value" },
    { "22032", "invalid_json_text" },
    { "22P01", "floating_point_exception" },
    { "22P02", "invalid_text_representation" },
    { "22P03", "invalid_binary_representation" },
    { "22P04", "bad_copy_file_format" },
    { "22P05", "untranslatable_character" },
    { "23000", "integrity_constraint_violation" },
    { "23001", "restrict_violation" },
    { "23502", "not_null_violation" },
    { "23503", "foreign_key_violation" },
    { "23505", "unique_violation" },
    { "23514", "check_violation" },
    { "23P01", "exclusion_violation" },
    { "25006", "read_only_sql_transaction" },
    { "27000", "triggered_data_change_violation" },
    { "28000", "invalid_authorization_specification" },
    { "28P01", "invalid_password" },
    { "3D000", "invalid_catalog_name" },
    { "3F000", "invalid_schema_name" },
    { "40001", "serialization_failure" },
    { "40P01", "deadlock_detected" },
    { "42501", "insufficient_privilege" },
    { "42601", "syntax_error" },
    { "42602", "invalid_name" },
    { "42622", "name_too_long" },
    { "42703", "undefined_column" },
    { "42704", "undefined_object" },
    { "42725", "ambiguous_function" },
    { "42804", "datatype_mismatch" },
    { "42809", "wrong_object_type" },
    { "42846", "cannot_coerce" },
    { "42883", "undefined_function" },
    { "428C9", "generated_always" },
    { "42P01", "undefined_table" },
    { "42P10", "invalid_column_reference" },
    { "44000", "with_check_option_violation" },
    { "53000", "insufficient_resources" },
    { "53100", "disk_full" },
    { "53200", "out_of_memory" },
    { "53300", "too_many_connections" },
    { "54000", "program_limit_exceeded" },
    { "54001", "statement_too_complex" },
    { "55000", "object_not_in_prerequisite_state" },
    { "55006", "object_in_use" },
    { "55P03", "lock_not_available" },
    { "57014", "query_canceled" },
    { "57P01", "admin_shutdown" },
    { "57P02", "crash_shutdown" },
    { "57P03", "cannot_connect_now" },
    { "58000", "system_error" },
    { "58030", "io_error" },
    { "P0001", "raise_exception" },
    { "P0002", "no_data_found" },
    { "P0004", "assert_failure" },
    { "XX000", "internal_error" },
    { "XX001", "data_corrupted" },
    { "XX002", "index_corrupted" },
};

const char *pg_sqlstate_name(const char *sqlstate)
{
    for (size_t i = 0; sqlstate != NULL && i < sizeof names / sizeof *names; i++)
        if (strcmp(sqlstate, names[i].state) == 0)
            return names[i].name;
    return NULL;
}
