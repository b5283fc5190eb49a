#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/start.h"

#ifdef __SANITIZE_ADDRESS__
enum { MALLOC_IS_REPLACED = 1 }; /* by the sanitizer, which keeps freed blocks on purpose */
#else
enum { MALLOC_IS_REPLACED = 0 };
#endif

enum { LARGE = 4 << 20 };

/* Allocate, use and free a large block. Return whether its memory is still mapped. */
static int stays_mapped(void)
{
    unsigned char in_core;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    char *block = malloc(LARGE);
    assert_non_null(block);
    memset(block, 1, LARGE);
    void *inside = (void *)(((uintptr_t)block + LARGE / 2) / page * page);
    free(block);
    errno = 0;
    return mincore(inside, page, &in_core) == 0 || errno != ENOMEM;
}

static void gives_large_blocks_back(void **state)
{
    (void)state;
    assert_int_equal(start_program("test"), 0);
    /* Without the setting, the first free makes malloc keep the next blocks in its heap, which
     * cannot shrink below a small block. */
    for (int i = 0; i < 3; i++) {
        void *small = malloc(100);
        assert_non_null(small);
        assert_true(!stays_mapped() || MALLOC_IS_REPLACED);
        free(small);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(gives_large_blocks_back) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
