/*
 * Read any file of settings. The environment gets each value as the file has it, under a valid
 * name. A message is one line without content of the file, and nothing is left behind.
 */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/settings.h"
#include "fuzz.h"

static size_t wanted_count;

static bool is_wanted(const char *name)
{
    fuzz_require(*name != '\0' && strchr(name, '=') == NULL && strchr(name, ' ') == NULL);
    wanted_count++;
    return *name != 'S';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char *empty[] = { NULL };
    char name[32];
    struct settings_file settings;
    struct failure failure = { .status = STATUS_OK };
    int fd = memfd_create("settings", MFD_CLOEXEC);
    fuzz_require(fd >= 0 && fchmod(fd, 0600) == 0);
    fuzz_require(size == 0 || write(fd, data, size) == (ssize_t)size);
    (void)snprintf(name, sizeof name, "/dev/fd/%d", fd);
    char **before = environ;
    environ = empty;
    wanted_count = 0;
    int result = settings_adopt(&settings, name, is_wanted, &failure);
    fuzz_require(result == 0 ||
        (failure.status == STATUS_CONFIG && fuzz_is_line(failure.text, sizeof failure.text)));
    size_t count = 0;
    for (char **at = environ; *at != NULL; at++, count++)
        fuzz_require(strchr(*at, '=') != NULL && strchr(*at, '\n') == NULL && **at != 'S');
    fuzz_require(result == 0 ? count <= wanted_count : count == 0);
    settings_drop(&settings);
    fuzz_require(environ[0] == NULL && settings.text == NULL);
    environ = before;
    close(fd);
    return 0;
}
