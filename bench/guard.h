#ifndef BENCH_GUARD_H
#define BENCH_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/line.h"

/*
 * The work that bench/guard.py has counted under callgrind. A program has some parts. Each works
 * over GUARD_RECORDS records made from a seed:
 *
 *     guard-LAYERS PART     do it once, so that buffers have their size and caches are filled,
 *                           and again inside guard_counted()
 *     guard-LAYERS          print the names of its parts
 */
enum { GUARD_RECORDS = 1000, GUARD_MOST = 64 << 20 };

struct guard_part {
    const char *name;
    void (*open)(void);
    void (*work)(void);
};

/* Defined by the program; the name of the last one is NULL. */
extern const struct guard_part guard_parts[];

/* Unless ${good}, print ${what} and end the process. */
void guard_require(bool good, const char *what);

/*
 * The input texts, one after the other. guard_add() adds what was appended to guard_text since the
 * last call. guard_records() adds GUARD_RECORDS of one kind.
 */
extern struct buf guard_text;
void guard_add(void);
void guard_records(void (*put)(struct buf *out));
size_t guard_count(void);
struct line guard_line(size_t number); /* from 0 */

/* Only this call is counted. */
void guard_counted(const struct guard_part *part);

#endif
