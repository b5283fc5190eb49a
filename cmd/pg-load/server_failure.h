#ifndef PG_LOAD_SERVER_FAILURE_H
#define PG_LOAD_SERVER_FAILURE_H

#include "base/failure.h"
#include "pg/conn.h"

/*
 * server_failure_set(failure, error, doing, words):
 * Fill it in for a refusal by the server while ${doing} ("creating the ledger"): 75 for a fault, 70
 * where this process may open no further file, else 69. ${words}: whether the server's own sentence
 * may be shown, because no record was involved.
 */
int server_failure_set(struct failure *failure, const struct pg_error *error, const char *doing,
    bool words);

/* The same, ${table} (quoted where SQL needs it; "": none) named behind ${doing}. */
int server_failure_table(struct failure *failure, const struct pg_error *error, const char *doing,
    const char *table, bool words);

/* Where ${error} is a lack of rights, the hint that it takes ${rights} on ${table}. */
void server_failure_rights(struct failure *failure, const struct pg_error *error,
    const char *rights, const char *table);

#endif
