#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "failure.h"

int failure_set(struct failure *failure, enum status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    failure->status = status;
    failure->hint[0] = '\0';
    (void)vsnprintf(failure->text, sizeof failure->text, format, arguments);
    va_end(arguments);
    return -1;
}

int failure_hint(struct failure *failure, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(failure->hint, sizeof failure->hint, format, arguments);
    va_end(arguments);
    return -1;
}

int failure_from_server(struct failure *failure, const struct pg_error *error, const char *doing,
    bool words)
{
    enum status status = error->fate == PG_FAULT ? STATUS_TEMPORARY : STATUS_UNAVAILABLE;
    if (error->limited) {
        failure_set(failure, STATUS_INTERNAL, "%s: %s", doing, error->text);
        return failure_hint(failure, "raise the limit of this process, ulimit -n");
    }
    if (error->sqlstate[0] == '\0') /* the connection's own words: hosts and files, no row */
        return failure_set(failure, status, "%s: %s", doing, error->text);
    const char *name = pg_sqlstate_name(error->sqlstate);
    if (error->fate == PG_FAULT) /* whose names nobody has looked up */
        return failure_set(failure, status, "%s: SQLSTATE %s%s%s%s%s", doing, error->sqlstate,
            name == NULL ? "" : " ", name == NULL ? "" : name, words ? ": " : "",
            words ? error->text : "");
    const char *about = error->constraint[0] != '\0' ? error->constraint : error->column;
    return failure_set(failure, status, "%s: SQLSTATE %s%s%s%s%s%s%s%s%s", doing, error->sqlstate,
        name == NULL ? "" : " ", name == NULL ? "" : name,
        error->table[0] == '\0' ? "" : ", table ", error->table,
        about[0] == '\0'             ? ""
            : about == error->column ? ", column "
                                     : ", constraint ",
        about, words ? ": " : "", words ? error->text : "");
}

int failure_from_table(struct failure *failure, const struct pg_error *error, const char *doing,
    const char *table, bool words)
{
    char both[256];
    (void)snprintf(both, sizeof both, "%s%s%s", doing, *table == '\0' ? "" : " ", table);
    return failure_from_server(failure, error, both, words);
}

void failure_rights(struct failure *failure, const struct pg_error *error, const char *rights,
    const char *table)
{
    if (strcmp(error->sqlstate, "42501") == 0)
        failure_hint(failure, "it takes %s on %s", rights, table);
}
