#include <string.h>

#include "base/opt.h"
#include "options.h"
#include "pg/dsn.h"
#include "record/record.h"

enum {
    OPT_TABLE = 1,
    OPT_DSN,
    OPT_PASSWORD_COMMAND,
    OPT_MAP,
    OPT_NO_MAP,
    OPT_ROOT,
    OPT_EXPLAIN,
    OPT_PRINT_STATUS,
    OPT_ERROR_TABLE,
    OPT_NO_QUARANTINE,
    OPT_REJECT_FILE,
    OPT_MAX_REJECTS,
    OPT_REQUIRE_MASKED,
    OPT_SEALED_LIMIT,
    OPT_UNKNOWN_KEYS,
    OPT_KEY,
    OPT_STRICT_KEY,
    OPT_UPSERT,
    OPT_NEWER,
    OPT_LEDGER_TABLE,
    OPT_NO_LEDGER,
    OPT_NO_CREATE,
    OPT_DRY_RUN,
    OPT_SHOW_VALUES,
    OPT_PRUNE,
    OPT_FORCE,
    OPT_BATCH_ROWS,
    OPT_BATCH_BYTES,
    OPT_LINGER,
    OPT_JOBS,
    OPT_MAX_RECORD,
    OPT_GRACE,
    OPT_RETRY,
    OPT_METRICS,
    OPT_METRICS_LABEL,
    OPT_PROGRESS
};

static const struct opt table[] = {
    { OPT_TABLE, 't', "table", "TABLE", "load into this table, named as in SQL", NULL },
    { OPT_DSN, 'd', "dsn", "CONNINFO", "connect with this string or database name", NULL },
    { OPT_PASSWORD_COMMAND, '\0', "password-command", "COMMAND",
        "take the first line of its output as the password", NULL },
    { OPT_MAP, 'm', "map", "FILE", "take the values of the columns from this map", NULL },
    { OPT_NO_MAP, '\0', "no-map", NULL, "match columns by name, without any map", NULL },
    { OPT_ROOT, '\0', "root", "PATH", "path of the values in a line, . for plain NDJSON", ".body" },
    { OPT_EXPLAIN, '\0', "explain", NULL, "print where each column takes its value, and end",
        NULL },
    { OPT_PRINT_STATUS, '\0', "print-status", NULL,
        "print recent loads and refusals as JSON, and end", NULL },
    { OPT_ERROR_TABLE, '\0', "error-table", "TABLE", "store refused records in this table", NULL },
    { OPT_NO_QUARANTINE, '\0', "no-quarantine", NULL, "reject refused records, store none", NULL },
    { OPT_REJECT_FILE, '\0', "reject-file", "FILE", "append refused records to this file too",
        NULL },
    { OPT_MAX_REJECTS, '\0', "max-rejects", "N|P%", "end when more records are refused", NULL },
    { OPT_REQUIRE_MASKED, '\0', "require-masked", NULL,
        "reject records that pii-mask has not masked", NULL },
    { OPT_SEALED_LIMIT, '\0', "sealed-limit", "N|none",
        "end when more records in a row could not be masked", "10" },
    { OPT_UNKNOWN_KEYS, '\0', "unknown-keys", "warn|refuse",
        "warn of keys that no column takes, or refuse the record", "warn" },
    { OPT_KEY, '\0', "key", "EXPRESSION", "identify records by this, instead of the message id",
        NULL },
    { OPT_STRICT_KEY, '\0', "strict-key", NULL, "refuse a loaded key with other values", NULL },
    { OPT_UPSERT, '\0', "upsert", "COLUMNS",
        "update the row that has the same values in COLUMNS, if any", NULL },
    { OPT_NEWER, '\0', "newer", "COLUMN", "with --upsert: only if this value is greater", NULL },
    { OPT_LEDGER_TABLE, '\0', "ledger-table", "TABLE",
        "store the keys of loaded records in this table", NULL },
    { OPT_NO_LEDGER, '\0', "no-ledger", NULL, "load every record, even if loaded before", NULL },
    { OPT_NO_CREATE, '\0', "no-create", NULL, "end if the ledger or error table is missing", NULL },
    { OPT_DRY_RUN, 'n', "dry-run", NULL, "do everything, then roll back", NULL },
    { OPT_SHOW_VALUES, '\0', "show-values", NULL, "let messages show the values of records", NULL },
    { OPT_PRUNE, '\0', "prune-ledger", "AGE", "delete ledger keys older than AGE, and end", NULL },
    { OPT_FORCE, '\0', "force", NULL, "prune keys younger than 15 days too", NULL },
    { OPT_BATCH_ROWS, '\0', "batch-rows", "N", "most records in a transaction", "20000" },
    { OPT_BATCH_BYTES, '\0', "batch-bytes", "SIZE", "most bytes in a transaction", "8M" },
    { OPT_LINGER, '\0', "linger", "TIME", "longest wait for more records before a commit",
        "100ms" },
    { OPT_JOBS, 'j', "jobs", "N", "number of parallel connections", "1" },
    { OPT_MAX_RECORD, '\0', "max-record", "SIZE", "longest line, up to 64M", "4M" },
    { OPT_GRACE, '\0', "grace", "TIME", "time to drain a pipe after SIGTERM", "30s" },
    { OPT_RETRY, '\0', "retry-timeout", "TIME", "how long to retry after a fault", "30s" },
    METER_METRICS_FILE(OPT_METRICS),
    METER_METRICS_LABEL(OPT_METRICS_LABEL),
    METER_PROGRESS(OPT_PROGRESS),
};

