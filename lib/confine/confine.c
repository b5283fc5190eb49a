#include <errno.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/descriptors.h"
#include "confine/call_filter.h"
#include "confine/confine.h"
#include "confine/protect.h"

#ifdef __SANITIZE_ADDRESS__
static int entered;

/*
 * The leak check at exit would need to open files and trace this process. It is off in a confined
 * process, so that tests run under the full confinement; the unit tests look for leaks.
 */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
    return entered;
}
#endif

/* Return the last descriptor to close; a sanitizer reports through a high one. */
static unsigned last_descriptor(void)
{
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
    return 199;
#else
    return ~0U;
#endif
}

/* Close all descriptors but the standard three and the kept ones. Return 0, or -1 with errno. */
static int close_others(const struct confine_needs *needs)
{
    for (unsigned from = STDERR_FILENO + 1;;) {
        unsigned kept = last_descriptor();
        bool found = false;
        for (size_t i = 0; i < needs->keep_count; i++) {
            unsigned fd = (unsigned)needs->keep[i];
            if (needs->keep[i] >= 0 && fd >= from && fd <= kept) {
                kept = fd;
                found = true;
            }
        }
        if ((!found || kept > from) && descriptors_close(from, found ? kept - 1 : kept) != 0)
            return -1;
        if (!found)
            return 0;
        from = kept + 1;
    }
}

enum confine_result confine_enter(const struct confine_needs *needs)
{
    if (close_others(needs) != 0 || protect_process() != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return CONFINE_UNSUPPORTED;
    int error = call_filter_load(needs->limits) == 0 ? 0 : errno;
#ifdef __SANITIZE_ADDRESS__
    entered = error == 0;
#endif
    if (error == 0)
        return CONFINE_ENTERED;
    return error == ENOMEM ? CONFINE_FAILED : CONFINE_UNSUPPORTED;
}
