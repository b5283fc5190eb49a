#ifndef PG_LOAD_STORED_RECORD_H
#define PG_LOAD_STORED_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "json/path.h"
#include "json/scan.h"
#include "record/record.h"

/*
 * A record as the error table keeps it: its line in ASCII, without the receipt handle. A reader of
 * the table could delete the message with it, and after the visibility timeout it has no use.
 */
struct stored_record {
    struct json_paths *paths;
    struct record_nodes nodes;
    struct json_matches matches;
    struct buf line;
};

/* Return 0, or -1 when memory runs out. Close it in any case. */
int stored_record_open(struct stored_record *stored);
void stored_record_close(struct stored_record *stored);

/*
 * Append line[0, length). With ${is_json} it is written as JSON in ASCII, else as
 * pg_errors_escape() writes bytes. From a line that is not JSON, a handle that is whole before the
 * syntax error is left out. Return 0 or -1.
 */
int stored_record_write(struct stored_record *stored, struct buf *out, const char *line,
    size_t length, bool is_json);

#endif
