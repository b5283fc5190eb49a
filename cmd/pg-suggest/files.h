#ifndef PG_SUGGEST_FILES_H
#define PG_SUGGEST_FILES_H

#include "base/buf.h"
#include "base/failure.h"

/*
 * Write FOLDER/NAME.sql and FOLDER/NAME.map, which must not exist; the folder must. Write both or
 * none. Return 0 or -1.
 */
int files_write(const char *folder, const char *name, const struct buf *sql, const struct buf *map,
    struct failure *failure);

#endif
