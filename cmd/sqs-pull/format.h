#ifndef SQS_PULL_FORMAT_H
#define SQS_PULL_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "attributes.h"
#include "base/buf.h"
#include "sqs/message.h"

/* Messages as record lines (sqs2pg-record(5)). */
struct format;

struct format_options {
    const struct attributes *attributes; /* those that are printed */
    bool fifo_ids;                       /* group and deduplication id */
};

struct format *format_new(const char *queue_url,
    const struct format_options *options); /* NULL: out of memory */
void format_free(struct format *format);   /* NULL is fine */

enum format_result {
    FORMAT_OK,
    FORMAT_CORRUPT, /* not what was sent: its checksum, or one of its parts, is wrong */
    FORMAT_NO_MEMORY
};

/*
 * format_record(format, message, lease_until_ms, line):
 * Point *line at the record with its newline, good until the next call.
 */
enum format_result format_record(struct format *format, const struct message *message,
    uint64_t lease_until_ms, const struct buf **line);

#endif
