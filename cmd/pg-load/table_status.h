#ifndef PG_LOAD_TABLE_STATUS_H
#define PG_LOAD_TABLE_STATUS_H

#include "base/failure.h"
#include "options.h"

/*
 * table_status_print(options, failure):
 * Print on standard output a line of JSON about the table and those beside it:
 *
 *   {"table":"logins","last_commit":TIME,"hour":{"committed":N,"quarantined":N},
 *    "quarantined":{CODE:N,…},"ledger":{"name":NAME,"keys":N,"bytes":N}}
 *
 * Of "hour" is what was stored within the last one; "quarantined" has what is not resolved, by its
 * code. TIME is null when it is more than 15 days ago. What a run with these options would not have
 * is null, and what it has yet to make is 0. Keys are counted while the ledger is small, else
 * the server's estimate. 0, or -1 with ${failure}.
 */
int table_status_print(const struct load_options *options, struct failure *failure);

#endif
