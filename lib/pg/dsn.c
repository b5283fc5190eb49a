#include <libpq-fe.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "pg/dsn.h"

enum { SECONDS_TO_CONNECT = 10 };

enum pg_dsn pg_dsn_check(const char *dsn)
{
    if (strchr(dsn, '=') == NULL && strncmp(dsn, "postgres://", 11) != 0 &&
        strncmp(dsn, "postgresql://", 13) != 0)
        return PG_DSN_OK;
    char *why = NULL; /* quotes the string: not for printing */
    PQconninfoOption *options = PQconninfoParse(dsn, &why);
    PQfreemem(why);
    if (options == NULL)
        return PG_DSN_MALFORMED;
    enum pg_dsn found = PG_DSN_OK;
    for (PQconninfoOption *option = options; option->keyword != NULL; option++)
        if (option->val != NULL &&
            (strcmp(option->keyword, "password") == 0 ||
                strcmp(option->keyword, "sslpassword") == 0))
            found = PG_DSN_SECRET;
    PQconninfoFree(options);
    return found;
}

uint64_t pg_dsn_patience(const char *hosts, const char *timeout)
{
    long given = timeout != NULL ? strtol(timeout, NULL, 10) : 0;
    uint64_t seconds = SECONDS_TO_CONNECT;
    uint64_t count = 1;
    if (given > 0)
        seconds = given < INT_MAX ? (uint64_t)given : INT_MAX;
    for (const char *at = hosts; at != NULL && (at = strchr(at, ',')) != NULL; at++)
        count++;
    return seconds * count * 1000;
}
