#ifndef PG_LOAD_MAPFILE_H
#define PG_LOAD_MAPFILE_H

#include "base/buf.h"
#include "base/failure.h"
#include "options.h"

/*
 * mapfile_read(options, table, name, text, failure):
 * Find and read the map for the table (its bare name): --map's file, or TABLE.map in $SQS2PG_MAPS,
 * /etc/sqs2pg/maps or the data directory, the first that exists. ${name} is left empty when there
 * is none or --no-map was given. One that others may write is refused (77). 0, or -1 with
 * ${failure}.
 */
int mapfile_read(const struct load_options *options, const char *table, struct buf *name,
    struct buf *text, struct failure *failure);

#endif
