/* lib/record/envelope: the objects that are envelopes, and the members that are kept of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "record/envelope.h"

#define SNS "\"Type\":\"Notification\",\"TopicArn\":\"arn:t\",\"Message\":\"m\""
#define BUS "\"detail-type\":\"login\",\"source\":\"app\",\"detail\":{}"
#define CLOUD "\"specversion\":\"1.0\",\"type\":\"login\",\"source\":\"/app\""

/* The members that a scan noted give the same result. */
static void compare_noted(const char *text, const struct envelope *wanted)
{
    struct json_matches matches = { 0 };
    struct json_paths *paths = json_paths_new();
    struct json_result result;
    assert_non_null(paths);
    uint32_t member = json_paths_other(paths, JSON_ROOT);
    assert_int_equal(json_scan(text, strlen(text), paths, JSON_MAX_DEPTH, &matches, &result),
        JSON_OK);
    if (result.kind == JSON_OBJECT) {
        struct json_children children;
        struct envelope envelope;
        json_children_noted(&children, text, &matches, &matches.list[0], member);
        assert_int_equal(envelope_recognise_members(&children, &envelope), wanted->kind);
        assert_int_equal(envelope.kind, wanted->kind);
        assert_int_equal(envelope.event.start, wanted->event.start);
        assert_int_equal(envelope.event.end, wanted->event.end);
        assert_int_equal(envelope.source.end, wanted->source.end);
        assert_int_equal(envelope.rest_count, wanted->rest_count);
    }
    json_matches_free(&matches);
    json_paths_free(paths);
}

static void recognises(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum envelope_kind kind;
    } texts[] = {
        { "{" SNS "}", ENVELOPE_SNS },
        { " {" SNS
          ",\"MessageId\":\"i\",\"Subject\":null,\"Timestamp\":\"t\",\"SignatureVersion\":\"1\","
          "\"Signature\":\"s\",\"SigningCertURL\":\"u\",\"UnsubscribeURL\":\"u\",\"SequenceNumber\":\"1\","
          "\"MessageAttributes\":{\"n\":{\"Type\":\"String\",\"Value\":\"v\"}}}\n",
            ENVELOPE_SNS },
        { "{\"\\u0054ype\":\"Notific\\u0061tion\",\"TopicArn\":\"a\",\"Message\":\"\"}",
            ENVELOPE_SNS },
        { "{" SNS ",\"ip\":\"192.0.2.1\"}", ENVELOPE_NONE },
        { "{" SNS ",\"Message\":\"m\"}", ENVELOPE_NONE },
        { "{" SNS ",\"\\u004dessage\":\"m\"}", ENVELOPE_NONE },
        { "{" SNS ",\"detail\":{}}", ENVELOPE_NONE },
        { "{" SNS ",\"MessageId\":1}", ENVELOPE_NONE },
        { "{" SNS ",\"MessageAttributes\":[]}", ENVELOPE_NONE },
        { "{" SNS ",\"MessageAttributes\":{\"n\":{\"Type\":\"String\"}}}", ENVELOPE_NONE },
        { "{" SNS ",\"MessageAttributes\":{\"n\":{\"Type\":\"a\",\"Value\":1}}}", ENVELOPE_NONE },
        { "{" SNS ",\"MessageAttributes\":{\"n\":{\"Type\":\"a\",\"Value\":\"b\",\"x\":\"y\"}}}",
            ENVELOPE_NONE },
        { "{" SNS ",\"MessageAttributes\":{\"n\":{\"Type\":\"a\",\"Type\":\"b\"}}}",
            ENVELOPE_NONE },
        { "{\"Type\":\"SubscriptionConfirmation\",\"TopicArn\":\"a\",\"Message\":\"m\"}",
            ENVELOPE_NONE },
        { "{\"Type\":\"Notification\",\"TopicArn\":\"a\",\"Message\":{}}", ENVELOPE_NONE },
        { "{\"Type\":\"Notification\",\"Message\":\"m\"}", ENVELOPE_NONE },
        { "{" BUS "}", ENVELOPE_EVENTBRIDGE },
        { "{\"version\":\"0\",\"id\":\"i\",\"account\":\"1\",\"time\":\"t\",\"region\":\"r\",\"resources\":[],"
          "\"replay-name\":\"n\"," BUS "}",
            ENVELOPE_EVENTBRIDGE },
        { "{" BUS ",\"x\":1}", ENVELOPE_NONE },
        { "{" BUS ",\"source\":\"b\"}", ENVELOPE_NONE },
        { "{" BUS ",\"subject\":\"b\"}", ENVELOPE_NONE },
        { "{\"detail-type\":\"a\",\"source\":\"b\",\"detail\":\"c\"}", ENVELOPE_NONE },
        { "{\"detail-type\":\"a\",\"detail\":{}}", ENVELOPE_NONE },
        { "{" CLOUD ",\"data\":{}}", ENVELOPE_CLOUDEVENTS },
        { "{" CLOUD ",\"data\":null}", ENVELOPE_CLOUDEVENTS },
        { "{" CLOUD ",\"data_base64\":\"e30=\"}", ENVELOPE_CLOUDEVENTS },
        { "{" CLOUD ",\"id\":\"i\",\"time\":\"t\",\"subject\":\"s\",\"datacontenttype\":\"c\","
          "\"dataschema\":\"d\",\"traceparent\":\"p\",\"partitionkey\":\"k\",\"data\":[1]}",
            ENVELOPE_CLOUDEVENTS },
        { "{" CLOUD "}", ENVELOPE_NONE },
        { "{" CLOUD ",\"data\":{},\"data_base64\":\"e30=\"}", ENVELOPE_NONE },
        { "{" CLOUD ",\"data_base64\":{}}", ENVELOPE_NONE },
        { "{" CLOUD ",\"data\":{},\"ip\":\"192.0.2.1\"}", ENVELOPE_NONE },
        { "{" CLOUD ",\"data\":{},\"data\":{}}", ENVELOPE_NONE },
        { "{\"specversion\":1,\"type\":\"a\",\"source\":\"b\",\"data\":{}}", ENVELOPE_NONE },
        { "{\"Records\":[{\"eventSource\":\"aws:s3\",\"s3\":{}},{\"eventSource\":\"aws:s3\"}]}",
            ENVELOPE_S3 },
        { "{\"Records\":[{\"eventSource\":\"aws:s3\"},{\"eventSource\":\"aws:sqs\"}]}",
            ENVELOPE_NONE },
        { "{\"Records\":[{\"eventSource\":\"aws:s3\",\"eventSource\":\"aws:s3\"}]}",
            ENVELOPE_NONE },
        { "{\"Records\":[{\"eventSource\":\"aws:s3\"},1]}", ENVELOPE_NONE },
        { "{\"Records\":[]}", ENVELOPE_NONE },
        { "{\"Records\":{}}", ENVELOPE_NONE },
        { "{\"Records\":[{\"eventSource\":\"aws:s3\"}],\"x\":1}", ENVELOPE_NONE },
        { "{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\"}", ENVELOPE_NONE },
        { "{}", ENVELOPE_NONE },
        { "[{" SNS "}]", ENVELOPE_NONE },
        { "\"Notification\"", ENVELOPE_NONE },
        { "1", ENVELOPE_NONE },
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct envelope envelope;
        const char *text = texts[i].text;
        assert_int_equal(envelope_recognise(text, strlen(text), NULL), texts[i].kind);
        (void)envelope_recognise(text, strlen(text), &envelope);
        assert_int_equal(envelope.kind, texts[i].kind);
        assert_true(envelope.event.end <= strlen(text));
        compare_noted(text, &envelope);
    }
}

