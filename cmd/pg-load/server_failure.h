#ifndef PG_LOAD_SERVER_FAILURE_H
#define PG_LOAD_SERVER_FAILURE_H

#include "base/failure.h"
#include "pg/conn.h"

/*
 * server_failure_set(failure, error, doing, words):
 * Set ${failure} to an error of the server, after the words ${doing} ("cannot create the ledger").
 * Its status is 75 for a fault, 70 when this process may open no further file, else 69. ${words}:
 * the text of the server may be shown, because no record was involved. Return -1.
 */
int server_failure_set(struct failure *failure, const struct pg_error *error, const char *doing,
    bool words);

/* Do the same, with ${table} (quoted where SQL needs it; "": none) named after ${doing}. */
int server_failure_table(struct failure *failure, const struct pg_error *error, const char *doing,
    const char *table, bool words);

/* If ${error} is a lack of rights, hint that ${rights} on ${table} are needed. */
void server_failure_rights(struct failure *failure, const struct pg_error *error,
    const char *rights, const char *table);

#endif
