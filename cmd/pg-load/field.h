#ifndef PG_LOAD_FIELD_H
#define PG_LOAD_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "pg/table.h"

/* One JSON value as a field of COPY's text format. */

struct field_scratch {
    struct buf text;    /* a decoded string */
    struct buf literal; /* an array */
};

void field_scratch_init(struct field_scratch *scratch);
void field_scratch_free(struct field_scratch *scratch);

enum field {
    FIELD_WRITTEN,
    FIELD_NUL, /* it holds U+0000, which PostgreSQL has no text for */
    FIELD_NO_MEMORY
};

/*
 * field_write(rows, scratch, column, value, length, plain):
 * Append a JSON value other than null: into json and jsonb as it stands; a string as its text; an
 * array, into an array type, as that type's literal (null elements NULL, arrays in it further
 * dimensions unless the elements are json or jsonb); anything else as its JSON text. ${plain}: a
 * string without escapes. On other than FIELD_WRITTEN something may have been appended.
 */
enum field field_write(struct buf *rows, struct field_scratch *scratch,
    const struct pg_column *column, const char *value, size_t length, bool plain);

#endif
