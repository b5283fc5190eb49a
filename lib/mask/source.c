#include "mask/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/opt.h"

int source_descriptor(const char *path)
{
    static const char *const folders[] = { "/dev/fd/", "/proc/self/fd/" };
    if (strcmp(path, "/dev/stdin") == 0)
        return STDIN_FILENO;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        size_t length = strlen(folders[i]);
        uint64_t number;
        if (strncmp(path, folders[i], length) == 0 &&
            opt_number(path + length, 0, INT32_MAX, &number))
            return (int)number;
    }
    return -1;
}

int source_open(const char *path, struct stat *status)
{
    int given = source_descriptor(path);
    int fd =
        given >= 0 ? fcntl(given, F_DUPFD_CLOEXEC, 3) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd == -1)
        return -1;
    if (fstat(fd, status) != 0) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

ssize_t source_read(int fd, char *into, size_t size)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return -1;
    bool whole = S_ISREG(status.st_mode);
    size_t length = 0;
    while (length < size) {
        ssize_t got = whole ? pread(fd, into + length, size - length, (off_t)length)
                            : read(fd, into + length, size - length);
        if (got == 0)
            break;
        if (got > 0)
            length += (size_t)got;
        else if (errno != EINTR)
            return -1;
    }
    /* As after any reading, so that whoever reads records from the same descriptor finds its rest.
     */
    if (whole)
        (void)lseek(fd, (off_t)length, SEEK_SET);
    return (ssize_t)length;
}
