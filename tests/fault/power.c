/*
 * A library for LD_PRELOAD that keeps the state a power cut leaves: synced data only. It is in a
 * folder with two file systems and a disk:
 *
 *   power.so
 *   files/     the promise of POSIX: the bytes of a file last once the file is synced, its name
 *              once its folder is
 *   data/      the additional promise of ext4 and XFS: to sync a new file is to sync its name
 *   disk/ID    the bytes of a file at its last sync
 *   disk/ID.names  the contents of a folder at its last sync: "KIND MODE UID GID ID NAME", each
 *              ended by a zero byte; disk/files and disk/data are links to the ID of the root
 *
 * ID is an inode with its time of birth, because inodes are reused. tests/fault/disk.py makes from
 * it the files that exist when the power is back. Nothing is really synced.
 *
 *   POWER_CUT=N  the process is killed before its Nth call that changes or syncs one of the files
 *
 * These calls sync: fsync, fdatasync, msync, and each write to a descriptor opened with O_DSYNC or
 * O_SYNC. sync and syncfs do nothing. A confined process must not sync, because the library opens
 * files.
 */
#undef _FORTIFY_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { ID = 64, CHUNK = 1 << 16, DESCRIPTORS = 1024 };
enum system { NONE, FILES, DATA };

static char folder[PATH_MAX];
static size_t folder_length; /* 0: the library does nothing */
static unsigned long cut_at;
static bool at_once[DESCRIPTORS]; /* opened with O_DSYNC */
static _Thread_local bool inside __attribute__((tls_model("initial-exec")));

/* A failure here would let a test pass, or fail, for no reason. */
static void need(bool condition, const char *what)
{
    if (condition)
        return;
    (void)dprintf(2, "power.so: %s: %s\n", what, strerror(errno));
    abort();
}

/* ---- places ---------------------------------------------------------------------------------- */

static enum system system_of(const char *path)
{
    static const char *const roots[] = { [FILES] = "files", [DATA] = "data" };
    if (folder_length == 0 || strncmp(path, folder, folder_length) != 0 ||
        path[folder_length] != '/')
        return NONE;
    for (enum system one = FILES; one <= DATA; one++) {
        const char *rest = path + folder_length + 1;
        size_t length = strlen(roots[one]);
        if (strncmp(rest, roots[one], length) == 0 && (rest[length] == '/' || rest[length] == '\0'))
            return one;
    }
    return NONE;
}

static enum system place_of(int fd, char path[PATH_MAX])
{
    char link[32];
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = folder_length > 0 ? readlink(link, path, PATH_MAX - 1) : -1;
    path[length > 0 ? length : 0] = '\0';
    return system_of(path);
}

static void on_disk(char path[PATH_MAX], const char *name)
{
    int length = snprintf(path, PATH_MAX, "%s/disk/%s", folder, name);
    need(length > 0 && length < PATH_MAX, "a path");
}

/* Return false when the file no longer exists. */
static bool identify(int at, const char *name, int flags, char id[ID], struct statx *about)
{
    if (statx(at, name, flags, STATX_BASIC_STATS | STATX_BTIME, about) != 0)
        return false;
    (void)snprintf(id, ID, "%llx-%llx-%x", (unsigned long long)about->stx_ino,
        (unsigned long long)about->stx_btime.tv_sec, about->stx_btime.tv_nsec);
    return true;
}

/* ---- what is kept ---------------------------------------------------------------------------- */

static void keep_bytes(int fd, const char *id)
{
    char path[PATH_MAX], link[32];
    char *now = malloc(CHUNK), *before = malloc(CHUNK);
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    on_disk(path, id);
    int from = open(link, O_RDONLY | O_CLOEXEC),
        to = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    need(from != -1 && to != -1 && now != NULL && before != NULL && flock(to, LOCK_EX) == 0, path);
    (void)fchmod(to, 0666); /* of two users, either may have made it */
    off_t offset = 0;
    ssize_t got;
    while ((got = pread(from, now, CHUNK, offset)) > 0) {
        ssize_t had = pread(to, before, (size_t)got, offset);
        if (had != got || memcmp(now, before, (size_t)got) != 0)
            need(pwrite(to, now, (size_t)got, offset) == got, path);
        offset += got;
    }
    need(got == 0 && ftruncate(to, offset) == 0, path);
    close(from);
    close(to);
    free(now);
    free(before);
}

