#ifndef PG_LOAD_FILTER_READS_H
#define PG_LOAD_FILTER_READS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/path.h"

/*
 * filter_reads_body(program, length, paths, body, whole):
 * Find out which members of the body a jq program reads that is run on the record. It looks at the
 * text alone, without jq's grammar. Each KEY of a ".body.KEY" becomes a child of node ${body}.
 * ${whole}: the program may read others too, because it takes ".body" or "." as a whole, or because
 * its text leaves that open. jq has compiled the program. Return 0, or -1 when memory runs out.
 */
int filter_reads_body(const char *program, size_t length, struct json_paths *paths, uint32_t body,
    bool *whole);

#endif
