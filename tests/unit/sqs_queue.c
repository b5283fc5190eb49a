/* lib/sqs/queue: names, URLs, and equality of queues. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "sqs/queue.h"

static const char eighty[] =
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

static void test_names(void **state)
{
    (void)state;
    static const char *const good[] = { "q", "Q-1_x", "orders.fifo", eighty };
    static const char *const bad[] = { "", ".fifo", "a.b", "a b", "a/b", "a.fifo.fifo", "a.fifox",
        "http://h/1/q", "\xc3\xa9",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.fifo" };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!queue_is_name(good[i]))
            fail_msg("%s is no name", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (queue_is_name(bad[i]))
            fail_msg("%s is a name", bad[i]);
}

struct host {
    const char *name;
    const char *region; /* NULL: not of AWS */
};

static const struct host hosts[] = {
    { "sqs.eu-west-1.amazonaws.com", "eu-west-1" },
    { "sqs.us-gov-west-1.amazonaws.com", "us-gov-west-1" },
    { "sqs.cn-north-1.amazonaws.com.cn", "cn-north-1" },
    { "sqs-fips.us-east-1.amazonaws.com", "us-east-1" },
    { "sqs.eu-west-1.api.aws", "eu-west-1" },
    { "eu-west-1.queue.amazonaws.com", "eu-west-1" },
    { "queue.amazonaws.com", "us-east-1" },
    { "vpce-0a1b-xyz.sqs.eu-west-1.vpce.amazonaws.com", "eu-west-1" },
    { "vpce-0a1b-xyz-eu-west-1a.sqs.eu-west-1.vpce.amazonaws.com", "eu-west-1" },
    { "localhost", NULL },
    { "127.0.0.1", NULL },
    { "sqs.amazonaws.com.evil.example", NULL },
    { "sqs.eu-west-1.amazonaws.com.evil.example", NULL },
    { "sqs.a.b.amazonaws.com", NULL },
    { "sqs..amazonaws.com", NULL },
    { "sns.eu-west-1.amazonaws.com", NULL },
};

static void test_hosts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        char region[QUEUE_PART_SIZE];
        bool found = queue_region_of_host(hosts[i].name, region);
        if (found != (hosts[i].region != NULL))
            fail_msg("%s: %d", hosts[i].name, found);
        assert_string_equal(region, found ? hosts[i].region : "");
    }
}

struct pair {
    const char *a;
    const char *b;
    bool same;
};

static const struct pair pairs[] = {
    { "https://sqs.eu-west-1.amazonaws.com/1/q", "https://sqs.eu-west-1.amazonaws.com/1/q", true },
    { "https://sqs.eu-west-1.amazonaws.com/1/q", "https://eu-west-1.queue.amazonaws.com/1/q",
        true },
    { "https://sqs.eu-west-1.amazonaws.com/1/q",
        "https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com/1/q/", true },
    { "https://sqs.eu-west-1.amazonaws.com/1/q", "https://sqs.eu-west-2.amazonaws.com/1/q", false },
    { "https://sqs.eu-west-1.amazonaws.com/1/q", "https://sqs.eu-west-1.amazonaws.com/2/q", false },
    { "https://sqs.eu-west-1.amazonaws.com/1/q", "https://sqs.eu-west-1.amazonaws.com/1/Q", false },
    { "https://sqs.eu-west-1.amazonaws.com/1/q", "https://sqs.eu-west-1.amazonaws.com/1/q.fifo",
        false },
    { "http://localhost:9324/000000000000/q", "http://elasticmq:9324/000000000000/q", true },
    { "http://localhost:9324/000000000000/q", "https://sqs.eu-west-1.amazonaws.com/000000000000/q",
        true },
    { "http://localhost:9324/000000000000/q", "http://localhost:9324/000000000000/r", false },
    { "http://localhost:9324/q", "http://127.0.0.1:9324/q", true },
    { "http://localhost:9324/q", "http://localhost:9324/queue/q", false },
};

static struct queue_identity identity_of(const char *url)
{
    struct queue_identity identity;
    assert_int_equal(queue_identify(url, strlen(url), &identity), 0);
    return identity;
}

static void test_identity(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct queue_identity a = identity_of(pairs[i].a), b = identity_of(pairs[i].b);
        if (queue_same(&a, &b) != pairs[i].same || queue_same(&b, &a) != pairs[i].same)
            fail_msg("%s and %s", pairs[i].a, pairs[i].b);
    }
}

static void test_no_queue(void **state)
{
    (void)state;
    static const char *const bad[] = { "", "q", "http://localhost", "http://localhost/",
        "http://localhost/1/a.b", "http://u@localhost/1/q",
        "http://localhost/1/q?Action=DeleteQueue", "ftp://localhost/1/q" };
    struct queue_identity identity;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (queue_identify(bad[i], strlen(bad[i]), &identity) == 0)
            fail_msg("%s is a queue URL", bad[i]);
    assert_int_equal(queue_identify("http://localhost/1/q\0x", 22, &identity), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_identity),
        cmocka_unit_test(test_no_queue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
