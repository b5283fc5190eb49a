#ifndef PG_LOAD_TIME_ZONE_H
#define PG_LOAD_TIME_ZONE_H

#include "target.h"

/*
 * time_zone_warn(target):
 * Warn, once at a start, that the TimeZone of the session decides the meaning of times without an
 * offset. The loader leaves it as the database, the role or PGTZ sets it. It warns when the table
 * has a timestamptz column and the zone is not UTC. A TimeZone set for the role (ALTER ROLE ... SET
 * TimeZone) was set on purpose, and gives no warning. Call it in the current transaction. Return 0,
 * or -1 with the connection's error.
 */
int time_zone_warn(const struct target *target);

#endif