/* Return the written form of the envelope ${text}. */
static const char *written(struct buf *out, const char *text, const char *outer)
{
    struct envelope envelope;
    buf_clear(out);
    assert_int_not_equal(envelope_recognise(text, strlen(text), &envelope), ENVELOPE_NONE);
    assert_int_equal(envelope_write(out, text, &envelope, outer, outer == NULL ? 0 : strlen(outer)),
        0);
    return buf_cstr(out);
}

static void keeps_what_stood_around(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 100000);
    assert_string_equal(
        written(&out,
            "{" SNS ", \"MessageId\" : \"\\u0069\",\"Timestamp\":\"t\",\"Subject\":\"s s\","
            "\"SignatureVersion\":\"1\",\"Signature\":\"x\",\"SigningCertURL\":\"y\","
            "\"MessageAttributes\":{ \"n\" : {\"Value\":\"v\\n\", \"Type\":\"String\"},\"o\":"
            "{\"Type\":\"Number\",\"Value\":\"1.10\"}}}",
            NULL),
        "{\"kind\":\"sns\",\"id\":\"\\u0069\",\"time\":\"t\",\"source\":\"arn:t\",\"attributes\":{\"n\":"
        "{\"type\":\"String\",\"value\":\"v\\n\"},\"o\":{\"type\":\"Number\",\"value\":\"1.10\"}},"
        "\"rest\":{\"Type\":\"Notification\",\"Subject\":\"s s\"}}");
    assert_string_equal(
        written(&out, "{" BUS ",\"resources\":[ 1.10 , \" \" ]}", "{\"kind\":\"sns\"}"),
        "{\"kind\":\"eventbridge\",\"source\":\"app\",\"type\":\"login\",\"rest\":{\"resources\":[1.10,\" \"]},"
        "\"outer\":{\"kind\":\"sns\"}}");
    assert_string_equal(written(&out, "{" CLOUD ",\"id\":\"7\",\"data\":1}", NULL),
        "{\"kind\":\"cloudevents\",\"id\":\"7\",\"source\":\"/app\",\"type\":\"login\",\"rest\":"
        "{\"specversion\":\"1.0\"}}");
    buf_free(&out);
}

