#ifndef PG_FAULT_H
#define PG_FAULT_H

#include <stdbool.h>

#include "pg/copy.h"
#include "pg/sqlstate.h"

/* Why a call failed, as set by the calls of pg/conn.h. */

enum { PG_NAME_SIZE = 64, PG_TEXT_SIZE = 512 };

struct pg_error {
    enum pg_error_kind kind;
    char sqlstate[6]; /* "": the connection was lost */
    char column[PG_NAME_SIZE];
    char constraint[PG_NAME_SIZE];
    char table[PG_NAME_SIZE];
    char text[PG_TEXT_SIZE];  /* one line of the server's text: may hold values of a row */
    char said[PG_TEXT_SIZE];  /* that and DETAIL, or else CONTEXT, on one line */
    bool raised;              /* by RAISE in a function of the database: its author's intention */
    struct pg_copy_hint hint; /* of an error in COPY data */
    bool limited;             /* this process reached its own limit of open files */
};

/*
 * Set ${error} to a lost or missing connection: a fault, with the first line of ${text}, or default
 * words when that is empty.
 */
void pg_fault_lost(struct pg_error *error, const char *text);

#endif
