#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "server_failure.h"

enum { MAX_TEXT = 4096 };

/* Append the names in the error, which only come from the catalogue. */
static void add_names(struct buf *text, const struct pg_error *error)
{
    if (error->table[0] != '\0')
        buf_printf(text, ", table %s", error->table);
    if (error->constraint[0] != '\0')
        buf_printf(text, ", constraint %s", error->constraint);
    else if (error->column[0] != '\0')
        buf_printf(text, ", column %s", error->column);
}

/* Return true for the text of libpq, in the C locale, when a password was needed and not given. */
static bool lacks_password(const struct pg_error *error)
{
    return strstr(error->text, "no password supplied") != NULL;
}

int server_failure_set(struct failure *failure, const struct pg_error *error, const char *doing,
    bool words)
{
    enum status status = error->kind == PG_FAULT ? STATUS_TEMPORARY : STATUS_UNAVAILABLE;
    if (error->limited) {
        failure_set(failure, STATUS_INTERNAL, "%s: %s", doing, error->text);
        return failure_hint(failure, "raise the limit of this process, ulimit -n");
    }
    if (error->sqlstate[0] == '\0') { /* text of libpq: hosts and files, no row */
        (void)failure_set(failure, status, "%s: %s", doing, error->text);
        return lacks_password(error)
            ? failure_hint(failure, "%s",
                  "set PGPASSFILE, write ~/.pgpass, or give --password-command")
            : -1;
    }
    const char *name = pg_sqlstate_name(error->sqlstate);
    struct buf text;
    buf_init(&text, MAX_TEXT);
    buf_printf(&text, "%s: SQLSTATE %s", doing, error->sqlstate);
    if (name != NULL)
        buf_printf(&text, " %s", name);
    if (error->kind != PG_FAULT) /* the names of a fault were not looked up */
        add_names(&text, error);
    if (words)
        buf_printf(&text, ": %s", error->text);
    const char *whole = buf_cstr(&text);
    (void)failure_set(failure, status, "%s", whole == NULL ? doing : whole);
    buf_free(&text);
    return strncmp(error->sqlstate, "28", 2) == 0
        ? failure_hint(failure, "%s",
              strcmp(error->sqlstate, "28P01") == 0
                  ? "check the user, and its password or --password-command"
                  : "check the user, and what the server's pg_hba.conf demands")
        : -1;
}

int server_failure_table(struct failure *failure, const struct pg_error *error, const char *doing,
    const char *table, bool words)
{
    char both[256];
    (void)snprintf(both, sizeof both, "%s%s%s", doing, *table == '\0' ? "" : " ", table);
    return server_failure_set(failure, error, both, words);
}

void server_failure_rights(struct failure *failure, const struct pg_error *error,
    const char *rights, const char *table)
{
    if (strcmp(error->sqlstate, "42501") == 0)
        failure_hint(failure, "grant %s on %s", rights, table);
}
