#ifndef PG_SQLSTATE_H
#define PG_SQLSTATE_H

#include <stdbool.h>

/*
 * What an SQLSTATE means for the records of a batch (PostgreSQL manual, appendix A). The class
 * decides, never the message, which the server translates. So does the step: once rows are sent,
 * types and triggers raise for a value what otherwise concerns a statement.
 */
enum pg_error_kind {
    PG_ISOLATED, /* caused by one record: find and refuse it */
    PG_UNPROVEN, /* PG_ISOLATED if one value of a record alone raises it; else PG_STOP */
    PG_FAULT,    /* caused by no record: reconnect, retry the batch; never refuse a record */
    PG_STOP      /* caused by a setting: end, and acknowledge nothing */
};

/* Return the kind of a five-character state; "" and NULL (the connection was lost) are faults. */
enum pg_error_kind pg_sqlstate_kind(const char *sqlstate);

/* Return the kind of a state that comes once the server takes rows: during COPY, or at COMMIT. */
enum pg_error_kind pg_sqlstate_row_kind(const char *sqlstate);

/* Return true when its class alone says that the values of a row are the cause. */
bool pg_sqlstate_is_value(const char *sqlstate);

/* Return true when pg_sqlstate_kind() is PG_STOP. That includes a missing table, column or right, a
 * refused login, and corruption. */
bool pg_sqlstate_is_statement(const char *sqlstate);

/* Return the name in the manual ("undefined_table") of a state worth naming, else NULL. */
const char *pg_sqlstate_name(const char *sqlstate);

#endif