static const struct opt_command command = {
    .synopsis = "-t TABLE [-d CONNINFO] [-m FILE | --no-map] [--key EXPRESSION | --no-ledger]"
                " [OPTION]...",
    .summary =
        "Load records into a PostgreSQL table and print a verdict for each once it is committed.",
    .options = table,
    .count = sizeof table / sizeof *table,
};

/* The values that set_value() accepts, in words. */
static const char *const allowed[] = {
    [OPT_MAX_REJECTS] = "a number of records, or a percentage from 0% to 100%",
    [OPT_SEALED_LIMIT] = "a number of records, or none",
    [OPT_UNKNOWN_KEYS] = "warn or refuse",
    [OPT_PRUNE] = "a duration such as 30d, from 1ms to 36500d",
    [OPT_BATCH_ROWS] = "a number from 1 to 1000000",
    [OPT_BATCH_BYTES] = "a size from 1 to 256M",
    [OPT_LINGER] = "a duration such as 100ms, from 0 to 1h",
    [OPT_JOBS] = "a number from 1 to 64",
    [OPT_MAX_RECORD] = "a size from 1 to 64M",
    [OPT_GRACE] = "a duration such as 30s, from 0 to 24h",
    [OPT_RETRY] = "a duration such as 30s, from 0 to 24h",
};

enum { LEAST_PRUNE_DAYS = 15 };
static const uint64_t day_ms = UINT64_C(24) * 3600 * 1000;

static bool parse_rejects(const char *value, struct load_options *load)
{
    char number[24];
    size_t length = value == NULL ? 0 : strlen(value);
    load->limited = true;
    load->limit_percent = length > 0 && value[length - 1] == '%';
    if (load->limit_percent)
        length--;
    if (length == 0 || length >= sizeof number)
        return false;
    memcpy(number, value, length);
    number[length] = '\0';
    return opt_number(number, 0, load->limit_percent ? 100 : UINT64_MAX / 2, &load->limit);
}

static bool parse_sealed(const char *value, struct load_options *load)
{
    load->sealed_limit = UINT64_MAX;
    return value != NULL &&
        (strcmp(value, "none") == 0 || opt_number(value, 0, UINT64_MAX / 2, &load->sealed_limit));
}

/* Set an option whose value is checked. Return false when the value is wrong. */
static bool set_value(struct settings *settings, int option, const char *value)
{
    struct load_options *load = &settings->load;
    switch (option) {
    case OPT_MAX_REJECTS:
        return parse_rejects(value, load);
    case OPT_SEALED_LIMIT:
        return parse_sealed(value, load);
    case OPT_UNKNOWN_KEYS:
        load->refuse_unknown = value != NULL && strcmp(value, "refuse") == 0;
        return load->refuse_unknown || (value != NULL && strcmp(value, "warn") == 0);
    case OPT_PRUNE:
        return opt_duration(value, 1, 36500 * day_ms, &settings->prune_ms);
    case OPT_BATCH_ROWS:
        return opt_number(value, 1, 1000000, &load->batch_rows);
    case OPT_BATCH_BYTES:
        return opt_size(value, 1, 256 << 20, &load->batch_bytes);
    case OPT_LINGER:
        return opt_duration(value, 0, 3600000, &load->linger_ms);
    case OPT_JOBS:
        return opt_number(value, 1, 64, &load->jobs);
    case OPT_MAX_RECORD:
        return opt_size(value, 1, RECORD_MAX, &load->max_record);
    case OPT_GRACE:
        return opt_duration(value, 0, day_ms, &load->grace_ms);
    default:
        return opt_duration(value, 0, day_ms, &load->retry_ms);
    }
}

/* Set an option whose value needs no check. Return false when it is another option. */
static bool set_plain(struct settings *settings, int option, const char *value)
{
    struct load_options *load = &settings->load;
    switch (option) {
    case OPT_TABLE:
        load->table = value;
        break;
    case OPT_DSN:
        load->dsn = value;
        break;
    case OPT_PASSWORD_COMMAND:
        load->password_command = value;
        break;
    case OPT_MAP:
        load->map = value;
        break;
    case OPT_NO_MAP:
        load->no_map = true;
        break;
    case OPT_ROOT:
        load->root = value;
        break;
    case OPT_EXPLAIN:
        settings->explain = true;
        break;
    case OPT_ERROR_TABLE:
        load->error_table = value;
        break;
    case OPT_NO_QUARANTINE:
        load->no_quarantine = true;
        break;
    case OPT_REJECT_FILE:
        load->reject_file = value;
        break;
    case OPT_REQUIRE_MASKED:
        load->require_masked = true;
        break;
    case OPT_KEY:
        load->key = value;
        break;
    case OPT_STRICT_KEY:
        load->strict_key = true;
        break;
    case OPT_UPSERT:
        settings->upsert = value;
        break;
    case OPT_NEWER:
        settings->newer = value;
        break;
    case OPT_LEDGER_TABLE:
        load->ledger_table = value;
        break;
    case OPT_NO_LEDGER:
        load->no_ledger = true;
        break;
    case OPT_NO_CREATE:
        load->no_create = true;
        break;
    case OPT_DRY_RUN:
        load->dry_run = true;
        break;
    case OPT_METRICS:
        load->meter.metrics_file = value;
        break;
    case OPT_PROGRESS:
        load->meter.progress = true;
        break;
    case OPT_SHOW_VALUES:
        load->show_values = true;
        break;
    case OPT_FORCE:
        settings->force = true;
        break;
    default:
        return false;
    }
    return true;
}

