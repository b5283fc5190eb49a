#ifndef MASK_LINES_H
#define MASK_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "mask/filter.h"
#include "mask/keyring.h"
#include "mask/policy.h"

/*
 * Single values instead of records: a line is one value, masked or unmasked as the policy has it
 * for one path. So that masked rows can be found by a clear value, and a token can be looked up.
 *
 * LINES_MASK    A line is the text of a string. Out come the tokens of it under each key of the
 *               ring, one a line: the primary's first, then in the order of the file. Methods
 *               without a key make one. What a method leaves as it is (ff1: all but letters and
 *               digits) is not escaped, so that the line can be compared, and unmasked.
 * LINES_UNMASK  A line is a token. Out comes its value in one line: of a string the text, but the
 *               JSON text when it holds control characters, as of all other kinds of value.
 *
 * Tokens are written and read without quotes. The empty line stays empty. Where a value cannot be
 * masked or unmasked, as many empty lines come out instead, so that lines can be told apart by
 * counting; it counts as FILTER_ERROR.
 */
struct lines;

enum lines_direction { LINES_MASK, LINES_UNMASK };

#define LINES_NONE SIZE_MAX

/* The number of the policy's rule for a path (or "attributes.NAME", "fifo.NAME"), or LINES_NONE. */
size_t lines_find(const struct policy *policy, const char *path);

/*
 * lines_new(policy, rule, ring, direction, key):
 * ${rule} is one that replaces values, and can be undone when ${direction} is LINES_UNMASK; ${key}
 * is the number of the key for methods whose values do not show theirs. Policy and ring must
 * outlive it. NULL: out of memory, or OpenSSL failed.
 */
struct lines *lines_new(const struct policy *policy, size_t rule, const struct keyring *ring,
    enum lines_direction direction, size_t key);
void lines_free(struct lines *lines); /* wipes; NULL is fine */

struct filter_work lines_work(struct lines *lines); /* for filter_run() */

/* The number of the first line that could not be masked or unmasked, 1 for the first; 0: none. */
uint64_t lines_first_failed(const struct lines *lines);

#endif
