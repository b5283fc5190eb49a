#include <errno.h>
#include <sys/random.h>

#include "crypto/random.h"
#include "crypto/secret.h"

int random_bytes(void *out, size_t length)
{
    unsigned char *next = out;
    size_t rest = length;
    while (rest > 0) {
        ssize_t got = getrandom(next, rest, 0);

        if (got < 0) {
            int cause = errno;

            if (cause == EINTR)
                continue;
            secret_wipe(out, length);
            errno = cause;
            return -1;
        }
        next += got;
        rest -= (size_t)got;
    }
    return 0;
}
