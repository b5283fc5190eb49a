#ifndef SQS_ANSWERS_H
#define SQS_ANSWERS_H

/* Checks of answers in either protocol. */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "sqs/answer.h"
#include "sqs/call.h"

static void put(struct buf *out, const struct buf *text)
{
    buf_append(out, text->data, text->length);
    buf_putc(out, '|');
}

/* Record each message as one line. */
static void on_message(void *context, const struct message *message)
{
    struct buf *out = context;
    put(out, &message->message_id);
    put(out, &message->receipt_handle);
    put(out, &message->md5_of_body);
    put(out, &message->body);
    buf_printf(out, "%llu|%llu|%llu|", (unsigned long long)message->sent_ms,
        (unsigned long long)message->first_received_ms, (unsigned long long)message->receive_count);
    put(out, &message->sequence_number);
    put(out, &message->group_id);
    put(out, &message->deduplication_id);
    for (size_t i = 0; i < message->attribute_count; i++) {
        const struct attribute *attribute = &message->attributes[i];
        buf_printf(out, "%.*s=%.*s:%.*s,", (int)attribute->name_length, attribute->name,
            (int)attribute->type_length, attribute->type, (int)attribute->value_length,
            attribute->value);
    }
    buf_puts(out, message->whole ? "|whole\n" : "|broken\n");
}

/* Read text[0, length) in pieces of ${size}; its messages go to ${out}. */
static enum found_result feed(struct answer *answer, enum protocol protocol, bool awaited,
    const char *text, size_t length, size_t size, struct buf *out)
{
    assert_int_equal(answer_begin(answer, protocol, awaited, on_message, out), 0);
    for (size_t at = 0; at < length; at += size)
        answer_feed(answer, text + at, length - at < size ? length - at : size);
    return answer_finish(answer, true);
}

/* Two messages, whole, in pieces of any size. */
static void check_receive(enum protocol protocol, const char *text, const char *lines)
{
    struct answer answer;
    answer_init(&answer);
    for (size_t size = 1; size < 900; size += size < 100 ? 1 : 131) {
        struct buf out;
        buf_init(&out, 65536);
        assert_int_equal(feed(&answer, protocol, size % 2 == 0, text, strlen(text), size, &out),
            FOUND_WHOLE);
        assert_string_equal(buf_cstr(&out), lines);
        assert_int_equal(answer.found.messages, 2);
        assert_false(answer.found.is_error);
        buf_free(&out);
    }
    answer_free(&answer);
}

/*
 * Check the same, cut anywhere: an error, and the messages that were complete before the cut.
 * ${ends} holds the end of each in bytes. An answer that is awaited whole gives none.
 */
static void check_cut(enum protocol protocol, const char *text, const char *lines,
    const size_t ends[2])
{
    struct answer answer;
    size_t length = strlen(text);
    answer_init(&answer);
    for (size_t cut = 0; cut < length; cut++) {
        struct buf out;
        buf_init(&out, 65536);
        assert_int_equal(feed(&answer, protocol, false, text, cut, 50, &out), FOUND_MALFORMED);
        const char *got = buf_cstr(&out);
        if (strncmp(lines, got, strlen(got)) != 0)
            fail_msg("cut at %zu: %s", cut, got);
        assert_int_equal(answer.found.messages, (cut >= ends[0]) + (cut >= ends[1]));
        buf_clear(&out);
        assert_int_equal(feed(&answer, protocol, true, text, cut, 50, &out), FOUND_MALFORMED);
        assert_int_equal(out.length, 0);
        assert_int_equal(answer.found.messages, 0);
        buf_free(&out);
    }
    answer_free(&answer);
}

/* Check that a network fault gives no message of an answer that is awaited whole. */
static void check_not_arrived(enum protocol protocol, const char *text)
{
    struct answer answer;
    struct buf out;
    answer_init(&answer);
    buf_init(&out, 65536);
    assert_int_equal(answer_begin(&answer, protocol, true, on_message, &out), 0);
    answer_feed(&answer, text, strlen(text));
    assert_int_equal(answer_finish(&answer, false), FOUND_MALFORMED);
    assert_int_equal(out.length, 0);
    buf_free(&out);
    answer_free(&answer);
}

struct document {
    const char *text;
    enum found_result result;
    const char *error;     /* its name; NULL when it is no error document */
    const char *queue_url; /* NULL for none */
    int visibility;        /* -1 for none */
    size_t messages;
};

static void check_documents(enum protocol protocol, const struct document *documents, size_t count)
{
    struct answer answer;
    answer_init(&answer);
    for (size_t i = 0; i < count; i++) {
        const struct document *document = &documents[i];
        struct buf out;
        buf_init(&out, 65536);
        enum found_result result =
            feed(&answer, protocol, false, document->text, strlen(document->text), 16, &out);
        if (result != document->result)
            fail_msg("document %zu: result %d", i, (int)result);
        assert_int_equal(answer.found.is_error, document->error != NULL);
        if (document->error != NULL)
            assert_string_equal(answer.found.code, document->error);
        assert_int_equal(answer.found.queue_url.length > 0, document->queue_url != NULL);
        if (document->queue_url != NULL)
            assert_string_equal(buf_cstr(&answer.found.queue_url), document->queue_url);
        if (answer.found.has_visibility_timeout != (document->visibility >= 0))
            fail_msg("document %zu: visibility timeout", i);
        if (document->visibility >= 0)
            assert_int_equal(answer.found.visibility_timeout_s, document->visibility);
        if (answer.found.messages != document->messages)
            fail_msg("document %zu: %zu messages", i, answer.found.messages);
        buf_free(&out);
    }
    answer_free(&answer);
}

