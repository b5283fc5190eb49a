/*
 * Replay the corpus of a libFuzzer entry without libFuzzer. Each file of tests/fuzz/corpus/NAME,
 * where NAME is the name of the program, is run once whole and once cut in half. The second run
 * also finds a table or a buffer that the first one left behind.
 */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { ROOM = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Run on memory of exactly that size, so that a sanitizer sees a read past its end. */
static void run(const unsigned char *data, size_t size)
{
    unsigned char *copy = malloc(size > 0 ? size : 1);
    assert_non_null(copy);
    memcpy(copy, data, size);
    assert_int_equal(LLVMFuzzerTestOneInput(copy, size), 0);
    free(copy);
}

static void replay(const char *folder, const char *name)
{
    static unsigned char data[ROOM];
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rbe");
    assert_non_null(file);
    size_t size = fread(data, 1, sizeof data, file);
    assert_true(size < sizeof data);
    (void)fclose(file);
    run(data, size);
    run(data, size / 2);
}

static void replays_the_corpus(void **state)
{
    (void)state;
    char folder[512];
    struct dirent **entries;
    size_t replayed = 0;
    (void)snprintf(folder, sizeof folder, "tests/fuzz/corpus/%s", program_invocation_short_name);
    int count = scandir(folder, &entries, NULL, alphasort);
    assert_true(count > 0);
    for (int i = 0; i < count; i++) {
        if (entries[i]->d_name[0] != '.') {
            print_message("%s\n", entries[i]->d_name);
            replay(folder, entries[i]->d_name);
            replayed++;
        }
        free(entries[i]);
    }
    free(entries);
    assert_true(replayed > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(replays_the_corpus) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
