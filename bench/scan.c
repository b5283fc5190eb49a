/*
 * How fast json_scan() reads: bytes of valid text per second on one core, the median of several
 * rounds. The input is made from a seed, many different texts in turn, so that neither the caches
 * nor the branch predictor get to know one text by heart.
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
#include "json/path.h"
#include "json/scan.h"

enum { ROUNDS = 9, CORPUS_BYTES = 1 << 20 };

/* Texts one after the other; text i is text[starts[i], starts[i + 1]). */
struct corpus {
    struct buf text;
    size_t *starts;
    size_t count;
};

static uint64_t state;

static uint32_t draw(uint32_t below) /* splitmix64 */
{
    uint64_t z = state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return (uint32_t)((z ^ z >> 31) >> 32) % below;
}

static void put_drawn(struct buf *out, const char *alphabet, uint32_t count)
{
    uint32_t size = (uint32_t)strlen(alphabet);

    while (count-- > 0)
        buf_putc(out, alphabet[draw(size)]);
}

static void put_uuid(struct buf *out)
{
    static const uint32_t groups[] = { 8, 4, 4, 4, 12 };

    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        if (i > 0)
            buf_putc(out, '-');
        put_drawn(out, "0123456789abcdef", groups[i]);
    }
}

static void put_time(struct buf *out, const char *key)
{
    buf_printf(out, "\"%s\":\"2026-%02u-%02uT%02u:%02u:%02u.%03uZ\",", key, 1 + draw(12),
        1 + draw(28), draw(24), draw(60), draw(60), draw(1000));
}

static void put_body(struct buf *out)
{
    static const char *const devices[] = { "android", "ios", "web" };
    static const char *const locales[] = { "\"RU\"", "\"en_US\"", "null", "\"de\"", "\"ID\"" };

    buf_puts(out, "{\"user_id\":\"");
    put_uuid(out);
    buf_printf(out, "\",\"app_version\":\"%u.%u.%u\",\"device_type\":\"%s\",", draw(4), draw(12),
        draw(30), devices[draw(3)]);
    if (draw(5) == 0)
        buf_printf(out, "\"ip\":\"2001:db8:%x::%x\",", draw(65536), draw(65536));
    else
        buf_printf(out, "\"ip\":\"%u.%u.%u.%u\",", draw(256), draw(256), draw(256), draw(256));
    buf_printf(out, "\"locale\":%s,\"device_id\":\"%03u-%02u-%04u\"}", locales[draw(5)], draw(1000),
        draw(100), draw(10000));
}

/* A record as sqs-pull prints it, with a receipt handle of ${least} to ${most} bytes. */
static void put_record(struct buf *out, uint32_t least, uint32_t most)
{
    buf_puts(out,
        "{\"sqs\":{\"queue_url\":\"https://sqs.eu-west-1.amazonaws.com/000000000000/"
        "logins\",\"message_id\":\"");
    put_uuid(out);
    buf_puts(out, "\",\"receipt_handle\":\"");
    put_drawn(out, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        least + draw(most - least + 1));
    buf_puts(out, "\",");
    put_time(out, "sent_at");
    put_time(out, "first_received_at");
    put_time(out, "lease_until");
    buf_printf(out, "\"receive_count\":%u},\"body\":", 1 + draw(4));
    put_body(out);
    buf_putc(out, '}');
}

static void put_short_record(struct buf *out)
{
    put_record(out, 20, 60);
}

static void put_long_record(struct buf *out)
{
    put_record(out, 400, 420);
}

/* 64 KiB: an array of bodies. */
static void put_array(struct buf *out)
{
    size_t start = out->length;

    buf_putc(out, '[');
    do {
        put_body(out);
        buf_putc(out, ',');
    } while (out->length - start < 65000);
    put_body(out);
    buf_putc(out, ']');
}

static void put_foreign(struct buf *out)
{
    static const char *const letters[] = { "д", "ж", "и", "к", "日", "本", "語", "漢", "é", "😀",
        " " };

    buf_puts(out, "{\"body\":{\"comment\":\"");
    for (uint32_t i = 0, count = 400 + draw(400); i < count; i++)
        buf_puts(out, letters[draw(11)]);
    buf_puts(out, "\"}}");
}

static void put_cyrillic(struct buf *out)
{
    static const char *const letters[] = { "а", "б", "в", "г", "д", "е", "ж", "з", "и", "к", "п",
        "р" };

    buf_puts(out, "{\"body\":{\"comment\":\"");
    for (uint32_t i = 0, count = 60 + draw(60); i < count; i++) {
        for (uint32_t k = 0, length = 1 + draw(11); k < length; k++)
            buf_puts(out, letters[draw(12)]);
        buf_putc(out, ' ');
    }
    buf_puts(out, "\"}}");
}

/* A body that is itself JSON in a string. */
static void put_escaped(struct buf *out)
{
    struct buf body;

    buf_init(&body, 4096);
    put_body(&body);
    buf_puts(out, "{\"body\":\"");
    for (size_t i = 0; i < body.length; i++) {
        if (body.data[i] == '"')
            buf_putc(out, '\\');
        buf_putc(out, body.data[i]);
    }
    buf_puts(out, "\"}");
    buf_free(&body);
}

static void put_numbers(struct buf *out)
{
    buf_putc(out, '[');
    for (int i = 0; i < 80; i++)
        buf_printf(out, "%s%u.%u", i ? "," : "", draw(100000), draw(1000));
    buf_putc(out, ']');
}

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

/* Seconds for one pass over the corpus. */
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
    { "record, validated", put_short_record, false },
    { "record, with paths", put_short_record, true },
    { "record of AWS, validated", put_long_record, false },
    { "record of AWS, with paths", put_long_record, true },
    { "64 KiB array of objects", put_array, false },
    { "words in Cyrillic", put_cyrillic, false },
    { "letters of many scripts", put_foreign, false },
    { "JSON in a string", put_escaped, false },
    { "numbers", put_numbers, false },
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
        state = seed;
        measure(lines[i].what, lines[i].put, lines[i].with_paths ? paths : NULL, seconds);
    }
    json_paths_free(paths);
    return 0;
}
