#ifndef BENCH_GUARD_H
#define BENCH_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/line.h"

/*
 * The work that bench/guard.py has counted under callgrind. A program has some parts, each work
 * over GUARD_RECORDS records that are made from a seed:
 *
 *     guard-LAYERS PART     do it once, so that buffers have their size and what is remembered is
 *                           known, and again inside guard_counted()
 *     guard-LAYERS          its parts' names
 */
enum { GUARD_RECORDS = 1000, GUARD_MOST = 64 << 20 };

struct guard_part {
    const char *name;
    void (*open)(void);
    void (*work)(void);
};

/* The program's own; the last one's name is NULL. */
extern const struct guard_part guard_parts[];

/* End the process, saying what, unless ${good}. */
void guard_require(bool good, const char *what);

/*
 * The texts to work on, one after the other: what was appended to guard_text since the last
 * guard_add() is the next of them. guard_records() adds GUARD_RECORDS of one kind.
 */
extern struct buf guard_text;
void guard_add(void);
void guard_records(void (*put)(struct buf *out));
size_t guard_count(void);
struct line guard_line(size_t number); /* from 0 */

/* The one call that is counted. */
void guard_counted(const struct guard_part *part);

#endif
