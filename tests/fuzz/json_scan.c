/*
 * Scan any bytes with paths. Accepted text is also written out and scanned again, and its strings
 * are decoded and encoded; the results must agree.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "json/path_text.h"
#include "json/scan.h"
#include "json/string.h"
#include "json/write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int good)
{
    if (!good)
        abort();
}

static struct json_paths *make_paths(void)
{
    static const char *const wanted[] = { ".a", ".a.b[]", ".a[1]", ".\"\\u0000\"", ".[][0]" };
    struct json_paths *paths = json_paths_new();
    size_t at;

    require(paths != NULL);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        require(
            json_paths_add(paths, JSON_ROOT, wanted[i], strlen(wanted[i]), &at) != JSON_NO_NODE);
    require(json_paths_other(paths, JSON_ROOT) != JSON_NO_NODE);
    return paths;
}

static void check_string(const char *quoted, size_t length)
{
    struct buf content = { .maximum = length }, again = { .maximum = 6 * length };
    struct json_result result;

    require(json_string_decode(&content, quoted, length) == 0);
    require(json_string_is_utf8(content.data, content.length));
    require(json_string_equals(quoted, length, content.data, content.length));
    require(json_string_has_nul(quoted, length) ==
        (content.length > 0 && memchr(content.data, '\0', content.length) != NULL));
    require(json_string_encode(&again, content.data, content.length) == 0);
    require(json_string_equals(again.data, again.length, content.data, content.length));
    buf_clear(&again);
    require(json_string_encode_ascii(&again, content.data, content.length) == 0);
    require(json_scan(again.data, again.length, NULL, 1, NULL, &result) == JSON_OK);
    require(json_string_equals(again.data, again.length, content.data, content.length));
    buf_free(&content);
    buf_free(&again);
}

static void check_whole(const char *text, size_t length, const struct json_matches *matches)
{
    struct buf out = { .maximum = 6 * length };
    struct json_result result;

    for (size_t i = 0; i < matches->count; i++) {
        const struct json_match *match = &matches->list[i];

        require(match->value < match->end && match->end <= length && match->key <= match->value);
        require(json_scan(text + match->value, match->end - match->value, NULL, JSON_MAX_DEPTH,
                    NULL, &result) == JSON_OK);
        require(result.kind == match->kind && result.end == match->end - match->value);
        if (match->kind == JSON_STRING)
            check_string(text + match->value, match->end - match->value);
        if (match->key < match->value)
            check_string(text + match->key, json_key_end_before(text, match->value) - match->key);
    }
    require(json_write_compact(&out, text, length) == 0);
    require(json_scan(out.data, out.length, NULL, JSON_MAX_DEPTH, NULL, &result) == JSON_OK);
    buf_clear(&out);
    require(json_write_ascii(&out, text, length) == 0);
    require(json_scan(out.data, out.length, NULL, JSON_MAX_DEPTH, NULL, &result) == JSON_OK);
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct json_paths *paths;
    static struct json_matches matches;
    const char *text = (const char *)data;
    struct json_result result, again;

    if (!paths)
        paths = make_paths();
    json_scan(text, size, paths, JSON_MAX_DEPTH, &matches, &result);
    require(result.offset <= size);
    for (size_t i = 0; i < matches.count && result.error != JSON_OK; i++)
        require(matches.list[i].end == UINT32_MAX || matches.list[i].end <= result.offset);
    if (result.error == JSON_OK)
        check_whole(text, size, &matches);
    require(json_scan(text, size, NULL, JSON_MAX_DEPTH, NULL, &again) == result.error);
    require(again.offset == result.offset);
    return 0;
}
