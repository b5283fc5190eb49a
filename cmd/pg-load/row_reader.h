#ifndef PG_LOAD_ROW_READER_H
#define PG_LOAD_ROW_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "column_plan.h"
#include "field.h"
#include "json/scan.h"
#include "record/salvage.h"

struct split;

/* The reader of the values of lines (row.h), one line after the other. */
struct row_reader {
    const struct column_plan *plan;
    struct json_matches matches;
    struct salvage *salvage;
    uint32_t *last;            /* by node: 1 + index of its last match, 0: none */
    const struct split *split; /* of the run, to look up each record; or NULL */
    bool repeated;             /* some node has more than one match */
    uint64_t *present;         /* by source: a bit for each that has a value */
    struct field_scratch scratch;
    struct buf text;     /* a decoded message id or key */
    struct buf name;     /* a decoded URL of a queue */
    struct buf salvaged; /* the rest of a broken line */
    struct buf record;   /* the input of a filter of the whole record, with --root */
};

/* Open it. The caller must close ${reader} in any case. Return 0, or -1 when memory runs out. */
int row_reader_open(struct row_reader *reader, const struct column_plan *plan);
int row_reader_adopt(struct row_reader *reader, const struct column_plan *plan); /* another plan */
void row_reader_close(struct row_reader *reader);

/* Index reader->matches by node, once a line was scanned into it. */
void row_reader_index(struct row_reader *reader);

/* Return the last match, if it is in the last matches of all its parents; or NULL. */
const struct json_match *row_reader_find(const struct row_reader *reader, uint32_t node);

/* A line that has been scanned. */
struct view {
    struct row_reader *reader;
    const char *text;
    const struct json_match *sqs; /* an object, or NULL */
};

/* The result of a source for a record. */
enum found {
    FOUND_VALUE,
    FOUND_NULL,
    FOUND_MISSING,
    FOUND_WRONG, /* the expression fails on it */
    FOUND_FAILED /* out of memory, or the process of the filters has ended (ECHILD) */
};

struct value {
    const char *text; /* JSON, valid until the next evaluation */
    size_t length;
    bool plain; /* a string without escapes */
};

/* Evaluate a source. Set ${value} with FOUND_VALUE, and with FOUND_WRONG where a filter gave a
 * reason. */
enum found row_reader_evaluate(const struct view *view, const struct source *source,
    struct value *value);

#endif
