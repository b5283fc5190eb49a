#ifndef SQS_FOUND_H
#define SQS_FOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/error.h"
#include "base/buf.h"
#include "sqs/message.h"

/*
 * The results in an answer of SQS, in either protocol. The readers (answer_xml.h, answer_json.h)
 * report each one here as they find it. A message is handed on when it is complete; the rest is
 * kept. Texts need not end in NUL.
 */

/* Result of one entry of a batch. */
struct found_entry {
    bool given; /* the answer has this entry */
    bool failed;
    bool sender_fault;
    char code[ERROR_NAME_SIZE]; /* of a failed one */
    char md5_of_body[33];       /* of a sent one; "" when the server gives none */
    char md5_of_attributes[33]; /* of a sent one; "" when the server gives none */
};

/* Approximate number of messages of a queue. */
struct found_depth {
    uint64_t messages; /* that can be received */
    uint64_t in_flight;
    uint64_t delayed;
};

enum { FOUND_ENTRIES = 10 };

enum found_result { FOUND_WHOLE, FOUND_MALFORMED, FOUND_NO_MEMORY };

/* The message belongs to the reader and is valid until the callback returns. */
typedef void found_on_message(void *context, const struct message *message);

struct found {
    bool is_error;              /* an error document, with this code: */
    char code[ERROR_NAME_SIZE]; /* "" when it has none */
    struct found_entry entries[FOUND_ENTRIES];
    struct buf queue_url;
    bool has_visibility_timeout;
    uint64_t visibility_timeout_s;
    struct buf redrive_policy; /* its text; empty for none */
    bool has_depth;            /* at least the first of these */
    struct found_depth depth;
    size_t messages; /* handed on */

    found_on_message *on_message; /* NULL to ignore messages */
    void *context;
    struct message message; /* the current one */
};

void found_init(struct found *found);  /* allocates nothing */
void found_clear(struct found *found); /* forget all results */
void found_free(struct found *found);  /* a zeroed one is fine */

/* Texts of an entry; empty where missing. */
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

/* Texts of an attribute of the queue or of a message; empty where missing. */
struct found_attribute_text {
    struct buf name;
    struct buf value;
    struct buf type;   /* these two only in a message attribute */
    struct buf binary; /* the value of a Binary type */
};
void found_attribute_text_init(struct found_attribute_text *text);
void found_attribute_text_clear(struct found_attribute_text *text); /* keeps little memory */
void found_attribute_text_free(struct found_attribute_text *text);

void found_take_message(struct found *found); /* hand on the one in ${message} */
void found_take_system_attribute(struct found *found, const struct found_attribute_text *text);
void found_take_message_attribute(struct found *found, const struct found_attribute_text *text);
void found_take_queue_attribute(struct found *found, const struct found_attribute_text *text);
void found_take_entry(struct found *found, const struct found_entry_text *text, bool failed);
void found_take_error(struct found *found, const struct buf *code);

#endif
