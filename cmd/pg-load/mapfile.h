#ifndef PG_LOAD_MAPFILE_H
#define PG_LOAD_MAPFILE_H

#include "base/buf.h"
#include "base/failure.h"
#include "options.h"
#include "pg/table.h"

/*
 * mapfile_read(options, table, again, name, text, failure):
 * Find and read the map for the table: --map's file, or TABLE.map (its bare name) in $SQS2PG_MAPS,
 * /etc/sqs2pg/maps or the data directory, the first that exists. One that was found so is not taken
 * for a table of another schema than the current one, whose table of that name it may be meant for;
 * that is warned of. ${name} is left empty when there
 * is none or --no-map was given. One that others may write is refused (77). 0, or -1 with
 * ${failure}. ${again}: it will be read again, so that only a file is read, no pipe.
 */
int mapfile_read(const struct load_options *options, const struct pg_table *table, bool again,
    struct buf *name, struct buf *text, struct failure *failure);

/* Say which map is in force, if it was found and not given: as the summary is said (msg_note()). */
void mapfile_tell(const struct buf *name, const struct load_options *options, bool plain);

#endif
