#ifndef SQS2PG_READ_READ_H
#define SQS2PG_READ_READ_H

#include "base/status.h"

enum {
    READ_MAX = 1 << 20,      /* bytes of a file */
    READ_MAX_LINE = 64 << 10 /* and of a line */
};

/*
 * read_file(path):
 * Judge the file (base/trusted_file.h) and print it: its mode as four octal digits, "-" for an
 * inherited pipe, and a newline; then its bytes. Return STATUS_OK, or what to exit with, said on
 * standard error: nothing is printed then, unless standard output fails.
 */
enum status read_file(const char *path);

#endif
