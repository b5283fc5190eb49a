#ifndef MASK_LINES_H
#define MASK_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "mask/filter.h"
#include "mask/keyring.h"
#include "mask/policy.h"

/*
 * Single values instead of records. A line is one value, masked or unmasked by the policy's rule
 * for one path. This finds masked rows by a clear value, and the value of a token.
 *
 * LINES_MASK    A line is the text of a string. Its tokens under each key of the ring are written,
 *               one a line: the primary key's first, then in the order of the file. Methods without
 *               a key write one. Characters that a method leaves unchanged (ff1: all but letters
 *               and digits) are not escaped, so that the line can be compared, and unmasked.
 * LINES_UNMASK  A line is a token. Its value is written in one line: the text of a string, or the
 *               JSON text of other values and of strings with control characters.
 *
 * Tokens are read and written without quotes. An empty line stays empty. A value that cannot be
 * masked or unmasked gives the same number of empty lines, so that the lines stay countable; it
 * counts as FILTER_ERROR.
 */
struct lines;

enum lines_direction { LINES_MASK, LINES_UNMASK };

#define LINES_NONE SIZE_MAX

/*
 * Return the number of the policy's rule for a path (or "attributes.NAME", "fifo.NAME",
 * "envelope.NAME", "record.NAME"), or LINES_NONE.
 */
size_t lines_find(const struct policy *policy, const char *path);

/*
 * lines_new(policy, rule, ring, direction, key):
 * Make the work. ${rule} must replace values, reversibly for LINES_UNMASK. ${key} is the number of
 * the key for methods whose values do not name theirs. Policy and ring must outlive it. Return NULL
 * when memory runs out or OpenSSL failed.
 */
struct lines *lines_new(const struct policy *policy, size_t rule, const struct keyring *ring,
    enum lines_direction direction, size_t key);
void lines_free(struct lines *lines); /* wipes; NULL is fine */

struct filter_work lines_work(struct lines *lines); /* for filter_run() */

/*
 * Return the number of the first line that could not be masked or unmasked, from 1; 0 when there is
 * none.
 */
uint64_t lines_first_failed(const struct lines *lines);

#endif
