#ifndef PG_LOAD_UNKNOWN_H
#define PG_LOAD_UNKNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "column_plan.h"
#include "json/scan.h"
#include "pg/table.h"

/*
 * Members of bodies that no column takes, because no column has the name of their key or no path of
 * the map names it. They are counted, and the first few named. A key may be data, so only a key
 * that looks like a name is named. It has at most 40 letters, digits, "_" and "-", and is not a
 * number, an address, an id or a token.
 */
enum {
    UNKNOWN_NAMES = 10,
    UNKNOWN_NAME_SIZE = 41,
    UNKNOWN_SOURCES = 1664, /* above the most columns of a table (MaxHeapAttributeNumber) */
    UNKNOWN_WORDS = UNKNOWN_SOURCES / 64
};

struct unknown {
    uint64_t values;
    uint64_t records;
    size_t named;
    uint64_t met[UNKNOWN_WORDS]; /* by source of the first plan: a bit where a record had it */
    char names[UNKNOWN_NAMES][UNKNOWN_NAME_SIZE]; /* different ones, in their order */
};

/* Note the members that matched ${node} in a record, none where it is JSON_NO_NODE. */
void unknown_note(struct unknown *unknown, const char *text, const struct json_matches *matches,
    uint32_t node);

/* Add ${more} to the counts of the run, and warn of each name that is new to it. ${refused}: such
 * records are refused, and not only their values left out. */
void unknown_warn(struct unknown *run, const struct unknown *more, bool refused);

/* Note that a record had values for these sources, ${words} of 64 bits. */
void unknown_met(struct unknown *unknown, const uint64_t *sources, size_t words);

/*
 * Report the counts at the end of the run, if there were any. Then report the columns without a
 * value in any record, as one of the keys may be meant for them.
 */
void unknown_summarize(const struct unknown *run, const struct column_plan *plan,
    const struct pg_table *table);

#endif
