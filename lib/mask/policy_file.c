#include <errno.h>
#include <stdlib.h>

#include "base/trusted_file.h"
#include "mask/policy_file.h"
#include "mask/policy_text.h"

/* Return the cause for a file that could not be opened, with errno, or that is not trusted. */
static enum policy_cause file_cause(enum trusted_cause cause)
{
    static const enum policy_cause causes[] = {
        [TRUSTED_OK] = POLICY_OK,
        [TRUSTED_OPEN] = POLICY_OPEN,
        [TRUSTED_KIND] = POLICY_KIND,
        [TRUSTED_OWNER] = POLICY_OWNER,
        [TRUSTED_WRITABLE] = POLICY_WRITABLE,
    };
    return causes[cause];
}

int policy_file_read(struct policy *policy, const char *path, struct policy_error *error)
{
    struct trusted_file file;
    enum policy_cause cause = file_cause(trusted_file_open(path, &file));
    if (cause != POLICY_OK) {
        int errnum = cause == POLICY_OPEN ? errno : 0;
        policy_error_set(error, cause, 0, NULL);
        error->errnum = errnum;
        return -1;
    }
    int result = -1;
    char *text = malloc(POLICY_MAX_FILE + 1);
    ssize_t length = text == NULL ? 0 : trusted_file_read(file.fd, text, POLICY_MAX_FILE + 1);
    int errnum = length == -1 ? errno : 0;
    if (text == NULL)
        cause = POLICY_MEMORY;
    else if (length == -1)
        cause = POLICY_READ;
    else if (length > POLICY_MAX_FILE)
        cause = POLICY_TOO_BIG;
    else
        result = policy_text_lines(policy, text, (size_t)length, error);
    if (cause != POLICY_OK) {
        policy_error_set(error, cause, 0, NULL);
        error->errnum = errnum;
    }
    free(text);
    trusted_file_close(&file);
    return result;
}