/* Check --upsert and --newer. Return 0, or the exit status. */
static int check_upsert(struct settings *settings)
{
    if (settings->upsert == NULL)
        return settings->newer == NULL ? 0 : opt_usage("--newer needs --upsert");
    if (settings->prune_ms != 0)
        return opt_usage("--upsert and --prune-ledger exclude each other");
    const char *wrong =
        upsert_names_parse(&settings->load.upsert, settings->upsert, settings->newer);
    return wrong == NULL ? 0 : opt_usage("%s", wrong);
}

/* Check the options for conflicts. Return 0, or the exit status. */
static int check(const struct settings *settings)
{
    const struct load_options *load = &settings->load;
    if (load->table == NULL)
        return opt_usage("no table given (-t)");
    if (load->password_command != NULL &&
        load->password_command[strspn(load->password_command, " \t\r\n")] == '\0')
        return opt_usage("--password-command takes a command");
    if (load->map != NULL && load->no_map)
        return opt_usage("--map and --no-map exclude each other");
    if (load->no_ledger &&
        (load->key != NULL || load->ledger_table != NULL || settings->prune_ms != 0))
        return opt_usage("--no-ledger excludes --key, --ledger-table and --prune-ledger");
    if (load->strict_key && load->key == NULL)
        return opt_usage("--strict-key needs --key");
    if (load->no_quarantine && load->error_table != NULL)
        return opt_usage("--error-table and --no-quarantine exclude each other");
    if (settings->prune_ms != 0 && (load->dry_run || settings->explain))
        return opt_usage("--prune-ledger excludes --dry-run and --explain");
    if (settings->print_status && (settings->prune_ms != 0 || settings->explain))
        return opt_usage("--print-status excludes --prune-ledger and --explain");
    if (load->meter.metrics_file != NULL && settings->prune_ms != 0)
        return opt_usage("--metrics-file and --prune-ledger exclude each other");
    if (settings->force && settings->prune_ms == 0)
        return opt_usage("--force needs --prune-ledger");
    if (settings->prune_ms != 0 && settings->prune_ms < LEAST_PRUNE_DAYS * day_ms &&
        !settings->force)
        return opt_usage(
            "a message can come back for 14 days: --prune-ledger under 15d needs --force");
    switch (load->dsn == NULL ? PG_DSN_OK : pg_dsn_check(load->dsn)) {
    case PG_DSN_MALFORMED:
        return opt_usage("--dsn is not a connection string");
    case PG_DSN_SECRET:
        return opt_usage("--dsn holds a password, which others could see; use PGPASSFILE");
    case PG_DSN_OK:
        break;
    }
    return 0;
}

bool options_parse(int argc, char **argv, struct settings *settings, int *status)
{
    struct opt_parser parser;
    const char *value;
    int option;
    *settings = (struct settings){ .load = { .batch_rows = 20000,
                                       .batch_bytes = 8 << 20,
                                       .linger_ms = 100,
                                       .jobs = 1,
                                       .sealed_limit = 10,
                                       .max_record = RECORD_DEFAULT_MAX,
                                       .grace_ms = 30000,
                                       .retry_ms = 30000 } };
    opt_start(&parser, &command, argc, argv);
    while ((option = opt_next(&parser, &value)) != OPT_END) {
        if (option == OPT_EXIT) {
            *status = parser.exit_status;
            return false;
        }
        if (option == OPT_OPERAND) {
            *status = opt_no_operand("records");
            return false;
        }
        const char *name = table[option - 1].name;
        if (value != NULL && *value == '\0') {
            *status = opt_usage("option --%s needs a value", name);
            return false;
        }
        if (option == OPT_PRINT_STATUS) {
            settings->print_status = true;
            continue;
        }
        if (option == OPT_METRICS_LABEL) {
            *status = meter_take_label(value, &settings->load.meter);
            if (*status != 0)
                return false;
            continue;
        }
        if (!set_plain(settings, option, value) && !set_value(settings, option, value)) {
            *status = opt_usage("--%s takes %s", name, allowed[option]);
            return false;
        }
    }
    *status = check(settings);
    if (*status == 0)
        *status = check_upsert(settings);
    return *status == 0;
}
