#include <string.h>
#include <strings.h>

#include "base/msg.h"
#include "time_zone.h"

static const char zone_sql[] = "SELECT s.setting, s.source FROM pg_catalog.pg_settings s"
                               " WHERE s.name OPERATOR(pg_catalog.=) 'TimeZone'";

/* Return true for the names of UTC in the zone database, with or without "Etc/". */
static bool is_utc(const char *zone)
{
    static const char *const names[] = { "UTC", "GMT", "UCT", "Zulu", "Universal", "Greenwich",
        "GMT0", "GMT+0", "GMT-0" };
    if (strncasecmp(zone, "Etc/", 4) == 0)
        zone += 4;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(zone, names[i]) == 0)
            return true;
    return false;
}

static bool is_roles_own(const char *source)
{
    return strcmp(source, "user") == 0 || strcmp(source, "database user") == 0;
}

int time_zone_warn(const struct target *target)
{
    if (!target->table.zoned)
        return 0;
    if (pg_conn_query(target->conn, zone_sql, NULL, 0, false) != 0)
        return -1;
    const char *zone = pg_conn_value(target->conn, 0, 0);
    const char *source = pg_conn_value(target->conn, 0, 1);
    if (zone == NULL || source == NULL || is_utc(zone) || is_roles_own(source))
        return 0;
    msg_warn("times without an offset are read in the TimeZone of the database, %s", zone);
    if (msg_level() >= MSG_NORMAL)
        msg_hint("choose one for the loader with ALTER ROLE ... SET TimeZone");
    return 0;
}
