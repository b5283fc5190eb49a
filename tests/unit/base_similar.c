/* lib/base/similar: the match for a word, and words without one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/similar.h"

static const char *nearest(const char *word)
{
    static const char *const names[] = { "follow", "force", "max-record", "max-rejects",
        "metrics-file", "no-map", "map", "x" };
    struct similar similar;
    similar_init(&similar, word, strlen(word));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        similar_offer(&similar, names[i]);
    return similar.best;
}

static void finds_what_was_meant(void **state)
{
    (void)state;
    assert_string_equal(nearest("folow"), "follow");
    assert_string_equal(nearest("FOLLOW"), "follow");
    assert_string_equal(nearest("fllow"), "follow");
    assert_string_equal(nearest("oflloww"), "follow");
    assert_string_equal(nearest("max-recrod"), "max-record");
    assert_string_equal(nearest("metric-file"), "metrics-file");
    assert_string_equal(nearest("mpa"), "map");
    assert_null(nearest("follower-of-something"));
    assert_null(nearest("wait"));
    /* Nothing of a word of one letter is left when it is changed. */
    assert_string_equal(nearest("X"), "x");
    assert_null(nearest("y"));
    assert_null(nearest("xy"));
    assert_null(nearest(""));
    char longest[200];
    memset(longest, 'f', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_null(nearest(longest));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(finds_what_was_meant) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