static void keep_names(const char *path)
{
    char id[ID], name[ID + 32], made[PATH_MAX], to[PATH_MAX];
    struct statx about;
    DIR *directory = opendir(path);
    if (directory == NULL || !identify(dirfd(directory), "", AT_EMPTY_PATH, id, &about))
        return;
    (void)snprintf(name, sizeof name, "%s.names.%d", id, getpid());
    on_disk(made, name);
    FILE *file = fopen(made, "we");
    need(file != NULL, made);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        char one[ID];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            !identify(dirfd(directory), entry->d_name, AT_SYMLINK_NOFOLLOW, one, &about))
            continue;
        need(S_ISREG(about.stx_mode) || S_ISDIR(about.stx_mode), "neither a file nor a folder");
        (void)fprintf(file, "%c %o %u %u %s %s%c", S_ISDIR(about.stx_mode) ? 'd' : 'f',
            about.stx_mode & 07777, about.stx_uid, about.stx_gid, one, entry->d_name, 0);
    }
    closedir(directory);
    need(fclose(file) == 0, made);
    (void)snprintf(name, sizeof name, "%s.names", id);
    on_disk(to, name);
    need(rename(made, to) == 0, to);
    if (strchr(path + folder_length + 1, '/') == NULL) {
        on_disk(to, path + folder_length + 1);
        need(symlink(id, to) == 0 || errno == EEXIST, to);
    }
}

/* Return true when ${path}, which is ${id}, existed at the last sync of its folder. */
static bool has_name(const char *parent, const char *id, const char *path)
{
    char of[ID], name[ID + 32], file[PATH_MAX], entry[ID + NAME_MAX + 3];
    struct statx about;
    if (!identify(AT_FDCWD, parent, 0, of, &about))
        return false;
    (void)snprintf(name, sizeof name, "%s.names", of);
    on_disk(file, name);
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd == -1)
        return false;
    size_t length = (size_t)lseek(fd, 0, SEEK_END);
    char *text = malloc(length + 1);
    need(text != NULL && pread(fd, text, length, 0) == (ssize_t)length, file);
    close(fd);
    int size = snprintf(entry, sizeof entry, " %s %s", id, strrchr(path, '/') + 1);
    bool found = memmem(text, length, entry, (size_t)size + 1) != NULL;
    free(text);
    return found;
}

/* Keep the names of ${path} and of the folders above it, as a journal does. */
static void keep_place(char *path)
{
    char id[ID], parent[PATH_MAX];
    struct statx about;
    while (strchr(path + folder_length + 1, '/') != NULL) {
        if (!identify(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, id, &about))
            return; /* it no longer has a name */
        (void)snprintf(parent, sizeof parent, "%.*s", (int)(strrchr(path, '/') - path), path);
        if (has_name(parent, id, path))
            return;
        keep_names(parent);
        (void)snprintf(path, PATH_MAX, "%s", parent);
    }
}

/* Return true when it was a file of ours. */
static bool keep(int fd)
{
    char path[PATH_MAX], id[ID];
    struct statx about;
    int error = errno;
    bool before = inside;
    inside = true;
    enum system system = place_of(fd, path);
    if (system != NONE && identify(fd, "", AT_EMPTY_PATH, id, &about)) {
        if (S_ISDIR(about.stx_mode))
            keep_names(path);
        else
            keep_bytes(fd, id);
        if (system == DATA)
            keep_place(path);
    }
    inside = before;
    errno = error;
    return system != NONE;
}

/* ---- the cut --------------------------------------------------------------------------------- */

static void count(void)
{
    static unsigned long calls;
    if (++calls == cut_at)
        (void)kill(getpid(), SIGKILL);
}

/* Called before a call on ${fd}, or on ${path}. */
static void change(int fd, const char *path)
{
    char place[PATH_MAX], from[PATH_MAX] = "";
    if (cut_at == 0 || inside)
        return;
    int error = errno;
    if (path != NULL) {
        if (*path != '/' && getcwd(from, sizeof from) == NULL)
            *from = '\0';
        int length = snprintf(place, sizeof place, "%s%s%s", from, *from != '\0' ? "/" : "", path);
        need(length > 0 && length < PATH_MAX, path);
    }
    if (path != NULL ? system_of(place) != NONE : place_of(fd, place) != NONE)
        count();
    errno = error;
}

