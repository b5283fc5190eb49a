#ifndef PG_LOAD_FILTER_READS_H
#define PG_LOAD_FILTER_READS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/path.h"

/*
 * filter_reads_body(program, length, paths, body, whole):
 * Which members of the record's body a jq program reads that is run on the record, as far as its
 * text tells without jq's grammar: each KEY of a ".body.KEY" becomes a child of node ${body}.
 * ${whole}: it may read others too, because it takes ".body" or "." as a whole, or in doubt. The
 * program is one that jq compiled. 0, or -1: out of memory.
 */
int filter_reads_body(const char *program, size_t length, struct json_paths *paths, uint32_t body,
    bool *whole);

#endif
