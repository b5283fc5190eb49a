#ifndef SQS_FOUND_H
#define SQS_FOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/error.h"
#include "base/buf.h"
#include "sqs/message.h"

/*
 * What is found in an answer of SQS, in either protocol: the readers (answer_xml.h, answer_json.h)
 * tell it here as they come upon it. Messages are handed on one by one as each is whole, the rest
 * is kept. Texts need not end in NUL.
 */

/* What became of one entry of a batch. */
struct found_entry {
    bool given; /* the answer speaks of it */
    bool failed;
    bool sender_fault;
    char code[ERROR_NAME_SIZE]; /* of a failed one */
    char md5_of_body[33];       /* of a sent one; "": the server did not say */
    char md5_of_attributes[33]; /* likewise */
};

/* How many messages a queue has, about. */
struct found_depth {
    uint64_t messages; /* that can be received */
    uint64_t in_flight;
    uint64_t delayed;
};

enum { FOUND_ENTRIES = 10 };

enum found_result { FOUND_WHOLE, FOUND_MALFORMED, FOUND_NO_MEMORY };

/* The message is the reader's, good until the callback returns. */
typedef void found_on_message(void *context, const struct message *message);

struct found {
    bool is_error;              /* an error document, with this name; */
    char code[ERROR_NAME_SIZE]; /* "" when it has none */
    struct found_entry entries[FOUND_ENTRIES];
    struct buf queue_url;
    bool has_visibility_timeout;
    uint64_t visibility_timeout_s;
    struct buf redrive_policy; /* its text; empty: none */
    bool has_depth;            /* the first of these at least */
    struct found_depth depth;
    size_t messages; /* handed on */

    found_on_message *on_message; /* NULL: nobody is told of messages */
    void *context;
    struct message message; /* being read */
};

void found_init(struct found *found);  /* allocates nothing */
void found_clear(struct found *found); /* nothing is found yet */
void found_free(struct found *found);  /* of a zeroed one too */

/* Texts of an entry; empty where there is none. */
struct found_entry_text {
    struct buf id;
    struct buf sender_fault;
    struct buf code;
    struct buf md5_of_body;
    struct buf md5_of_attributes;
};
void found_entry_text_init(struct found_entry_text *text);
void found_entry_text_clear(struct found_entry_text *text);
void found_entry_text_free(struct found_entry_text *text);

/* Texts of an attribute, of the queue or of a message; empty where there is none. */
struct found_attribute_text {
    struct buf name;
    struct buf value;
    struct buf type;   /* these two of a message attribute only */
    struct buf binary; /* the value of one whose type is Binary */
};
void found_attribute_text_init(struct found_attribute_text *text);
void found_attribute_text_clear(struct found_attribute_text *text); /* keeps little memory */
void found_attribute_text_free(struct found_attribute_text *text);

void found_take_message(struct found *found); /* the one in ${message}: hand it on */
void found_take_system_attribute(struct found *found, const struct found_attribute_text *text);
void found_take_message_attribute(struct found *found, const struct found_attribute_text *text);
void found_take_queue_attribute(struct found *found, const struct found_attribute_text *text);
void found_take_entry(struct found *found, const struct found_entry_text *text, bool failed);
void found_take_error(struct found *found, const struct buf *code);

#endif
