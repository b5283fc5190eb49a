#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/out.h"
#include "files.h"

enum { PATH_MOST = 1 << 16 };

/* Write a file that only its owner may write, because pg-load refuses another map. */
static int write_one(const char *path, const struct buf *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0644);
    if (fd < 0)
        return -1;
    struct out *out = out_open(fd);
    int error = errno;
    if (out == NULL)
        (void)close(fd);
    else if (out_write(out, text->data, text->length) == 0 && out_close(out) == 0)
        return 0;
    else
        error = errno;
    (void)unlink(path);
    errno = error;
    return -1;
}

static const char *path_of(struct buf *path, const char *folder, const char *name,
    const char *extension)
{
    buf_init(path, PATH_MOST);
    (void)buf_printf(path, "%s/%s.%s", folder, name, extension);
    return buf_cstr(path);
}

static int refuse(struct failure *failure, const char *path)
{
    if (errno == EEXIST)
        return failure_set(failure, STATUS_IO, "%s exists already", path);
    return failure_set(failure, STATUS_IO, "cannot write %s: %s", path, strerror(errno));
}

int files_write(const char *folder, const char *name, const struct buf *sql, const struct buf *map,
    struct failure *failure)
{
    struct buf sql_buf;
    struct buf map_buf;
    const char *sql_path = path_of(&sql_buf, folder, name, "sql");
    const char *map_path = path_of(&map_buf, folder, name, "map");
    int status = 0;
    if (sql_path == NULL || map_path == NULL) {
        status = failure_no_memory(failure);
    } else if (write_one(sql_path, sql) != 0) {
        status = refuse(failure, sql_path);
    } else if (write_one(map_path, map) != 0) {
        status = refuse(failure, map_path);
        (void)unlink(sql_path);
    }
    buf_free(&sql_buf);
    buf_free(&map_buf);
    return status;
}
