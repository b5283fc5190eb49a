/* lib/sqs/attribute: the digest of message attributes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include "crypto/digest.h"
#include "sqs/attribute.h"

static struct attribute make(const char *name, const char *type, const char *value)
{
    return (struct attribute){ name, type, value, strlen(name), strlen(type), strlen(value) };
}

static void check(const struct attribute *list, size_t count, const char *hex)
{
    unsigned char md5[ATTRIBUTE_MD5_SIZE];
    char got[2 * ATTRIBUTE_MD5_SIZE + 1] = "";
    assert_int_equal(attribute_md5(list, count, md5), 0);
    digest_hex(md5, sizeof md5, got);
    assert_string_equal(got, hex);
}

/* Digests from AWS, also used in the tests of several emulators. */
static void test_of_aws(void **state)
{
    (void)state;
    struct attribute one = make("timestamp", "Number", "1493147359900");
    check(&one, 1, "235c5c510d26fb653d073faed50ae77c");
    one = make("timestamp", "Number", "1493147359901");
    check(&one, 1, "994258b45346a2cc3f9cbb611aa7af30");
    one = make("SOME_Valid.attribute-Name", "Number", "1493147359900");
    check(&one, 1, "36655e7e9d7c0e8479fa3f3f42247ae7");
    struct attribute many[] = {
        make("ccc", "String", "testjunk"),
        make("aaa", "Binary", "AgME"),
        make("zzz", "Number", "0230.01"),
        make("\303\266ther_encodings", "String", "T\303\274st"),
    };
    check(many, 4, "8ae21a7957029ef04146b42aeaa18a22");
}

/* Computed with another tool: labels, order of names with a common prefix, empty values. */
static void test_more(void **state)
{
    (void)state;
    struct attribute labelled = make("timestamp", "Number.java.lang.Long", "1493147359900");
    check(&labelled, 1, "2e2e4876d8e0bd6b8c2c8f556831c349");
    struct attribute list[] = {
        make("a", "String", "x"),
        make("a.b", "Binary.png", "AAECAwQ="),
        make("Z", "Number.int", "-1.50"),
        make("a-", "String", "Gr\303\274\303\237e \342\230\203"),
    };
    for (size_t turn = 0; turn < 4; turn++) {
        check(list, 4, "07bc041c06a79b5c45a46382fc3a7a36");
        struct attribute first = list[0];
        memmove(list, list + 1, 3 * sizeof *list);
        list[3] = first;
    }
    struct attribute empty = make("b", "Binary", "");
    check(&empty, 1, "882ef4d230098b44c382fdbd4fe6534d");
    check(NULL, 0, "d41d8cd98f00b204e9800998ecf8427e");
}

static void test_refused(void **state)
{
    (void)state;
    unsigned char md5[ATTRIBUTE_MD5_SIZE];
    struct attribute list[ATTRIBUTE_READ_MAXIMUM + 1];
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        list[i] = make("n", "Binary", "AA=="); /* with equal names: any order */
    assert_int_equal(attribute_md5(list, ATTRIBUTE_READ_MAXIMUM, md5), 0);
    assert_int_equal(attribute_md5(list, ATTRIBUTE_READ_MAXIMUM + 1, md5), -1);
    list[5] = make("n", "Binary", "A");
    assert_int_equal(attribute_md5(list, 10, md5), -1);
}

static void test_binary(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        bool binary;
    } types[] = { { "Binary", true }, { "Binary.gif", true }, { "Binary.", true },
        { "Binaryx", false }, { "binary", false }, { "Binar", false }, { "", false },
        { "String.Binary", false } };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct attribute attribute = make("n", types[i].type, "v");
        assert_int_equal(attribute_is_binary(&attribute), types[i].binary);
    }
    struct attribute list[] = { make("name", "String", "value"), make("b", "Binary", "AAAA") };
    assert_int_equal(attribute_bytes(list, 2), 4 + 6 + 5 + 1 + 6 + 3);
}

static void test_sound(void **state)
{
    (void)state;
    static const struct {
        const char *name, *type, *value;
        bool sound;
    } cases[] = { { "n", "String", "v", true }, { "n", "String.label", "v", true },
        { "n", "Number", "1", true }, { "n", "Binary", "AA==", true },
        { "n", "Binary.gif", "AAAA", true }, { "", "String", "v", false }, { "n", "", "v", false },
        { "n", "String", "", false }, { "n", "string", "v", false }, { "n", "Strings", "v", false },
        { "n", "Text", "v", false }, { "n", "Binary", "A", false },
        { "n", "Binary", "AB==", false }, { "n", "Binary", "", false },
        { "a.b_c-9", "String.x_1.y-z", "v", true }, { "AWSx", "String", "v", true },
        { "a\x01", "String", "v", false }, { "n", "String.\x01", "v", false },
        { "a b", "String", "v", false }, { "a..b", "String", "v", false },
        { ".a", "String", "v", false }, { "a.", "String", "v", false },
        { "n", "String.", "v", false }, { "n", "String..x", "v", false },
        { "AWS.x", "String", "v", false }, { "aMazon.x", "String", "v", false },
        { "\xC3\xA4", "String", "v", false } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct attribute attribute = make(cases[i].name, cases[i].type, cases[i].value);
        assert_int_equal(attribute_is_sound(&attribute), cases[i].sound);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_of_aws),
        cmocka_unit_test(test_more),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_binary),
        cmocka_unit_test(test_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
