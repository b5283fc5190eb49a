#ifndef PG_LOAD_FAILURE_H
#define PG_LOAD_FAILURE_H

#include "base/status.h"
#include "pg/conn.h"

/*
 * Why the run cannot go on, as a value: main() prints it and exits with its status. The text holds
 * no value of a record.
 */
struct failure {
    enum status status; /* STATUS_OK: nothing has failed */
    char text[512];
    char hint[160]; /* "": none */
};

/* Fill it in; returns -1, for "return failure_set(…)". */
int failure_set(struct failure *failure, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int failure_hint(struct failure *failure, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * failure_from_server(failure, error, doing, words):
 * Fill it in for a refusal by the server while ${doing} ("creating the ledger"): 75 for a fault, 70
 * where this process may open no further file, else 69. ${words}: whether the server's own sentence
 * may be shown, because no record was involved.
 */
int failure_from_server(struct failure *failure, const struct pg_error *error, const char *doing,
    bool words);

/* The same, ${table} (quoted where SQL needs it; "": none) named behind ${doing}. */
int failure_from_table(struct failure *failure, const struct pg_error *error, const char *doing,
    const char *table, bool words);

/* Where ${error} is a lack of rights, the hint that it takes ${rights} on ${table}. */
void failure_rights(struct failure *failure, const struct pg_error *error, const char *rights,
    const char *table);

#endif
