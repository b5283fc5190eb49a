/* pii-scan: a record into its tree of paths. */
#include "../cmd/pii-scan/records.h"
#include "guard.h"
#include "texts.h"

static struct records *records;

static void open_scan(void)
{
    guard_records(texts_long_record);
    records = records_new(".body", true, 4 << 20);
    guard_require(records != NULL, "out of memory");
}

static void work_scan(void)
{
    for (size_t i = 0; i < guard_count(); i++) {
        const struct line line = guard_line(i);
        guard_require(records_line(records, line.text, line.length, i + 1) == 0, "out of memory");
    }
    guard_require(records_counts(records)->malformed == 0, "a record was refused");
}

const struct guard_part guard_parts[] = {
    { "pii-scan", open_scan, work_scan },
    { NULL, NULL, NULL },
};
