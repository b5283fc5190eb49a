/*
 * Linked into the programs that scripts/test.sh builds with AddressSanitizer or ThreadSanitizer:
 * whatever these have to report goes to the end of the file that SANITIZER_REPORTS names, so that
 * a report is seen even where a test expects its program to fail. The file is opened before main(),
 * because a program that has confined itself can open none, and out of the way of the descriptors
 * that tests count.
 */
#include <fcntl.h>
#include <sanitizer/common_interface_defs.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

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
