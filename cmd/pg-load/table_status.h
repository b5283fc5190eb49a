#ifndef PG_LOAD_TABLE_STATUS_H
#define PG_LOAD_TABLE_STATUS_H

#include "base/failure.h"
#include "options.h"

/*
 * table_status_print(options, failure):
 * Print on standard output a line of JSON about the table, the ledger and the error table:
 *
 *   {"table":"logins","last_commit":TIME,"hour":{"committed":N,"quarantined":N},
 *    "quarantined":{CODE:N,…},"ledger":{"name":NAME,"keys":N,"bytes":N}}
 *
 * "hour" counts the rows stored within the last hour; "quarantined" the unresolved ones, by their
 * code. TIME is null when it is more than 15 days ago. A table that a run with these options would
 * not use is null; one that it would still create counts 0. The keys of a small ledger are counted;
 * for a large one the estimate of the server is taken. Return 0, or -1 with ${failure}.
 */
int table_status_print(const struct load_options *options, struct failure *failure);

#endif
