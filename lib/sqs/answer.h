#ifndef SQS_ANSWER_H
#define SQS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/error.h"
#include "base/buf.h"
#include "sqs/message.h"
#include "sqs/protocol.h"

/*
 * Answers of SQS in either protocol. As a rule they are read while they arrive, and messages are
 * handed on one by one as each is whole, so that an answer cut off in the middle still gives those
 * before the cut; the rest is kept here until the next answer. Or the whole of it is awaited, so
 * that it gives all of its messages or none.
 */

/* What became of one entry of a batch. */
struct answer_entry {
    bool given; /* the answer speaks of it */
    bool failed;
    bool sender_fault;
    char code[ERROR_NAME_SIZE]; /* of a failed one */
    char md5_of_body[33];       /* of a sent one; "": the server did not say */
    char md5_of_attributes[33]; /* likewise */
};

enum { ANSWER_ENTRIES = 10 };

enum answer_result { ANSWER_WHOLE, ANSWER_MALFORMED, ANSWER_NO_MEMORY };

/* The message is the reader's, good until the callback returns. */
typedef void answer_on_message(void *context, const struct message *message);

struct answer {
    bool is_error;              /* an error document, with this name; */
    char code[ERROR_NAME_SIZE]; /* "" when it has none */
    struct answer_entry entries[ANSWER_ENTRIES];
    struct buf queue_url;
    bool has_visibility_timeout;
    uint64_t visibility_timeout_s;
    size_t messages; /* handed on */

    /* Its own. */
    enum protocol protocol;
    enum protocol language; /* in which it is read; */
    bool begun;             /* which its first byte decides */
    answer_on_message *on_message;
    void *context;
    struct message message; /* being read */
    bool awaited;
    struct buf bytes; /* of an answer that is awaited whole */
    struct answer_xml *xml;
    struct answer_json *json;
};

void answer_init(struct answer *answer); /* allocates nothing */
void answer_free(struct answer *answer); /* of a zeroed one too */

/*
 * answer_begin(answer, protocol, awaited, on_message, context):
 * Begin with a new answer, which is awaited whole or not. ${on_message} may be NULL. 0, or -1: no
 * memory.
 */
int answer_begin(struct answer *answer, enum protocol protocol, bool awaited,
    answer_on_message *on_message, void *context);
void answer_feed(struct answer *answer, const char *data, size_t length);

/* The answer is over; ${arrived}: no fault of the network ended it. */
enum answer_result answer_finish(struct answer *answer, bool arrived);

/*
 * For the readers (answer_xml.h, answer_json.h), which tell what they find. Texts need not end in
 * NUL.
 */

/* Texts of an entry; empty where there is none. */
struct answer_entry_text {
    struct buf id;
    struct buf sender_fault;
    struct buf code;
    struct buf md5_of_body;
    struct buf md5_of_attributes;
};
void answer_entry_text_init(struct answer_entry_text *text);
void answer_entry_text_clear(struct answer_entry_text *text);
void answer_entry_text_free(struct answer_entry_text *text);

/* Texts of an attribute, of the queue or of a message; empty where there is none. */
struct answer_attribute_text {
    struct buf name;
    struct buf value;
    struct buf type;   /* these two of a message attribute only */
    struct buf binary; /* the value of one whose type is Binary */
};
void answer_attribute_text_init(struct answer_attribute_text *text);
void answer_attribute_text_clear(struct answer_attribute_text *text); /* keeps little memory */
void answer_attribute_text_free(struct answer_attribute_text *text);

void answer_take_message(struct answer *answer); /* the one in ${message}: hand it on */
void answer_take_system_attribute(struct answer *answer, const struct answer_attribute_text *text);
void answer_take_message_attribute(struct answer *answer, const struct answer_attribute_text *text);
void answer_take_queue_attribute(struct answer *answer, const struct answer_attribute_text *text);
void answer_take_entry(struct answer *answer, const struct answer_entry_text *text, bool failed);
void answer_take_error(struct answer *answer, const struct buf *code);

#endif
