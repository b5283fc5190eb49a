#ifndef SQS_PULL_FORMAT_H
#define SQS_PULL_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "attributes.h"
#include "base/buf.h"
#include "sqs/message.h"

/* Formats messages as record lines (sqs2pg-record(5)). */
struct format;

struct format_options {
    const struct attributes *attributes; /* those to print */
    bool fifo_ids;                       /* print group and deduplication id */
};

struct format *format_new(const char *queue_url,
    const struct format_options *options); /* NULL when memory runs out */
void format_free(struct format *format);   /* NULL is fine */

enum format_result {
    FORMAT_OK,
    FORMAT_CORRUPT, /* a wrong checksum or an invalid member */
    FORMAT_NO_MEMORY
};

/*
 * format_record(format, message, lease_until_ms, line):
 * Point *line at the record with its newline, valid until the next call.
 */
enum format_result format_record(struct format *format, const struct message *message,
    uint64_t lease_until_ms, const struct buf **line);

#endif
