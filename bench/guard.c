#include "guard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "texts.h"

enum { SEED = 20261121 };

struct buf guard_text = { .maximum = GUARD_MOST };
static size_t starts[GUARD_RECORDS + 1]; /* text i is guard_text[starts[i], starts[i + 1]) */
static size_t count;

void guard_require(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "guard: error: %s\n", what);
    exit(STATUS_INTERNAL);
}

void guard_add(void)
{
    guard_require(!guard_text.failed && count < GUARD_RECORDS, "no room");
    starts[++count] = guard_text.length;
}

void guard_records(void (*put)(struct buf *out))
{
    while (count < GUARD_RECORDS) {
        put(&guard_text);
        guard_add();
    }
}

size_t guard_count(void)
{
    return count;
}

struct line guard_line(size_t number)
{
    return (struct line){ .text = guard_text.data + starts[number],
        .length = starts[number + 1] - starts[number],
        .number = number + 1 };
}

/* callgrind finds it by its name, so it is never inlined. */
__attribute__((noinline)) void guard_counted(const struct guard_part *part)
{
    part->work();
}

int main(int argc, char **argv)
{
    texts_seed(SEED);
    for (const struct guard_part *part = guard_parts; part->name != NULL; part++) {
        if (argc < 2) {
            printf("%s\n", part->name);
        } else if (strcmp(argv[1], part->name) == 0) {
            part->open();
            part->work();
            guard_counted(part);
            return STATUS_OK;
        }
    }
    return argc < 2 ? STATUS_OK : STATUS_USAGE;
}
