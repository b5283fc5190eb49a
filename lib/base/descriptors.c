#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/descriptors.h"

#ifdef __GLIBC__
#if __GLIBC_PREREQ(2, 34)
#define HAS_CLOSE_RANGE
#endif
#endif

/*
 * Call ${each} with every open descriptor from ${first} to ${last}, except the one that lists them.
 * Return 0, or an error number, from ${each} or from the listing.
 */
static int list_open(unsigned first, unsigned last, int (*each)(void *context, int fd),
    void *context)
{
    DIR *list = opendir("/proc/self/fd");
    if (list == NULL)
        return errno;
    int error = 0;
    const struct dirent *entry;
    while (error == 0 && (errno = 0, entry = readdir(list)) != NULL) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue; /* "." and ".." */
        unsigned long fd = strtoul(entry->d_name, NULL, 10);
        if (fd >= first && fd <= last && (int)fd != dirfd(list))
            error = each(context, (int)fd);
    }
    if (error == 0)
        error = errno;
    (void)closedir(list);
    return error;
}

static int close_one(void *context, int fd)
{
    (void)context;
    (void)close(fd); /* closed whatever it returns, on Linux */
    return 0;
}

int descriptors_close_each(unsigned first, unsigned last)
{
    int error = list_open(first, last, close_one, NULL);
    errno = error;
    return error == 0 ? 0 : -1;
}

int descriptors_close(unsigned first, unsigned last)
{
#ifdef HAS_CLOSE_RANGE
    if (close_range(first, last, 0) == 0)
        return 0;
    /* ENOSYS: a kernel before 5.9. EPERM: a container whose list of calls is that old. */
    if (errno != ENOSYS && errno != EPERM)
        return -1;
#endif
    return descriptors_close_each(first, last);
}

static int close_when_started(void *actions, int fd)
{
    return posix_spawn_file_actions_addclose(actions, fd);
}

int descriptors_spawn_close_each(posix_spawn_file_actions_t *actions, int first)
{
    return list_open((unsigned)first, ~0U, close_when_started, actions);
}

int descriptors_spawn_close(posix_spawn_file_actions_t *actions, int first)
{
#ifdef HAS_CLOSE_RANGE
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
#else
    return descriptors_spawn_close_each(actions, first);
#endif
}
