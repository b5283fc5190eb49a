/* lib/sqs/gate: how requests are held back while they fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sqs/gate.h"

/* Drive the gate as a client with many waiting calls would, a server that only fails, for a while.
 */
static unsigned requests_in(uint64_t milliseconds)
{
    struct gate gate;
    unsigned requests = 0;
    gate_init(&gate);
    for (uint64_t now = 1000; now < 1000 + milliseconds; now++) {
        bool probes[100];
        unsigned passed = 0;
        while (passed < 100 && gate_lets(&gate, false, now))
            probes[passed++] = gate_pass(&gate, false);
        requests += passed;
        while (passed > 0)
            gate_left(&gate, false, probes[--passed], true, now);
    }
    return requests;
}

static void test_gate_is_slow_while_all_fails(void **state)
{
    (void)state;
    /* The hundred that are sent before the first comes back, then four a second at most. */
    for (int i = 0; i < 50; i++) {
        unsigned requests = requests_in(30000);
        if (requests > 100 + 1 + 4 * 30 || requests < 105)
            fail_msg("%u requests", requests);
    }
}

static void test_gate_opens(void **state)
{
    (void)state;
    struct gate gate;
    gate_init(&gate);
    bool first = gate_pass(&gate, true), second = gate_pass(&gate, false);
    assert_false(first);
    gate_left(&gate, true, first, true, 1000);
    assert_int_equal(gate.failures, 1);
    assert_false(gate_lets(&gate, true, 999));
    /* what was under way fails of the same fault */
    gate_left(&gate, false, second, true, 1001);
    assert_int_equal(gate.failures, 1);
    /* one probe at a time … */
    assert_true(gate_lets(&gate, true, 2000));
    bool probe = gate_pass(&gate, true);
    assert_true(probe);
    assert_false(gate_lets(&gate, true, 9000));
    /* … but a receive that hangs stops no other request */
    assert_true(gate_lets(&gate, false, 9000));
    bool other = gate_pass(&gate, false);
    assert_false(gate_lets(&gate, false, 9000));
    gate_left(&gate, false, other, false, 9000);
    assert_false(gate.shut);
    assert_true(gate_lets(&gate, true, 9000));
    gate_left(&gate, true, probe, true, 9001);
    assert_true(gate.shut);
    assert_int_equal(gate.failures, 1);
    assert_int_equal(gate.receives + gate.others, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gate_is_slow_while_all_fails),
        cmocka_unit_test(test_gate_opens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
