#include <ctype.h>
#include <string.h>

#include "base/similar.h"

enum { LONGEST = 64 };

static int lower(char byte)
{
    return tolower((unsigned char)byte);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Return the distance (optimal string alignment), computed row by row. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][LONGEST + 1];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_length; j++)
        last[j] = before[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t cost = lower(a[i - 1]) != lower(b[j - 1]);
            row[j] = least(least(last[j] + 1, row[j - 1] + 1), last[j - 1] + cost);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1]))
                row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *free_row = before;
        before = last;
        last = row;
        row = free_row;
    }
    return last[b_length];
}

void similar_init(struct similar *similar, const char *word, size_t length)
{
    *similar = (struct similar){ .word = word,
        .length = length,
        .distance = length < 3 ? 2 : length / 3 + 1 };
}

void similar_offer(struct similar *similar, const char *name)
{
    size_t length = strlen(name);
    if (length == 0 || length > LONGEST || similar->length == 0 || similar->length > LONGEST)
        return;
    size_t found = distance(similar->word, similar->length, name, length);
    /* A word of which nothing is left resembles every word. */
    if (found >= similar->distance || found >= least(similar->length, length))
        return;
    similar->distance = found;
    similar->best = name;
}
