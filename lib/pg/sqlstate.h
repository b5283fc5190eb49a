#ifndef PG_SQLSTATE_H
#define PG_SQLSTATE_H

#include <stdbool.h>

/*
 * What an SQLSTATE means for the records of a batch (PostgreSQL manual, appendix A). The class
 * decides, never the message, which the server translates; and when it was said, as types and
 * triggers raise for a value what otherwise is said of a statement.
 */
enum pg_fate {
    PG_ISOLATED, /* one record's doing: find it and refuse it */
    PG_UNPROVEN, /* so only if one of its values raises the same by itself; else PG_STOP */
    PG_FAULT,    /* nobody's doing: reconnect, retry the batch; never refuses a record */
    PG_STOP      /* the setting's doing: end, with nothing acknowledged */
};

/* The fate of a five-character state; "" and NULL (the connection was lost) are faults. */
enum pg_fate pg_sqlstate_fate(const char *sqlstate);

/* The same of what is said when the server has begun to take rows: by the COPY, or at COMMIT. */
enum pg_fate pg_sqlstate_row_fate(const char *sqlstate);

/* Whether it is about the values of a row, by its class alone. */
bool pg_sqlstate_is_value(const char *sqlstate);

/* Whether it is one that a statement raises which lacks a table, a column, a right. */
bool pg_sqlstate_is_statement(const char *sqlstate);

/* The condition's name as the manual has it ("undefined_table") of states worth words, else NULL.
 */
const char *pg_sqlstate_name(const char *sqlstate);

#endif
