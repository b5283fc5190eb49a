#ifndef CREDENTIALS_INI_H
#define CREDENTIALS_INI_H

#include <stddef.h>

/*
 * The shared files of the AWS tools, read like botocore, which uses RawConfigParser of Python:
 *
 *   - a line that begins with "#" or ";", after any blanks, is a comment; no comment follows other
 *     text on a line;
 *   - "[name]" begins a section at any indentation; only a comment may follow the last "]"
 *     (botocore ignores any text there);
 *   - "name = value" or "name: value", whichever sign comes first, is a setting; its name is read
 *     in lower case;
 *   - a line indented deeper than the setting above continues its value after a line feed; the
 *     first such line below an empty value makes it a block, each line of which is again "name =
 *     value" (ini_nested());
 *   - no section except DEFAULT, and no setting of a section, occurs twice in a file.
 */
struct ini_handler {
    /* Return NULL, or the problem, a constant for a message. */
    const char *(*section)(void *context, const char *name, size_t length, size_t line);
    const char *(*setting)(void *context, const char *name, const char *value, size_t line);
    void *context;
};

/* The problem when memory runs out. */
extern const char ini_no_memory[];

/*
 * ini_parse(text, length, handler, line):
 * Return NULL, or the problem, a constant, with its line in *line, 1 for the first. The values
 * handed on are wiped afterwards.
 */
const char *ini_parse(const char *text, size_t length, const struct ini_handler *handler,
    size_t *line);

/*
 * ini_nested(value, name, length):
 * Return the start of the value of ${name}, in exactly this spelling, in a block, and its length.
 * Return NULL when the value is no block or has no such setting.
 */
const char *ini_nested(const char *value, const char *name, size_t *length);

#endif
