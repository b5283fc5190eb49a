#ifndef PG_LOAD_UPSERT_NAMES_H
#define PG_LOAD_UPSERT_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "pg/fault.h"
#include "pg/upsert_form.h"

/* The columns that --upsert and --newer name. */
struct upsert_names {
    size_t count; /* 0: no --upsert */
    char keys[PG_UPSERT_KEYS][PG_NAME_SIZE];
    bool has_newer;
    char newer[PG_NAME_SIZE];
};

/*
 * upsert_names_parse(names, keys, newer):
 * Read "a, b" and "c" (NULL: none): names separated by commas, with blanks around them ignored. A
 * name in double quotes may have any character; a double quote in it is written twice. Return NULL,
 * or the error.
 */
const char *upsert_names_parse(struct upsert_names *names, const char *keys, const char *newer);

#endif
