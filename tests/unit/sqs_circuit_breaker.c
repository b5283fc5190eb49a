/* lib/sqs/circuit_breaker: requests are held back while they fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sqs/circuit_breaker.h"

/* Count the requests of a client with many waiting calls to a server that always fails. */
static unsigned requests_in(uint64_t milliseconds)
{
    struct circuit_breaker breaker;
    unsigned requests = 0;
    circuit_breaker_init(&breaker);
    for (uint64_t now = 1000; now < 1000 + milliseconds; now++) {
        bool probes[100];
        unsigned passed = 0;
        while (passed < 100 && circuit_breaker_allows(&breaker, false, now))
            probes[passed++] = circuit_breaker_enter(&breaker, false);
        requests += passed;
        while (passed > 0)
            circuit_breaker_leave(&breaker, false, probes[--passed], true, now);
    }
    return requests;
}

static void test_is_slow_while_all_fails(void **state)
{
    (void)state;
    /* The hundred sent before the first returns, then at most four a second. */
    for (int i = 0; i < 50; i++) {
        unsigned requests = requests_in(30000);
        if (requests > 100 + 1 + 4 * 30 || requests < 105)
            fail_msg("%u requests", requests);
    }
}

static void test_success_closes(void **state)
{
    (void)state;
    struct circuit_breaker breaker;
    circuit_breaker_init(&breaker);
    bool first = circuit_breaker_enter(&breaker, true),
         second = circuit_breaker_enter(&breaker, false);
    assert_false(first);
    circuit_breaker_leave(&breaker, true, first, true, 1000);
    assert_int_equal(breaker.failures, 1);
    assert_false(circuit_breaker_allows(&breaker, true, 999));
    /* open requests fail from the same fault */
    circuit_breaker_leave(&breaker, false, second, true, 1001);
    assert_int_equal(breaker.failures, 1);
    /* one probe at a time … */
    assert_true(circuit_breaker_allows(&breaker, true, 2000));
    bool probe = circuit_breaker_enter(&breaker, true);
    assert_true(probe);
    assert_false(circuit_breaker_allows(&breaker, true, 9000));
    /* … but a hanging receive stops no other request */
    assert_true(circuit_breaker_allows(&breaker, false, 9000));
    bool other = circuit_breaker_enter(&breaker, false);
    assert_false(circuit_breaker_allows(&breaker, false, 9000));
    circuit_breaker_leave(&breaker, false, other, false, 9000);
    assert_false(breaker.open);
    assert_true(circuit_breaker_allows(&breaker, true, 9000));
    circuit_breaker_leave(&breaker, true, probe, true, 9001);
    assert_true(breaker.open);
    assert_int_equal(breaker.failures, 1);
    assert_int_equal(breaker.receives + breaker.others, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_is_slow_while_all_fails),
        cmocka_unit_test(test_success_closes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
