#ifndef PG_SQLSTATE_H
#define PG_SQLSTATE_H

/*
 * What an SQLSTATE means for the records of a batch (PostgreSQL manual, appendix A). The class
 * decides, never the message, which the server translates.
 */
enum pg_fate {
    PG_ISOLATED, /* one record's doing: find it and refuse it */
    PG_FAULT,    /* nobody's doing: reconnect, retry the batch; never refuses a record */
    PG_STOP      /* the setting's doing: end, with nothing acknowledged */
};

/* The fate of a five-character state; "" and NULL (the connection was lost) are faults. */
enum pg_fate pg_sqlstate_fate(const char *sqlstate);

/* The condition's name as the manual has it ("undefined_table") of states worth words, else NULL.
 */
const char *pg_sqlstate_name(const char *sqlstate);

#endif
