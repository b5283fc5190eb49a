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

/* What reads the values of lines (row.h), of one line after the other. */
struct row_reader {
    const struct column_plan *plan;
    struct json_matches matches;
    struct salvage *salvage;
    uint32_t *last;            /* by node: 1 + index of its last match, 0: none */
    const struct split *split; /* of the run, whose index each record is looked for in; or NULL */
    bool repeated;             /* some node has more than one match */
    uint64_t *present;         /* by source: a bit for each that has a value */
    struct field_scratch scratch;
    struct buf text;     /* a decoded message id or key */
    struct buf name;     /* a decoded queue URL */
    struct buf salvaged; /* what is left of a broken line */
    struct buf record;   /* what a filter of the whole is given, with --root */
};

/* 0, or -1: out of memory. ${reader} is to be closed in any case. */
int row_reader_open(struct row_reader *reader, const struct column_plan *plan);
int row_reader_adopt(struct row_reader *reader, const struct column_plan *plan); /* another plan */
void row_reader_close(struct row_reader *reader);

/* Once a line was scanned into reader->matches: find them by node from now on. */
void row_reader_index(struct row_reader *reader);

/* The last occurrence, if it lies in the last occurrences of all that holds it; or NULL. */
const struct json_match *row_reader_find(const struct row_reader *reader, uint32_t node);

/* A line that has been scanned. */
struct view {
    struct row_reader *reader;
    const char *text;
    const struct json_match *sqs; /* an object, or NULL */
};

/* What a source yields for a record. */
enum found {
    FOUND_VALUE,
    FOUND_NULL,
    FOUND_MISSING,
    FOUND_WRONG, /* the expression fails on it */
    FOUND_FAILED /* out of memory, or the filters' process is gone (ECHILD) */
};

struct value {
    const char *text; /* JSON, valid until the next evaluation */
    size_t length;
    bool plain; /* a string without escapes */
};

/* ${value} is set with FOUND_VALUE, and where a filter said why, with FOUND_WRONG. */
enum found row_reader_evaluate(const struct view *view, const struct source *source,
    struct value *value);

#endif
