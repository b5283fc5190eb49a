/*
 * The work of pg-load on records before the server gets them: rows in COPY's format by the map of
 * user_logins, and the ledger keys in order. Runs in the folder that contains share/.
 */
#include "../cmd/pg-load/plan_build.h"
#include "../cmd/pg-load/row.h"
#include "guard.h"
#include "texts.h"

static struct row_batch batch;
static struct row_reader reader;

/* The table of share/sql/user_logins.sql, as the catalogue describes it. */
static const struct pg_table *user_logins(void)
{
#define COLUMN(column, kind) \
    .name = (column), .quoted = (column), .loadable = true, .binary = PG_COPY_BINARY_##kind
    static char names[][32] = { "user_id", "device_type", "masked_ip", "masked_device_id", "locale",
        "app_version", "create_date" };
    static struct pg_column columns[] = { { COLUMN(names[0], BYTES) }, { COLUMN(names[1], BYTES) },
        { COLUMN(names[2], BYTES) }, { COLUMN(names[3], BYTES) }, { COLUMN(names[4], BYTES) },
        { COLUMN(names[5], INT4) }, { COLUMN(names[6], DATE), .date = true } };
    static char name[] = "user_logins";
    static struct pg_table table = { .name = name,
        .qualified = name,
        .count = sizeof columns / sizeof *columns,
        .columns = columns };
    return &table;
}

static void open_rows(void)
{
    static struct column_plan plan;
    struct failure failure = { .status = STATUS_OK };
    const struct load_options options = { .table = "user_logins",
        .map = "share/maps/user_logins.map" };
    guard_records(texts_masked_record);
    if (plan_build(&plan, &options, user_logins(), NULL, &failure) != 0)
        guard_require(false, failure.text);
    row_batch_init(&batch, &plan, user_logins());
    guard_require(row_reader_open(&reader, &plan) == 0, "out of memory");
}

static void work_rows(void)
{
    row_batch_clear(&batch);
    for (size_t i = 0; i < guard_count(); i++) {
        const struct line line = guard_line(i);
        guard_require(row_read(&reader, &line, false, &batch) == 0, "out of memory");
    }
    guard_require(row_batch_seal(&batch, true) == 0, "out of memory");
    guard_require(batch.refusal_count == 0 && batch.key_count == GUARD_RECORDS,
        "a row was refused");
}

/* The work of the connection's thread on them. */
static void open_binary(void)
{
    open_rows();
    work_rows();
    guard_require(!batch.text_only, "rows have no binary form");
}

static void work_binary(void)
{
    static char out[1 << 16];
    for (size_t i = 0; i < batch.count; i++) {
        const struct item *item = &batch.items[i];
        const struct group *group = &batch.groups[item->group];
        guard_require(pg_copy_binary_row(out, group->kinds, group->name_count,
                          batch.rows.data + item->row.at, item->row.length) != NULL,
            "no binary form");
    }
}

const struct guard_part guard_parts[] = {
    { "copy", open_rows, work_rows },
    { "copy-binary", open_binary, work_binary },
    { NULL, NULL, NULL },
};
