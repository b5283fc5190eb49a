#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "json/case_fold.h"
#include "json/scan.h"
#include "json/string.h"
#include "json/strings.h"
#include "json/utf8.h"
#include "json/watch.h"

static const struct {
    const char *key;
    bool ip;
    bool device;
    bool word;
} samples[] = {
    { "ip", true, false, false },
    { "IP", true, false, false },
    { "i_p", true, false, false },
    { "- Ip_", true, false, false },
    { "\\u0049\\u0070", true, false, false },
    { "i\\tp", true, false, false },
    { "\\u00a0ip", true, false, false },
    /* the Turkish letter, invisible characters, and other blanks and hyphens */
    { "\xc4\xb0p", true, false, false },
    { "\\u0131P", true, false, false },
    { "i\xcc\x87p", true, false, false },
    { "DEV\xc4\xb0"
      "CE_\xc4\xb0"
      "D",
        false, true, false },
    { "\xef\xbb\xbfip", true, false, false },
    { "i\\u200bp", true, false, false },
    { "ip\xc2\xad", true, false, false },
    { "ip\xf3\xa0\x80\xa0", true, false, false },
    { "ip\\u0000\\n", true, false, false },
    { "\\udb40\\udc20ip", true, false, false },
    { "device\xe2\x80\x91id", false, true, false },
    { "device\xe3\x80\x80id", false, true, false },
    { "device\xe2\x88\x92\xe2\x80\xa8id", false, true, false },
    { "\xef\xbc\xa9\xef\xbd\x90", true, false, false },
    { "device\xef\xbc\xbfid", false, true, false },
    { "ip\xc2\xaf", false, false, false },
    { "\xc3\xaep", false, false, false },
    { "ipp", false, false, false },
    { "i", false, false, false },
    { "", false, false, false },
    { "_", false, false, false },
    { "i.p", false, false, false },
    { "device_id", false, true, false },
    { "deviceId", false, true, false },
    { "DEVICE-ID", false, true, false },
    { "device_ids", false, false, false },
    { "gr\xc3\xb6\xc3\x9f"
      "e",
        false, false, true },
    { "GR\xc3\x96\xc3\x9f"
      "E",
        false, false, true },
    { "gr\\u00f6\xc3\x9f-e", false, false, true },
    { "gro\xc3\x9f"
      "e",
        false, false, false },
};

/* Each member whose key is similar to a watched one, at every depth, and no other. */
static void finds_keys_that_are_alike(void **state)
{
    (void)state;
    struct json_paths *paths = json_paths_new();
    uint32_t ip = json_paths_watch(paths, "ip", 2);
    uint32_t device = json_paths_watch(paths, "device_id", 9);
    uint32_t word = json_paths_watch(paths,
        "Gr\xc3\xb6\xc3\x9f"
        "e",
        7);
    assert_int_equal(json_paths_watch(paths, "I-P", 3), ip);
    assert_int_equal(json_paths_watched(paths, "DeviceID", 8), device);
    assert_int_equal(json_paths_watched(paths, "device", 6), JSON_NO_NODE);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct json_matches matches = { 0 };
        struct json_result result;
        char text[200];
        int length = snprintf(text, sizeof text, "{\"a\":[{\"%s\":{\"b\":1}}]}", samples[i].key);
        assert_int_equal(json_scan(text, (size_t)length, paths, JSON_MAX_DEPTH, &matches, &result),
            JSON_OK);
        uint32_t wanted = samples[i].ip ? ip
            : samples[i].device         ? device
            : samples[i].word           ? word
                                        : JSON_NO_NODE;
        /* The root is a match, as always. */
        assert_int_equal(matches.count, wanted == JSON_NO_NODE ? 1 : 2);
        if (wanted != JSON_NO_NODE)
            assert_int_equal(matches.list[1].node, wanted);
        json_matches_free(&matches);
    }
    json_paths_free(paths);
}

