#ifndef PII_SCAN_MEMO_H
#define PII_SCAN_MEMO_H

#include <stddef.h>
#include <stdint.h>

#include "ends.h"
#include "inspect.h"

/*
 * What was found in short values that come again and again: versions, countries, states. A finding
 * depends on nothing but the path and the bytes of a value as it is spelt. Memory is constant: of
 * values that fall together the last one stays.
 */
enum { MEMO_BITS = 9, MEMO_LONGEST = ENDS_ALL };

struct memo_entry {
    uint64_t path; /* 0: nothing is here */
    size_t length;
    struct ends ends;
    struct inspect_finding finding;
};

struct memo {
    struct memo_entry entries[1 << MEMO_BITS];
};

/* Where the value of this hash below the path of this number, which is not 0, is or would be. */
static inline struct memo_entry *memo_place(struct memo *memo, uint64_t path, uint64_t hash)
{
    return &memo->entries[(hash ^ path * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - MEMO_BITS)];
}

/* Whether the value that was kept there is text[0, length), of MEMO_LONGEST bytes at most. */
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
