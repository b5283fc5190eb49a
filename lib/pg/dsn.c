#include <libpq-fe.h>
#include <stddef.h>
#include <string.h>

#include "pg/dsn.h"

enum pg_dsn pg_dsn_check(const char *dsn)
{
    if (strchr(dsn, '=') == NULL && strncmp(dsn, "postgres://", 11) != 0 &&
        strncmp(dsn, "postgresql://", 13) != 0)
        return PG_DSN_OK;
    char *why = NULL; /* quotes the string: never print it */
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
