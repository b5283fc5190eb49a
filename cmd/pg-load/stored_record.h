#ifndef PG_LOAD_STORED_RECORD_H
#define PG_LOAD_STORED_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "json/path.h"
#include "json/scan.h"
#include "record/record.h"

/*
 * A record as the error table keeps it: its line in ASCII, without the receipt handle. Whoever may
 * read the table could delete the message by it, and after the visibility timeout it is of no use.
 */
struct stored_record {
    struct json_paths *paths;
    struct record_nodes nodes;
    struct json_matches matches;
    struct buf line;
};

int stored_record_open(
    struct stored_record *stored); /* 0, or -1: out of memory; close it in any case */
void stored_record_close(struct stored_record *stored);

/*
 * Append line[0, length): ${is_json}, as JSON in ASCII; else as pg_errors_escape() writes bytes. Of
 * a line that is no JSON the handle is left out where it stands whole before the fault. 0, or -1.
 */
int stored_record_write(struct stored_record *stored, struct buf *out, const char *line,
    size_t length, bool is_json);

#endif
