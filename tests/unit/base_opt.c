#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <fcntl.h>
#include <unistd.h>

#include "base/msg.h"
#include "base/opt.h"
#include "base/status.h"

enum { NUMBER = 1, FLAG, LIST };

static const struct opt table[] = {
    { NUMBER, 'n', "number", "N", "a number", "7" },
    { FLAG, 'f', "flag", NULL, "a flag", NULL },
    { LIST, 'm', "list", "X...", "a list", NULL },
};
static const struct opt_command command = { "[-f] [-n N]", "Test.", table, 3 };

struct sample {
    const char *arguments[8];
    const char *expected; /* a letter and value per result, "|"-separated; "exit=N" at the end */
};

static const struct sample samples[] = {
    { { NULL }, "" },
    { { "-n5", "-f" }, "n5|f|" },
    { { "-fn", "5", "x" }, "f|n5|ox|" },
    { { "--number=5", "--flag", "--", "-f" }, "n5|f|o-f|" },
    { { "x", "--number", "-5", "-" }, "ox|n-5|o-|" },
    { { "-m", "a", "--list=", "-mb" }, "ma|m|mb|" },
    { { "-vqf" }, "f|" },
    { { "-f", "--flag", "-ff" }, "f|f|f|f|" }, /* gives the same options again */
    { { "-n5", "-n6" }, "n5|exit=64" },
    { { "-n5", "--number=6" }, "n5|exit=64" },
    { { "-n" }, "exit=64" },
    { { "--number" }, "exit=64" },
    { { "--flag=x" }, "exit=64" },
    { { "--num=5" }, "exit=64" },
    { { "--nonsense" }, "exit=64" },
    { { "-x" }, "exit=64" },
    { { "--log=xml" }, "exit=64" },
};

static void parses_samples(void **state)
{
    (void)state;
    /* These are usage errors; the bats suite checks their texts. */
    int saved = dup(STDERR_FILENO);
    int null = open("/dev/null", O_WRONLY);
    dup2(null, STDERR_FILENO);
    close(null);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        char *argv[10] = { strdup("test") };
        int argc = 1;
        for (size_t k = 0; samples[i].arguments[k] != NULL; k++)
            argv[argc++] = strdup(samples[i].arguments[k]);
        argv[argc] = NULL;
        struct opt_parser parser;
        opt_start(&parser, &command, argc, argv);
        char seen[100] = "";
        const char *value = NULL;
        for (int id; (id = opt_next(&parser, &value)) != OPT_END;) {
            size_t used = strlen(seen);
            if (id == OPT_EXIT) {
                snprintf(seen + used, sizeof seen - used, "exit=%d", parser.exit_status);
                break;
            }
            char letter = id == NUMBER ? 'n' : id == FLAG ? 'f' : id == LIST ? 'm' : 'o';
            snprintf(seen + used, sizeof seen - used, "%c%s|", letter, value != NULL ? value : "");
        }
        assert_string_equal(seen, samples[i].expected);
        for (int k = 0; k < argc; k++)
            free(argv[k]);
        msg_set_level(MSG_NORMAL);
    }
    dup2(saved, STDERR_FILENO);
    close(saved);
}

/* --help has the defaults of the table, all in one form. */
static void prints_defaults(void **state)
{
    (void)state;
    char text[4096] = "";
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    int saved = dup(STDOUT_FILENO);
    dup2(ends[1], STDOUT_FILENO);
    char *argv[] = { (char[]){ "test" }, (char[]){ "--help" }, NULL };
    struct opt_parser parser;
    const char *value;
    opt_start(&parser, &command, 2, argv);
    int id = opt_next(&parser, &value);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    close(ends[1]);
    assert_true(read(ends[0], text, sizeof text - 1) > 0);
    close(ends[0]);
    assert_int_equal(id, OPT_EXIT);
    assert_int_equal(parser.exit_status, STATUS_OK);
    assert_non_null(strstr(text, "  -n, --number N                a number [default 7]\n"));
    assert_non_null(strstr(text, "  -f, --flag                    a flag\n"));
    assert_non_null(strstr(text, "one object a line [default text]\n"));
}

static void reads_values(void **state)
{
    (void)state;
    uint64_t out = 0;
    assert_true(opt_number("18446744073709551615", 0, UINT64_MAX, &out));
    assert_true(out == UINT64_MAX);
    static const char *const bad[] = { "", "-1", "+1", " 1", "1 ", "1x", "18446744073709551616",
        "0x10", "1e3" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(opt_number(bad[i], 0, UINT64_MAX, &out));
    assert_false(opt_number("11", 1, 10, &out));
    assert_true(opt_size("64k", 0, UINT64_MAX, &out));
    assert_int_equal(out, 65536);
    assert_true(opt_size("1M", 0, UINT64_MAX, &out));
    assert_int_equal(out, 1 << 20);
    assert_false(opt_size("1kB", 0, UINT64_MAX, &out));
    assert_false(opt_size("18446744073709551615k", 0, UINT64_MAX, &out));
    assert_true(opt_duration("500ms", 0, UINT64_MAX, &out));
    assert_int_equal(out, 500);
    assert_true(opt_duration("20s", 0, UINT64_MAX, &out));
    assert_int_equal(out, 20000);
    assert_true(opt_duration("20", 0, UINT64_MAX, &out));
    assert_int_equal(out, 20000);
    assert_true(opt_duration("5m", 0, UINT64_MAX, &out));
    assert_int_equal(out, 300000);
    assert_true(opt_duration("15d", 0, UINT64_MAX, &out));
    assert_int_equal(out, 1296000000);
    assert_false(opt_duration("5 m", 0, UINT64_MAX, &out));
    assert_false(opt_duration("0s", 1, UINT64_MAX, &out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_samples),
        cmocka_unit_test(prints_defaults),
        cmocka_unit_test(reads_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
