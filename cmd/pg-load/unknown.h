#ifndef PG_LOAD_UNKNOWN_H
#define PG_LOAD_UNKNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/scan.h"

/*
 * Members of bodies that go nowhere, because no column has their key's name or no path of the map
 * names it: counted, and the first few named. A key may be data, so only what looks like a name is
 * one: at most 40 letters, digits, "_" and "-", and not the digits of a number, an address, an id
 * or a token.
 */
enum { UNKNOWN_NAMES = 10, UNKNOWN_NAME_SIZE = 41 };

struct unknown {
    uint64_t values;
    uint64_t records;
    size_t named;
    char names[UNKNOWN_NAMES][UNKNOWN_NAME_SIZE]; /* different ones, as they came */
};

/* Note the members that matched ${node} in a record, none where it is JSON_NO_NODE. */
void unknown_note(struct unknown *unknown, const char *text, const struct json_matches *matches,
    uint32_t node);

/* Add ${more} to the run's, and warn of each name that is new to it. ${refused}: such records are,
 * and not their values alone left out. */
void unknown_warn(struct unknown *run, const struct unknown *more, bool refused);

/* At its end: say how many they were, if any. ${mapped}: by a map. */
void unknown_summarize(const struct unknown *run, bool mapped);

#endif
