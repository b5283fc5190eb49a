#ifndef CREDENTIALS_INI_H
#define CREDENTIALS_INI_H

#include <stddef.h>

/*
 * The text of the AWS tools' shared files, read as botocore reads it, which is as Python's
 * RawConfigParser does:
 *
 *   - a line that begins with "#" or ";", blanks before it aside, is a comment; a comment does not
 *     follow on a line;
 *   - "[name]" begins a section, wherever it is indented; what follows the last "]" must be a
 *     comment (botocore passes over anything);
 *   - "name = value" or "name: value", whichever sign comes first, is a setting; its name is read
 * in lower case;
 *   - a line that is indented deeper than the setting above it is more of its value, after a line
 *     feed; the first such below an empty value makes it a block, each line of which is
 *     "name = value" again (ini_nested());
 *   - no section but DEFAULT and no setting of a section stands in a file twice.
 */
struct ini_handler {
    /* NULL: taken; else what is wrong with it, a constant that goes into a message. */
    const char *(*section)(void *context, const char *name, size_t length, size_t line);
    const char *(*setting)(void *context, const char *name, const char *value, size_t line);
    void *context;
};

/* What is wrong with a handler's or the parser's memory. */
extern const char ini_no_memory[];

/*
 * ini_parse(text, length, handler, line):
 * NULL; or what is wrong, a constant, in *line, 1 for the first. The values handed on are wiped
 * afterwards.
 */
const char *ini_parse(const char *text, size_t length, const struct ini_handler *handler,
    size_t *line);

/*
 * ini_nested(value, name, length):
 * The value of ${name}, spelt exactly so, in a block: where it begins and how long it is. NULL: the
 * value is no block, or has no such setting.
 */
const char *ini_nested(const char *value, const char *name, size_t *length);

#endif