/* ---- the calls ------------------------------------------------------------------------------- */

#define REAL(name)                 \
    static __typeof__(name) *real; \
    if (real == NULL)              \
        *(void **)(void *)&real = dlsym(RTLD_NEXT, #name);

static bool is_at_once(int fd)
{
    return fd >= 0 && fd < DESCRIPTORS && at_once[fd] && !inside;
}

#define SYNC(name)                      \
    int name(int fd)                    \
    {                                   \
        REAL(name)                      \
        change(fd, NULL);               \
        return keep(fd) ? 0 : real(fd); \
    }

#define WRITE(name, parameters, arguments) \
    ssize_t name parameters                \
    {                                      \
        REAL(name)                         \
        change(fd, NULL);                  \
        ssize_t result = real arguments;   \
        if (result > 0 && is_at_once(fd))  \
            (void)keep(fd);                \
        return result;                     \
    }

#define CHANGE(fd, path, name, parameters, arguments) \
    int name parameters                               \
    {                                                 \
        REAL(name)                                    \
        change(fd, path);                             \
        return real arguments;                        \
    }

SYNC(fsync)
SYNC(fdatasync)
WRITE(write, (int fd, const void *data, size_t length), (fd, data, length))
WRITE(pwrite, (int fd, const void *data, size_t length, off_t at), (fd, data, length, at))
WRITE(writev, (int fd, const struct iovec *parts, int number), (fd, parts, number))
CHANGE(fd, NULL, ftruncate, (int fd, off_t length), (fd, length))
CHANGE(fd, NULL, fchmod, (int fd, mode_t mode), (fd, mode))
CHANGE(-1, to, rename, (const char *from, const char *to), (from, to))
CHANGE(-1, to, link, (const char *from, const char *to), (from, to))
CHANGE(-1, to, linkat, (int from_fd, const char *from, int to_fd, const char *to, int flags),
    (from_fd, from, to_fd, to, flags))
CHANGE(-1, path, unlink, (const char *path), (path))

int close(int fd)
{
    REAL(close)
    if (fd >= 0 && fd < DESCRIPTORS)
        at_once[fd] = false;
    return real(fd);
}

/* O_TMPFILE includes the bits of O_DIRECTORY. */
static bool creates(int flags)
{
    return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
}

int open(const char *path, int flags, ...)
{
    REAL(open)
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = creates(flags) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (creates(flags) || (flags & O_TRUNC) != 0)
        change(-1, path);
    int fd = real(path, flags, mode);
    if (fd >= 0 && fd < DESCRIPTORS)
        at_once[fd] = (flags & O_DSYNC) != 0;
    return fd;
}

/* Sync the whole of each file that is mapped there. */
int msync(void *at, size_t length, int flags)
{
    REAL(msync)
    char line[PATH_MAX + 128], path[PATH_MAX];
    unsigned long from, to;
    FILE *maps =
        (flags & MS_SYNC) != 0 && folder_length > 0 ? fopen("/proc/self/maps", "re") : NULL;
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        if (sscanf(line, "%lx-%lx %*s %*s %*s %*s %4095[^\n]", &from, &to, path) != 3 ||
            (uintptr_t)at + length <= from || (uintptr_t)at >= to || system_of(path) == NONE)
            continue;
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd != -1)
            (void)keep(fd);
        close(fd);
    }
    if (maps != NULL)
        (void)fclose(maps);
    return real(at, length, flags);
}

__attribute__((constructor)) static void begin(void)
{
    Dl_info info;
    const char *number = getenv("POWER_CUT");
    if (dladdr((void *)(uintptr_t)begin, &info) == 0 || realpath(info.dli_fname, folder) == NULL)
        return;
    folder_length = (size_t)(strrchr(folder, '/') - folder);
    folder[folder_length] = '\0';
    cut_at = number != NULL ? strtoul(number, NULL, 10) : 0;
}
