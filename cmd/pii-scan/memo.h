#ifndef PII_SCAN_MEMO_H
#define PII_SCAN_MEMO_H

#include <stddef.h>
#include <stdint.h>

#include "ends.h"
#include "inspect.h"

/*
 * The findings of short values that repeat: versions, countries, states. A finding depends only on
 * the path and the bytes of a value as spelt. Memory is constant: among values with the same place,
 * the last one stays.
 */
enum { MEMO_BITS = 9, MEMO_LONGEST = ENDS_ALL };

struct memo_entry {
    uint64_t path; /* 0: the entry is empty */
    size_t length;
    struct ends ends;
    struct inspect_finding finding;
};

struct memo {
    struct memo_entry entries[1 << MEMO_BITS];
};

/* Return the place for the value with this hash below the path with this number, which is not 0. */
static inline struct memo_entry *memo_place(struct memo *memo, uint64_t path, uint64_t hash)
{
    return &memo->entries[(hash ^ path * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - MEMO_BITS)];
}

/*
 * Return true when the place holds the value text[0, length), which has at most MEMO_LONGEST bytes.
 */
static inline bool memo_has(const struct memo_entry *entry, uint64_t path, const char *text,
    size_t length)
{
    return entry->path == path && entry->length == length &&
        ends_equal(entry->ends, ends_of(text, length));
}

static inline void memo_keep(struct memo_entry *entry, uint64_t path, const char *text,
    size_t length, const struct inspect_finding *finding)
{
    *entry = (struct memo_entry){ path, length, ends_of(text, length), *finding };
}

#endif
