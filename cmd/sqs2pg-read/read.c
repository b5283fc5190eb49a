#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/msg.h"
#include "base/out.h"
#include "base/trusted_file.h"
#include "read.h"

static enum status refuse(const char *path, enum trusted_cause cause)
{
    const char *hint = trusted_file_hint(cause);
    int error = errno;
    if (cause == TRUSTED_OPEN && error == EACCES)
        hint = trusted_file_denied(path);
    errno = error;
    if (cause == TRUSTED_OPEN)
        msg_error("cannot open %s: %s", path, strerror(errno));
    else
        msg_error("%s: %s", path, trusted_file_cause_text(cause));
    if (hint != NULL)
        msg_hint("%s", hint);
    return cause == TRUSTED_OWNER || cause == TRUSTED_WRITABLE ? STATUS_PERMISSION : STATUS_CONFIG;
}

/*
 * Find a line that cannot be a setting: with a zero byte, which a shell would drop, or longer than
 * an environment allows. Return its number and set *what to the reason, or return 0.
 */
static size_t find_wrong(const struct buf *text, const char **what)
{
    size_t line = 0;
    for (size_t at = 0, size; at < text->length; at += size + 1) {
        const char *start = text->data + at;
        const char *newline = memchr(start, '\n', text->length - at);
        size = newline != NULL ? (size_t)(newline - start) : text->length - at;
        line++;
        *what = size > READ_MAX_LINE ? "a line longer than 64 KiB" : "a zero byte";
        if (size > READ_MAX_LINE || memchr(start, '\0', size) != NULL)
            return line;
    }
    return 0;
}

static enum status print(const struct trusted_file *file, const struct buf *text)
{
    struct buf head;
    struct out *out = out_open(STDOUT_FILENO);
    buf_init(&head, 16);
    if (file->is_inherited_pipe)
        buf_puts(&head, "-\n");
    else
        buf_printf(&head, "%04o\n", (unsigned)(file->status.st_mode & 07777));
    bool failed = out == NULL || head.failed;
    if (!failed) {
        (void)out_write(out, head.data, head.length); /* out_close() reports it */
        (void)out_write(out, text->data, text->length);
    }
    buf_free(&head);
    if (failed) {
        msg_error("out of memory");
        return STATUS_INTERNAL;
    }
    if (out_close(out) == 0)
        return STATUS_OK;
    msg_error("cannot write to standard output: %s", out_reason(errno));
    return STATUS_IO;
}

enum status read_file(const char *path)
{
    struct trusted_file file;
    struct buf text;
    enum trusted_cause cause = trusted_file_open(path, &file);
    if (cause != TRUSTED_OK)
        return refuse(path, cause);
    buf_init(&text, READ_MAX + 4096);
    enum status status = STATUS_INTERNAL;
    char *into = buf_reserve(&text, READ_MAX + 1);
    ssize_t length = into == NULL ? 0 : trusted_file_read(file.fd, into, READ_MAX + 1);
    if (into == NULL) {
        msg_error("out of memory");
    } else if (length < 0) {
        msg_error("cannot read %s: %s", path, strerror(errno));
        status = STATUS_IO;
    } else if (length > READ_MAX) {
        msg_error("%s: larger than 1 MiB", path);
        status = STATUS_CONFIG;
    } else {
        const char *what;
        text.length += (size_t)length;
        size_t line = find_wrong(&text, &what);
        status = line == 0 ? print(&file, &text) : STATUS_CONFIG;
        if (line != 0)
            msg_error("%s:%zu: %s", path, line, what);
    }
    buf_wipe(&text);
    trusted_file_close(&file);
    return status;
}
