#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mapfile.h"

/* What decides is the file that was opened, not its name: a symbolic link leads to its target. */
static int check_owner(int fd, const char *name, struct failure *failure)
{
    struct stat about;
    if (fstat(fd, &about) != 0)
        return failure_set(failure, STATUS_IO, "%s: %s", name, strerror(errno));
    if (S_ISDIR(about.st_mode))
        return failure_set(failure, STATUS_CONFIG, "%s: %s", name, strerror(EISDIR));
    if (!S_ISREG(about.st_mode))
        return 0; /* a pipe of our own making */
    if ((about.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        failure_set(failure, STATUS_PERMISSION, "%s: others may write to it", name);
        return failure_hint(failure, "chmod go-w the file");
    }
    if (about.st_uid != geteuid() && about.st_uid != 0) {
        failure_set(failure, STATUS_PERMISSION, "%s: belongs to another user", name);
        return failure_hint(failure, "chown the file");
    }
    return 0;
}

static int read_all(int fd, const char *name, struct buf *text, struct failure *failure)
{
    for (;;) {
        char *to = buf_reserve(text, 65536);
        if (to == NULL)
            return errno == EMSGSIZE
                ? failure_set(failure, STATUS_CONFIG, "%s: larger than 1 MiB", name)
                : failure_set(failure, STATUS_INTERNAL, "not enough memory");
        ssize_t got = read(fd, to, 65536);
        if (got == 0)
            return 0;
        if (got < 0 && errno != EINTR)
            return failure_set(failure, STATUS_IO, "%s: %s", name, strerror(errno));
        if (got > 0)
            text->length += (size_t)got;
    }
}

/* 1: read; 0: no such file; -1: failure. */
static int read_map(const char *name, struct buf *text, struct failure *failure)
{
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return 0;
    if (fd < 0)
        return failure_set(failure, STATUS_CONFIG, "%s: %s", name, strerror(errno));
    int status = check_owner(fd, name, failure);
    if (status == 0)
        status = read_all(fd, name, text, failure);
    (void)close(fd);
    return status == 0 ? 1 : -1;
}

int mapfile_read(const struct load_options *options, const char *table, struct buf *name,
    struct buf *text, struct failure *failure)
{
    const char *folders[] = { getenv("SQS2PG_MAPS"), "/etc/sqs2pg/maps", SQS2PG_DATADIR "/maps" };
    buf_clear(name);
    if (options->no_map)
        return 0;
    if (options->map != NULL) {
        if (buf_puts(name, options->map) != 0)
            return failure_set(failure, STATUS_INTERNAL, "not enough memory");
        int found = read_map(options->map, text, failure);
        if (found == 0)
            return failure_set(failure, STATUS_CONFIG, "map %s: %s", options->map,
                strerror(ENOENT));
        return found > 0 ? 0 : -1;
    }
    if (strchr(table, '/') != NULL)
        return 0;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        if (folders[i] == NULL || *folders[i] == '\0')
            continue;
        buf_clear(name);
        buf_printf(name, "%s/%s.map", folders[i], table);
        if (buf_cstr(name) == NULL)
            return failure_set(failure, STATUS_INTERNAL, "not enough memory");
        int found = read_map(buf_cstr(name), text, failure);
        if (found != 0)
            return found > 0 ? 0 : -1;
    }
    buf_clear(name);
    return 0;
}
