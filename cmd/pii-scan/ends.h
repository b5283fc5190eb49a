#ifndef PII_SCAN_ENDS_H
#define PII_SCAN_ENDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * The first and the last eight bytes of a short text. Up to ENDS_ALL bytes they and the length
 * identify the text, so that two word comparisons replace a call.
 */
enum { ENDS_ALL = 16 };

struct ends {
    uint64_t head;
    uint64_t tail;
};

static inline struct ends ends_of(const char *text, size_t length)
{
    struct ends ends = { 0, 0 };
    uint32_t first;
    uint32_t last;
    if (length >= sizeof ends.head) {
        memcpy(&ends.head, text, sizeof ends.head);
        memcpy(&ends.tail, text + length - sizeof ends.tail, sizeof ends.tail);
    } else if (length >= sizeof first) {
        memcpy(&first, text, sizeof first);
        memcpy(&last, text + length - sizeof last, sizeof last);
        ends.head = (uint64_t)last << 32 | first;
    } else if (length > 0) { /* the first, the middle and the last byte */
        ends.head = (uint64_t)(unsigned char)text[length - 1] << 16 |
            (uint64_t)(unsigned char)text[length / 2] << 8 | (unsigned char)text[0];
    }
    return ends;
}

static inline bool ends_equal(struct ends one, struct ends other)
{
    return one.head == other.head && one.tail == other.tail;
}

#endif
