/*
 * Measure the speed of json_scan(): bytes of valid text per second on one core, the median of
 * several rounds. The input is made from a seed, many different texts in turn, so that neither the
 * caches nor the branch predictor learn one text.
 *
 *   scan [SEED [SECONDS]]     SECONDS per line of output, 1 by default
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "json/path_text.h"
#include "json/scan.h"
#include "texts.h"

enum { ROUNDS = 9, CORPUS_BYTES = 1 << 20 };

/* Texts one after the other; text i is text[starts[i], starts[i + 1]). */
struct corpus {
    struct buf text;
    size_t *starts;
    size_t count;
};

static void corpus_make(struct corpus *corpus, void (*put)(struct buf *out))
{
    size_t capacity = CORPUS_BYTES / 16;

    buf_init(&corpus->text, 4 * CORPUS_BYTES);
    corpus->count = 0;
    corpus->starts = calloc(capacity + 1, sizeof *corpus->starts);
    if (!corpus->starts)
        abort();
    while (corpus->text.length < CORPUS_BYTES && corpus->count < capacity) {
        put(&corpus->text);
        corpus->starts[++corpus->count] = corpus->text.length;
    }
    if (corpus->text.failed)
        abort();
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Return the seconds for one pass over the corpus. */
static double pass(const struct corpus *corpus, const struct json_paths *paths,
    struct json_matches *matches, size_t *found)
{
    double start = now();

    for (size_t i = 0; i < corpus->count; i++) {
        size_t from = corpus->starts[i];
        struct json_result result;

        if (json_scan(corpus->text.data + from, corpus->starts[i + 1] - from, paths, JSON_MAX_DEPTH,
                matches, &result) != JSON_OK) {
            fprintf(stderr, "scan: error: text %zu refused at %zu\n", i, result.offset);
            exit(1);
        }
        *found += matches->count;
    }
    return now() - start;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void measure(const char *what, void (*put)(struct buf *out), const struct json_paths *paths,
    double seconds)
{
    struct corpus corpus;
    struct json_matches matches = { 0 };
    double rounds[ROUNDS];
    size_t found = 0, passes = 0;

    corpus_make(&corpus, put);
    pass(&corpus, paths, &matches, &found);
    for (int i = 0; i < ROUNDS; i++) {
        double spent = 0;

        for (passes = 0; passes == 0 || spent < seconds / ROUNDS; passes++)
            spent += pass(&corpus, paths, &matches, &found);
        rounds[i] = spent / (double)passes;
    }
    qsort(rounds, ROUNDS, sizeof rounds[0], ascending);
    found = 0;
    pass(&corpus, paths, &matches, &found);
    printf("%-28s %7zu B/text %6.1f matches/text %8.1f ns/text %6.2f GB/s\n", what,
        corpus.text.length / corpus.count, (double)found / (double)corpus.count,
        rounds[ROUNDS / 2] * 1e9 / (double)corpus.count,
        (double)corpus.text.length / rounds[ROUNDS / 2] / 1e9);
    fflush(stdout);
    json_matches_free(&matches);
    free(corpus.starts);
    buf_free(&corpus.text);
}

static const struct {
    const char *what;
    void (*put)(struct buf *out);
    bool with_paths;
} lines[] = {
    { "record, validated", texts_short_record, false },
    { "record, with paths", texts_short_record, true },
    { "record of AWS, validated", texts_long_record, false },
    { "record of AWS, with paths", texts_long_record, true },
    { "64 KiB array of objects", texts_array, false },
    { "words in Cyrillic", texts_cyrillic, false },
    { "letters of many scripts", texts_foreign, false },
    { "JSON in a string", texts_escaped, false },
    { "numbers", texts_numbers, false },
};

int main(int argc, char **argv)
{
    static const char *const wanted[] = { ".sqs", ".sqs.queue_url", ".sqs.message_id",
        ".sqs.receipt_handle", ".sqs.sent_at", ".body", ".body.user_id", ".body.ip",
        ".body.device_id", ".body.locale", ".pii", ".error" };
    struct json_paths *paths = json_paths_new();
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    double seconds = argc > 2 ? strtod(argv[2], NULL) : 1;
    size_t at;

    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        if (!paths ||
            json_paths_add(paths, JSON_ROOT, wanted[i], strlen(wanted[i]), &at) == JSON_NO_NODE)
            return 1;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        texts_seed(seed);
        measure(lines[i].what, lines[i].put, lines[i].with_paths ? paths : NULL, seconds);
    }
    json_paths_free(paths);
    return 0;
}