/* Check that an error with a name too long to hold, between ${before} and ${after}, is still an
 * error. */
static void check_long_name(enum protocol protocol, const char *before, const char *after)
{
    struct answer answer;
    struct buf text;
    answer_init(&answer);
    buf_init(&text, 65536);
    buf_puts(&text, before);
    for (int i = 0; i < 2000; i++)
        buf_putc(&text, 'x');
    buf_puts(&text, after);
    assert_int_equal(feed(&answer, protocol, false, text.data, text.length, 100, NULL),
        FOUND_WHOLE);
    assert_true(answer.found.is_error);
    assert_string_equal(answer.found.code, "unknown");
    buf_free(&text);
    answer_free(&answer);
}

/* One message, cut in two where a part of it continues for three megabytes. */
struct long_part {
    const char *before;
    const char *after;
    const char *end; /* of its line */
};

static void check_long_parts(enum protocol protocol, const struct long_part *parts, size_t count)
{
    enum { LENGTH = 3 << 20 };
    struct answer answer;
    struct buf text, out;
    answer_init(&answer);
    buf_init(&text, 2 * LENGTH);
    buf_init(&out, 65536);
    for (size_t i = 0; i < count; i++) {
        buf_clear(&text);
        buf_clear(&out);
        buf_puts(&text, parts[i].before);
        char *place = buf_reserve(&text, LENGTH);
        assert_non_null(place);
        memset(place, 'b', LENGTH);
        text.length += LENGTH;
        buf_puts(&text, parts[i].after);
        assert_int_equal(feed(&answer, protocol, false, text.data, text.length, 16384, &out),
            FOUND_WHOLE);
        assert_int_equal(answer.found.messages, 1);
        const char *got = buf_cstr(&out);
        size_t length = strlen(parts[i].end);
        if (out.length < length || strcmp(got + out.length - length, parts[i].end) != 0)
            fail_msg("part %zu: %s", i, got);
    }
    buf_free(&text);
    buf_free(&out);
    answer_free(&answer);
}

/* ---- calls ---- */

struct batch_answer {
    enum call_operation operation;
    const char *text;
    enum aws_cause causes[3];
    const char *codes[3];
};

static void check_batches(enum protocol protocol, const struct batch_answer *rows, size_t count)
{
    struct answer answer;
    struct http_request request = { .outcome = HTTP_OK, .status = 200 };
    answer_init(&answer);
    for (size_t i = 0; i < count; i++) {
        const struct batch_answer *row = &rows[i];
        struct call call = { .operation = row->operation, .count = 3 };
        for (size_t j = 0; j < 3; j++)
            call.entries[j] = (struct call_entry){ .text = "b?", .length = 2 };
        enum found_result result =
            feed(&answer, protocol, false, row->text, strlen(row->text), 9, NULL);
        assert_int_equal(call_finish(&call, &request, &answer.found, result, "host"), AWS_OK);
        for (size_t j = 0; j < 3; j++) {
            if (call.entries[j].cause != row->causes[j])
                fail_msg("answer %zu, entry %zu: cause %d", i, j, (int)call.entries[j].cause);
            assert_string_equal(call.entries[j].code, row->codes[j]);
        }
    }
    answer_free(&answer);
}

struct judged {
    enum http_outcome outcome;
    unsigned status;
    const char *text;
    const char *header; /* the error header of the answer */
    enum aws_cause cause;
    const char *says; /* part of the message */
};

static void check_judgement(enum protocol protocol, const struct judged *rows, size_t count)
{
    struct answer answer;
    answer_init(&answer);
    for (size_t i = 0; i < count; i++) {
        const struct judged *row = &rows[i];
        struct http_request request = { .outcome = row->outcome, .status = row->status };
        struct call call = { .operation = CALL_RECEIVE };
        if (row->outcome == HTTP_CONNECT)
            request.system_error = 111; /* ECONNREFUSED */
        (void)snprintf(request.error_name, sizeof request.error_name, "%s", row->header);
        enum found_result result =
            feed(&answer, protocol, false, row->text, strlen(row->text), 5, NULL);
        enum aws_cause cause = call_finish(&call, &request, &answer.found, result, "host:1");
        if (cause != row->cause || cause != call.error.cause)
            fail_msg("row %zu: cause %d: %s", i, (int)cause, call.error.text);
        if (row->says != NULL && strstr(call.error.text, row->says) == NULL)
            fail_msg("row %zu: %s", i, call.error.text);
        if (row->says != NULL && row->cause != AWS_NO_MEMORY &&
            strstr(call.error.text, "host:1") == NULL)
            fail_msg("row %zu names no host: %s", i, call.error.text);
    }
    answer_free(&answer);
}

#endif
