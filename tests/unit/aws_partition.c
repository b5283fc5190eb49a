/* lib/aws/partition: regions to hosts, and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "aws/partition.h"

struct host {
    enum partition_service service;
    const char *region;
    bool fips;
    bool dual_stack;
    const char *host;
};

static const struct host hosts[] = {
    { PARTITION_SQS, "eu-west-1", false, false, "sqs.eu-west-1.amazonaws.com" },
    { PARTITION_SQS, "us-east-1", true, false, "sqs-fips.us-east-1.amazonaws.com" },
    { PARTITION_SQS, "us-east-1", false, true, "sqs.us-east-1.api.aws" },
    { PARTITION_SQS, "us-east-1", true, true, "sqs-fips.us-east-1.api.aws" },
    { PARTITION_SQS, "cn-north-1", false, false, "sqs.cn-north-1.amazonaws.com.cn" },
    { PARTITION_SQS, "cn-north-1", false, true, "sqs.cn-north-1.api.amazonwebservices.com.cn" },
    { PARTITION_SQS, "eusc-de-east-1", false, false, "sqs.eusc-de-east-1.amazonaws.eu" },
    { PARTITION_SQS, "us-iso-east-1", false, false, "sqs.us-iso-east-1.c2s.ic.gov" },
    { PARTITION_SQS, "us-isob-east-1", false, false, "sqs.us-isob-east-1.sc2s.sgov.gov" },
    { PARTITION_SQS, "eu-isoe-west-1", false, false, "sqs.eu-isoe-west-1.cloud.adc-e.uk" },
    { PARTITION_SQS, "us-isof-south-1", true, false, "sqs-fips.us-isof-south-1.csp.hci.ic.gov" },
    { PARTITION_SQS, "us-gov-west-1", true, false, "sqs.us-gov-west-1.amazonaws.com" },
    { PARTITION_SQS, "us-gov-west-1", true, true, "sqs-fips.us-gov-west-1.api.aws" },
    { PARTITION_SQS, "us-gov-west-1", false, true, "sqs.us-gov-west-1.api.aws" },
    { PARTITION_SQS, "nowhere", false, false, "sqs.nowhere.amazonaws.com" },
    { PARTITION_SQS, "cn-north", false, false, "sqs.cn-north.amazonaws.com" },
    { PARTITION_SQS, "aws-iso-e-global", false, false, "sqs.aws-iso-e-global.cloud.adc-e.uk" },
    { PARTITION_STS, "us-gov-east-1", true, false, "sts.us-gov-east-1.amazonaws.com" },
    { PARTITION_STS, "cn-northwest-1", false, false, "sts.cn-northwest-1.amazonaws.com.cn" },
    { PARTITION_STS, "aws-global", false, false, "sts.amazonaws.com" },
    { PARTITION_STS, "aws-global", true, false, "sts-fips.aws-global.amazonaws.com" },
    { PARTITION_KMS, "us-gov-west-1", true, false, "kms-fips.us-gov-west-1.amazonaws.com" },
    { PARTITION_KMS, "eusc-de-east-1", true, false, "kms-fips.eusc-de-east-1.amazonaws.eu" },
};

static void test_hosts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        char host[PARTITION_HOST_SIZE], region[PARTITION_REGION_SIZE];
        bool own = true;
        const struct partition_variant variant = { hosts[i].fips, hosts[i].dual_stack };
        assert_int_equal(partition_host(hosts[i].service, hosts[i].region, variant, host), 0);
        assert_string_equal(host, hosts[i].host);
        assert_int_equal(partition_region_of_host(host, region, &own),
            hosts[i].service == PARTITION_SQS);
        assert_string_equal(region, hosts[i].service == PARTITION_SQS ? hosts[i].region : "");
        assert_false(own);
    }
    char long_region[PARTITION_HOST_SIZE], host[PARTITION_HOST_SIZE];
    memset(long_region, 'a', sizeof long_region - 1);
    long_region[sizeof long_region - 1] = '\0';
    assert_int_equal(
        partition_host(PARTITION_SQS, long_region, (struct partition_variant){ 0 }, host), -1);
}

/* Another host never replaces an own host, or one of the old form. */
static void test_own(void **state)
{
    (void)state;
    static const char *const own_hosts[][2] = {
        { "vpce-1-a.sqs.us-iso-east-1.vpce.c2s.ic.gov", "us-iso-east-1" },
        { "vpce-1.sqs.eu-west-1.vpce.amazonaws.com", "eu-west-1" },
        { "eu-west-1.queue.amazonaws.com", "eu-west-1" },
        { "cn-north-1.queue.amazonaws.com.cn", "cn-north-1" },
        { "queue.amazonaws.com", "us-east-1" },
    };
    static const char *const others[] = { "sqs.amazonaws.com", "sqs..amazonaws.com",
        "sqs.a.b.amazonaws.com", "localhost", "sqs.eu-west-1.amazonaws.com.example.org",
        "xsqs.eu-west-1.amazonaws.com", "sqs.eu-west-1.amazonaws.co", "" };
    char region[PARTITION_REGION_SIZE];
    bool own;
    for (size_t i = 0; i < sizeof own_hosts / sizeof *own_hosts; i++) {
        assert_true(partition_region_of_host(own_hosts[i][0], region, &own));
        assert_string_equal(region, own_hosts[i][1]);
        assert_true(own);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_false(partition_region_of_host(others[i], region, &own));
        assert_string_equal(region, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