/* Case does not count in any alphabet, and a letter may be longer in one case than in the other. */
static void folds_every_alphabet(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *key;
        bool alike;
    } pairs[] = {
        { "größe", "GRÖẞE", true },
        { "σοφός", "ΣΟΦΌΣ", true },
        { "ΣΟΦΌΣ", "σοφόσ", true },
        { "địa_chỉ", "ĐỊA CHỈ", true },
        { "հեռախոս", "ՀԵՌԱԽՈՍ", true },
        { "სახელი", "ᲡᲐᲮᲔᲚᲘ", true },
        { "kontakt", "\u212aONTA\u212AT", true },
        { "ⱥⱦ", "ȺȾ", true },
        { "ȺȾ", "ⱥⱦ", true },
        { "адрес", "АДРЕС", true },
        { "straße", "STRAſE", false },
        { "σοφός", "σοφοσ", false },
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct json_paths *paths = json_paths_new();
        struct json_matches matches = { 0 };
        struct json_result result;
        char text[100];
        uint32_t node = json_paths_watch(paths, pairs[i].name, strlen(pairs[i].name));
        int length = snprintf(text, sizeof text, "{\"%s\":1}", pairs[i].key);
        assert_int_not_equal(node, JSON_NO_NODE);
        assert_int_equal(json_scan(text, (size_t)length, paths, JSON_MAX_DEPTH, &matches, &result),
            JSON_OK);
        assert_int_equal(matches.count, pairs[i].alike ? 2 : 1);
        json_matches_free(&matches);
        json_paths_free(paths);
    }
    for (uint32_t point = 0x80; point < 0x110000; point++) {
        char text[4], folded[4];
        uint32_t fold = json_case_fold(point);
        size_t size = json_utf8_put(folded, fold), spelt = json_utf8_put(text, point);
        assert_int_equal(fold < 0x80 ? fold : json_case_fold(fold), fold);
        assert_true(size <= spelt || (spelt == 2 && size == 3));
    }
}

/* A member that a path names belongs to the path; "other" takes only the rest. */
static void leaves_what_is_named(void **state)
{
    (void)state;
    static const char text[] = "{\"ip\":1,\"a\":{\"ip\":2,\"IP\":3}}";
    struct json_paths *paths = json_paths_new();
    uint32_t named = json_paths_key(paths, JSON_ROOT, "ip", 2);
    uint32_t watched = json_paths_watch(paths, "ip", 2);
    struct json_matches matches = { 0 };
    struct json_result result;
    assert_int_equal(json_scan(text, strlen(text), paths, JSON_MAX_DEPTH, &matches, &result),
        JSON_OK);
    assert_int_equal(matches.count, 4);
    assert_int_equal(matches.list[1].node, named);
    assert_int_equal(matches.list[2].node, watched);
    assert_int_equal(matches.list[3].node, watched);
    json_matches_free(&matches);
    json_paths_free(paths);
}

static void walks_through_strings(void **state)
{
    (void)state;
    static const char text[] = "{\"a\" : [\"\", 1, {\"b\\\"\":\"\\\\\"}, \"\xc3\xa4\"]}";
    static const char *const strings[] = { "\"a\"", "\"\"", "\"b\\\"\"", "\"\\\\\"",
        "\"\xc3\xa4\"" };
    struct json_string_place place;
    size_t at = 0, count = 0;
    for (; json_strings_next(text, strlen(text), &at, &place); count++) {
        assert_true(count < sizeof strings / sizeof *strings);
        assert_int_equal(place.end - place.start, strlen(strings[count]));
        assert_memory_equal(text + place.start, strings[count], place.end - place.start);
        assert_int_equal(place.plain, strchr(strings[count], '\\') == NULL);
    }
    assert_int_equal(count, sizeof strings / sizeof *strings);
}

/* Every byte of the content is found at its place in the spelling. */
static void finds_places_in_a_string(void **state)
{
    (void)state;
    static const char quoted[] = "\"a\\u00e4\\nb\\ud83d\\ude00c\\\"\"";
    static const struct {
        size_t decoded;
        size_t raw;
    } places[] = { { 0, 1 }, { 1, 2 }, { 3, 8 }, { 4, 10 }, { 5, 11 }, { 9, 23 }, { 10, 24 },
        { 11, 26 } };
    size_t raw = 1, decoded = 0;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        json_string_seek(quoted, strlen(quoted), &raw, &decoded, places[i].decoded);
        assert_int_equal(raw, places[i].raw);
        assert_int_equal(decoded, places[i].decoded);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_keys_that_are_alike),
        cmocka_unit_test(folds_every_alphabet),
        cmocka_unit_test(leaves_what_is_named),
        cmocka_unit_test(walks_through_strings),
        cmocka_unit_test(finds_places_in_a_string),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