static void keeps_what_an_s3_record_says(void **state)
{
    (void)state;
    static const char text[] =
        "{\"eventSource\":\"aws:s3\",\"eventTime\":\"t\",\"eventName\":\"ObjectCreated:Put\","
        "\"responseElements\":{\"x-amz-request-id\":\"R\"},\"s3\":{\"bucket\":{\"name\":\"b\"}}}";
    struct envelope envelope;
    struct buf out;
    buf_init(&out, 1000);
    envelope_s3_record(text, sizeof text - 1, &envelope);
    assert_int_equal(envelope.event.end, sizeof text - 1);
    assert_int_equal(envelope_write(&out, text, &envelope, NULL, 0), 0);
    assert_string_equal(buf_cstr(&out),
        "{\"kind\":\"s3\",\"id\":\"R\",\"time\":\"t\",\"source\":\"b\",\"type\":\"ObjectCreated:Put\"}");
    buf_clear(&out);
    envelope_s3_record("{\"s3\":{\"bucket\":1}}", 19, &envelope);
    assert_int_equal(envelope_write(&out, text, &envelope, NULL, 0), 0);
    assert_string_equal(buf_cstr(&out), "{\"kind\":\"s3\"}");
    buf_free(&out);
}

/* Write a subject of ${subject} bytes, an attribute of ${value}, an id of ${id}. */
static void fill(struct buf *out, int subject, int value, int id)
{
    buf_clear(out);
    (void)buf_printf(out,
        "{" SNS
        ",\"Subject\":\"%0*d\",\"MessageAttributes\":{\"n\":{\"Type\":\"a\",\"Value\":\"%0*d\"}},"
        "\"MessageId\":\"%0*d\"}",
        subject, 0, value, 0, id, 0);
}

static void large_ones_are_cut(void **state)
{
    (void)state;
    static const struct {
        int subject, value, id;
        bool rest, attributes, named;
    } sizes[] = {
        { 9, 9, 9, true, true, true },
        { 17000, 9, 9, false, true, true },
        { 9, 17000, 9, false, false, true },
        { 9000, 9000, 9, false, true, true },
        { 9, 9, 17000, false, false, false },
        { 16000, 9, 9, true, true, true },
    };
    struct buf text, out;
    buf_init(&text, 100000);
    buf_init(&out, 100000);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        fill(&text, sizes[i].subject, sizes[i].value, sizes[i].id);
        const char *envelope = written(&out, buf_cstr(&text), NULL);
        assert_int_equal(strstr(envelope, "\"rest\"") != NULL, sizes[i].rest);
        assert_int_equal(strstr(envelope, "\"attributes\"") != NULL, sizes[i].attributes);
        assert_int_equal(strstr(envelope, "\"source\"") != NULL, sizes[i].named);
        assert_int_equal(strstr(envelope, "\"cut\":true") == NULL, sizes[i].rest);
        assert_true(out.length <= ENVELOPE_MOST);
    }
    /* The outer one does not count. */
    fill(&text, 16000, 9, 9);
    char outer[1003];
    memset(outer, '1', sizeof outer);
    memcpy(outer, "[", 1);
    memcpy(outer + sizeof outer - 2, "]", 2);
    assert_non_null(strstr(written(&out, buf_cstr(&text), outer), "\"rest\""));
    /* Earlier content of the buffer does not count, and a full buffer is reported. */
    struct envelope envelope;
    (void)envelope_recognise(text.data, text.length, &envelope);
    assert_int_equal(envelope_write(&out, text.data, &envelope, NULL, 0), 0);
    struct buf small;
    buf_init(&small, 100);
    assert_int_equal(envelope_write(&small, text.data, &envelope, NULL, 0), -1);
    buf_free(&small);
    buf_free(&text);
    buf_free(&out);
}

static void names_the_kinds(void **state)
{
    (void)state;
    assert_string_equal(envelope_kind_name(ENVELOPE_NONE), "none");
    assert_string_equal(envelope_kind_name(ENVELOPE_CLOUDEVENTS), "cloudevents");
    assert_string_equal(envelope_kind_name(ENVELOPE_S3), "s3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recognises),
        cmocka_unit_test(keeps_what_stood_around),
        cmocka_unit_test(keeps_what_an_s3_record_says),
        cmocka_unit_test(large_ones_are_cut),
        cmocka_unit_test(names_the_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
