#ifndef PG_ARRAY_H
#define PG_ARRAY_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "pg/conn.h"
#include "pg/key.h"

/*
 * One-dimensional arrays as statement parameters, in the binary form that array_recv() of every
 * version reads: dimensions, null flag, element type, length, lower bound, elements.
 */
enum pg_array_type {
    PG_ARRAY_BYTEA = 17,
    PG_ARRAY_INT8 = 20,
    PG_ARRAY_TEXT = 25,
    PG_ARRAY_UUID = 2950
}; /* their oids */

struct pg_array {
    struct buf bytes;
    uint32_t count;
};

void pg_array_init(struct pg_array *array);
void pg_array_free(struct pg_array *array); /* accepts a zeroed one */

/* Empty it for elements of ${type}. pg_array_param() reports appends that failed. */
void pg_array_start(struct pg_array *array, enum pg_array_type type);
void pg_array_null(struct pg_array *array);
void pg_array_text(struct pg_array *array, const char *text, size_t length);
void pg_array_key(struct pg_array *array, const struct pg_key *key);
void pg_array_int8(struct pg_array *array, int64_t value);

/*
 * Point ${param} at the array, which must stay unchanged while it is used. Return 0, or -1: an
 * append failed.
 */
int pg_array_param(struct pg_array *array, struct pg_param *param);

#endif
