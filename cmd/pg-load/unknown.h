#ifndef PG_LOAD_UNKNOWN_H
#define PG_LOAD_UNKNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "column_plan.h"
#include "json/scan.h"
#include "pg/table.h"

/*
 * Members of bodies that go nowhere, because no column has their key's name or no path of the map
 * names it: counted, and the first few named. A key may be data, so only what looks like a name is
 * one: at most 40 letters, digits, "_" and "-", and not the digits of a number, an address, an id
 * or a token.
 */
enum {
    UNKNOWN_NAMES = 10,
    UNKNOWN_NAME_SIZE = 41,
    UNKNOWN_SOURCES = 1664, /* columns of a table at most, and then some (MaxHeapAttributeNumber) */
    UNKNOWN_WORDS = UNKNOWN_SOURCES / 64
};

struct unknown {
    uint64_t values;
    uint64_t records;
    size_t named;
    uint64_t met[UNKNOWN_WORDS]; /* by source of the run's plan: a bit where some record had it */
    char names[UNKNOWN_NAMES][UNKNOWN_NAME_SIZE]; /* different ones, as they came */
};

/* Note the members that matched ${node} in a record, none where it is JSON_NO_NODE. */
void unknown_note(struct unknown *unknown, const char *text, const struct json_matches *matches,
    uint32_t node);

/* Add ${more} to the run's, and warn of each name that is new to it. ${refused}: such records are,
 * and not their values alone left out. */
void unknown_warn(struct unknown *run, const struct unknown *more, bool refused);

/* A record had values for these sources, ${words} of 64 bits. */
void unknown_met(struct unknown *unknown, const uint64_t *sources, size_t words);

/*
 * At its end: say how many they were, if any; and then which columns found a value in no record, as
 * one of the keys may be meant for them.
 */
void unknown_summarize(const struct unknown *run, const struct column_plan *plan,
    const struct pg_table *table);

#endif
