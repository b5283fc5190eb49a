#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/msg.h"
#include "base/trusted_file.h"
#include "mapfile.h"

enum { MAX_MAP = 1 << 20 };

static int refuse(enum trusted_cause cause, const char *name, struct failure *failure)
{
    bool permission = cause == TRUSTED_OWNER || cause == TRUSTED_WRITABLE;
    bool denied = cause == TRUSTED_OPEN && errno == EACCES;
    failure_set(failure, permission ? STATUS_PERMISSION : STATUS_CONFIG, "%s: %s", name,
        cause == TRUSTED_OPEN ? strerror(errno) : trusted_file_cause_text(cause));
    const char *hint = denied ? trusted_file_denied(name) : trusted_file_hint(cause);
    return hint == NULL ? -1 : failure_hint(failure, "%s", hint);
}

enum reading { READING_DONE, READING_NO_FILE, READING_FAILED };

static enum reading read_map(const char *name, bool again, struct buf *text,
    struct failure *failure)
{
    struct trusted_file file;
    struct stat status_of;
    if (again && stat(name, &status_of) == 0 && !S_ISREG(status_of.st_mode))
        return READING_FAILED;
    enum trusted_cause cause = trusted_file_open(name, &file);
    if (cause == TRUSTED_OPEN && (errno == ENOENT || errno == ENOTDIR))
        return READING_NO_FILE;
    if (cause != TRUSTED_OK) {
        (void)refuse(cause, name, failure);
        return READING_FAILED;
    }
    char *into = buf_reserve(text, MAX_MAP + 1);
    ssize_t length = into == NULL ? 0 : trusted_file_read(file.fd, into, MAX_MAP + 1);
    int status = 0;
    if (into == NULL)
        status = failure_no_memory(failure);
    else if (length < 0)
        status = failure_set(failure, STATUS_IO, "%s: %s", name, strerror(errno));
    else if (length > MAX_MAP)
        status = failure_set(failure, STATUS_CONFIG, "%s: larger than 1 MiB", name);
    else
        text->length += (size_t)length;
    trusted_file_close(&file);
    return status == 0 ? READING_DONE : READING_FAILED;
}

/* Return false when there is no such file. A file that is not used is not judged. */
static bool is_there(const char *name)
{
    struct stat status;
    return stat(name, &status) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

int mapfile_read(const struct load_options *options, const struct pg_table *table, bool again,
    struct buf *name, struct buf *text, struct failure *failure)
{
    const char *folders[] = { getenv("SQS2PG_MAPS"), "/etc/sqs2pg/maps", SQS2PG_DATADIR "/maps" };
    buf_clear(name);
    if (options->no_map)
        return 0;
    if (options->map != NULL) {
        if (buf_puts(name, options->map) != 0)
            return failure_no_memory(failure);
        enum reading reading = read_map(options->map, again, text, failure);
        if (reading == READING_NO_FILE)
            return failure_set(failure, STATUS_CONFIG, "map %s: %s", options->map,
                strerror(ENOENT));
        return reading == READING_DONE ? 0 : -1;
    }
    if (strchr(table->name, '/') != NULL)
        return 0;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        if (folders[i] == NULL || *folders[i] == '\0')
            continue;
        buf_clear(name);
        buf_printf(name, "%s/%s.map", folders[i], table->name);
        if (buf_cstr(name) == NULL)
            return failure_no_memory(failure);
        if (!table->current) {
            if (!is_there(buf_cstr(name)))
                continue;
            msg_warn("map %s is not used: table %s is not in the current schema", buf_cstr(name),
                table->qualified);
            msg_hint("name it with --map, or use --no-map");
            break;
        }
        enum reading reading = read_map(buf_cstr(name), again, text, failure);
        if (reading != READING_NO_FILE)
            return reading == READING_DONE ? 0 : -1;
    }
    buf_clear(name);
    return 0;
}

void mapfile_tell(const struct buf *name, const struct load_options *options, bool plain)
{
    if (name->length > 0 && options->map == NULL)
        msg_note(plain, "using map %.*s", (int)name->length, name->data);
}
