/* lib/sqs/lease: leases by id, by due time and by age. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "sqs/lease.h"
#include "within.h"

static struct lease *add(struct lease_table *table, const char *id, const char *handle)
{
    struct lease *lease = lease_add(table, id, strlen(id), handle, strlen(handle));
    assert_non_null(lease);
    assert_int_equal(lease->handle_length, strlen(handle));
    assert_memory_equal(lease_handle(lease), handle, strlen(handle));
    return lease;
}

static struct lease *find(const struct lease_table *table, const char *id)
{
    return lease_find(table, id, strlen(id));
}

static void found_by_the_whole_id(void **state)
{
    (void)state;
    struct lease_table *table = lease_table_new(1);
    struct lease *empty = add(table, "", "h0"), *a = add(table, "a", "h1"),
                 *ab = add(table, "ab", "h2"), *abc = add(table, "abc", "h3");
    assert_ptr_equal(find(table, ""), empty);
    assert_ptr_equal(find(table, "a"), a);
    assert_ptr_equal(find(table, "ab"), ab);
    assert_ptr_equal(find(table, "abc"), abc);
    assert_null(find(table, "abcd"));
    assert_null(find(table, "b"));
    assert_null(lease_find(table, "a\0", 2));
    lease_remove(table, ab);
    assert_null(find(table, "ab"));
    assert_ptr_equal(find(table, "a"), a);
    assert_ptr_equal(find(table, "abc"), abc);
    assert_int_equal(lease_count(table), 3);
    lease_table_free(table);
}

/* More leases than expected: each is found, and no removed one. */
static void many(void **state)
{
    enum { COUNT = 20000 };
    (void)state;
    char id[32], handle[32];
    struct lease_table *table = lease_table_new(100);
    for (int i = 0; i < COUNT; i++) {
        (void)snprintf(id, sizeof id, "id-%d", i);
        (void)snprintf(handle, sizeof handle, "handle-%d", i);
        lease_schedule(table, add(table, id, handle), (uint64_t)(i * 7919 % COUNT));
    }
    assert_int_equal(lease_count(table), COUNT);
    size_t bytes = lease_bytes(table);
    assert_within(bytes, COUNT * 60, COUNT * 140);
    for (int i = 0; i < COUNT; i += 2) {
        (void)snprintf(id, sizeof id, "id-%d", i);
        lease_remove(table, find(table, id));
    }
    assert_int_equal(lease_count(table), COUNT / 2);
    assert_within(lease_bytes(table), bytes * 49 / 100, bytes * 51 / 100);
    for (int i = 0; i < COUNT; i++) {
        (void)snprintf(id, sizeof id, "id-%d", i);
        (void)snprintf(handle, sizeof handle, "handle-%d", i);
        const struct lease *lease = find(table, id);
        assert_true((lease != NULL) == (i % 2 == 1));
        if (lease != NULL)
            assert_memory_equal(lease_handle(lease), handle, strlen(handle));
    }
    lease_table_free(table);
}

static void due_in_the_order_of_time(void **state)
{
    (void)state;
    struct lease_table *table = lease_table_new(8);
    struct lease *a = add(table, "a", "h"), *b = add(table, "b", "h"), *c = add(table, "c", "h");
    assert_null(lease_first(table));
    lease_schedule(table, a, 30);
    assert_ptr_equal(lease_first(table), a);
    lease_schedule(table, b, 20);
    assert_ptr_equal(lease_first(table), b);
    lease_schedule(table, c, UINT64_MAX);
    assert_ptr_equal(lease_first(table), b);
    lease_schedule(table, b, 40); /* later */
    assert_ptr_equal(lease_first(table), a);
    lease_schedule(table, c, 0); /* earlier */
    assert_ptr_equal(lease_first(table), c);
    lease_unschedule(table, c);
    lease_unschedule(table, c); /* a second time has no effect */
    assert_ptr_equal(lease_first(table), a);
    assert_ptr_equal(find(table, "c"), c);
    lease_remove(table, a);
    assert_ptr_equal(lease_first(table), b);
    lease_remove(table, b);
    assert_null(lease_first(table));
    lease_table_free(table);
}

static uint64_t next_random(uint64_t *random)
{
    *random = *random * 6364136223846793005u + 1442695040888963407u;
    return *random >> 33;
}

/* The first due lease equals that of a linear search, over many steps of each kind. */
static void due_as_a_plain_search_says(void **state)
{
    enum { SLOTS = 50, STEPS = 50000 };
    (void)state;
    struct lease *leases[SLOTS] = { NULL };
    uint64_t random = 1, removed = 0;
    char id[32];
    struct lease_table *table = lease_table_new(4);
    for (int step = 0; step < STEPS; step++) {
        size_t slot = next_random(&random) % SLOTS;
        struct lease *lease = leases[slot];
        (void)snprintf(id, sizeof id, "id-%zu", slot);
        if (lease == NULL) {
            leases[slot] = lease = add(table, id, "h");
            lease->received_ms = (uint64_t)step;
        } else if (next_random(&random) % 5 == 0) {
            lease_remove(table, lease);
            leases[slot] = NULL;
            removed++;
        } else if (next_random(&random) % 5 == 0) {
            lease_unschedule(table, lease);
        } else {
            lease_schedule(table, lease, next_random(&random) % 100);
        }
        uint64_t due = UINT64_MAX, eldest = UINT64_MAX;
        size_t count = 0;
        for (size_t i = 0; i < SLOTS; i++) {
            const struct lease *other = leases[i];
            count += other != NULL;
            if (other != NULL && other->place != LEASE_UNSCHEDULED && other->due_ms < due)
                due = other->due_ms;
            if (other != NULL && other->received_ms < eldest)
                eldest = other->received_ms;
        }
        assert_int_equal(lease_count(table), count);
        assert_true((lease_first(table) == NULL) == (due == UINT64_MAX));
        assert_true(lease_first(table) == NULL || lease_first(table)->due_ms == due);
        assert_true((lease_oldest(table) == NULL) == (count == 0));
        assert_true(count == 0 || lease_oldest(table)->received_ms == eldest);
    }
    assert_true(removed > STEPS / 20);
    lease_table_free(table);
}

/* A lease that ends during its extension stays in memory until that returns. */
static void ended_while_being_extended(void **state)
{
    (void)state;
    struct lease_table *table = lease_table_new(8);
    struct lease *old = add(table, "id", "old handle"), *other = add(table, "other", "h");
    lease_schedule(table, old, 1);
    lease_schedule(table, other, 2);
    lease_unschedule(table, old);
    old->extending = true;
    lease_remove(table, old);
    assert_null(find(table, "id"));
    assert_ptr_equal(lease_oldest(table), other);
    assert_int_equal(lease_count(table), 1);
    /* The message is received again meanwhile. */
    struct lease *renewed = add(table, "id", "new handle");
    lease_schedule(table, renewed, 3);
    assert_memory_equal(lease_handle(old), "old handle", old->handle_length);
    assert_false(lease_back(old));
    assert_ptr_equal(find(table, "id"), renewed);
    /* A lease that continues is unchanged. */
    renewed->extending = true;
    assert_true(lease_back(renewed));
    assert_false(renewed->extending);
    lease_remove(table, renewed);
    assert_null(find(table, "id"));
    assert_int_equal(lease_count(table), 1);
    lease_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found_by_the_whole_id),
        cmocka_unit_test(many),
        cmocka_unit_test(due_in_the_order_of_time),
        cmocka_unit_test(due_as_a_plain_search_says),
        cmocka_unit_test(ended_while_being_extended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
