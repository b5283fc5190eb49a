#ifndef SQS2PG_READ_READ_H
#define SQS2PG_READ_READ_H

#include "base/status.h"

enum {
    READ_MAX = 1 << 20,      /* of a file, in bytes */
    READ_MAX_LINE = 64 << 10 /* of a line */
};

/*
 * read_file(path):
 * Check the file (base/trusted_file.h) and print it: its mode as four octal digits, or "-" for an
 * inherited pipe; a newline; and its bytes. Return STATUS_OK, or the exit status after a message on
 * standard error. A failure prints nothing, unless standard output fails.
 */
enum status read_file(const char *path);

#endif
