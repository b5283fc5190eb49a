#ifndef PG_LOAD_TIME_ZONE_H
#define PG_LOAD_TIME_ZONE_H

#include "target.h"

/*
 * time_zone_warn(target):
 * A time without an offset means what the session's TimeZone says, which the loader leaves as the
 * database, the role or PGTZ have it. Say so, once at a start, where the table has a timestamptz
 * column and the zone is another than UTC; not where the role has a TimeZone of its own (ALTER ROLE
 * ... SET TimeZone), because then somebody has chosen one for the loader. In the transaction begun.
 * 0, or -1 with the connection's error.
 */
int time_zone_warn(const struct target *target);

#endif
