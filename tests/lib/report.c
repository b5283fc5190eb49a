/*
 * Linked into the programs that scripts/test.sh builds with AddressSanitizer or ThreadSanitizer.
 * Their reports go to the end of the file that SANITIZER_REPORTS names, so that a report is seen
 * even where a test expects its program to fail. The file is opened before main(), because a
 * confined program can open none. Its descriptor is out of the range that tests count.
 *
 * Leaks are not looked for under strace: LeakSanitizer would have to trace the process, which
 * already has a tracer. Options would not help, as our scripts give each program an environment of
 * its own.
 */
#include <fcntl.h>
#include <sanitizer/common_interface_defs.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int traced;

__attribute__((constructor)) static void report_tracer(void)
{
    char status[4096];
    int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    ssize_t length = read(fd, status, sizeof status - 1);
    close(fd);
    status[length > 0 ? length : 0] = '\0';
    const char *tracer = strstr(status, "TracerPid:");
    traced = tracer != NULL && strtol(tracer + strlen("TracerPid:"), NULL, 10) != 0;
}

/* LeakSanitizer calls it at the end (sanitizer/lsan_interface.h); lib/confine has its own. */
__attribute__((weak)) int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
    return traced;
}

__attribute__((constructor)) static void report_open(void)
{
    const char *path = getenv("SANITIZER_REPORTS");
    if (path == NULL)
        return;
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0)
        return;
    int high = fcntl(fd, F_DUPFD_CLOEXEC, 200);
    close(fd);
    if (high >= 0)
        __sanitizer_set_report_fd((void *)(intptr_t)high);
}
