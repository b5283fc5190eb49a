#ifndef PG_LOAD_MAPFILE_H
#define PG_LOAD_MAPFILE_H

#include "base/buf.h"
#include "base/failure.h"
#include "options.h"
#include "pg/table.h"

/*
 * mapfile_read(options, table, again, name, text, failure):
 * Find and read the map for the table. That is the file of --map, or the first TABLE.map (the bare
 * name) that exists in $SQS2PG_MAPS, /etc/sqs2pg/maps or the data directory. A found map is not
 * used for a table outside the current schema: it may be for a table of that name in the current
 * one. A warning says so. ${name} is empty when there is no map, or with --no-map. A map that
 * others may write is refused (77). ${again}: the map is read again later, so that it must be a
 * file, no pipe. Return 0, or -1 with ${failure}, which stays unchanged when ${again} meets a file
 * that is not regular.
 */
int mapfile_read(const struct load_options *options, const struct pg_table *table, bool again,
    struct buf *name, struct buf *text, struct failure *failure);

/* Report a map that was found, not given, at the level of the summary (msg_note()). */
void mapfile_tell(const struct buf *name, const struct load_options *options, bool plain);

#endif
