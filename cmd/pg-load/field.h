#ifndef PG_LOAD_FIELD_H
#define PG_LOAD_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "pg/table.h"

/* Write one JSON value as a field of COPY's text format. */

struct field_scratch {
    struct buf text;    /* a decoded string */
    struct buf literal; /* an array */
};

void field_scratch_init(struct field_scratch *scratch);
void field_scratch_free(struct field_scratch *scratch);

enum field {
    FIELD_WRITTEN,
    FIELD_NUL, /* it holds U+0000, which PostgreSQL cannot store */
    FIELD_NO_MEMORY
};

/*
 * field_write(rows, scratch, column, value, length, plain):
 * Append a JSON value other than null. Columns of json and jsonb take it unchanged. A string
 * becomes its text, an array in an array type the literal of that type. Its null elements become
 * NULL, and arrays in it further dimensions unless the elements are json or jsonb. Any other value
 * becomes its JSON text.
 * ${plain}: a string without escapes. Unless it returns FIELD_WRITTEN, it may have appended a part.
 */
enum field field_write(struct buf *rows, struct field_scratch *scratch,
    const struct pg_column *column, const char *value, size_t length, bool plain);

#endif
