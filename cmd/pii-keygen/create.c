#include <errno.h>

#include "create.h"
#include "crypto/secret.h"

static int write_new(const char *path, const char *text, size_t length, struct keygen_error *error)
{
    if (keygen_place(path, text, length, NULL) != 0)
        return keygen_fail(error, errno == EEXIST ? KEYGEN_EXISTS : KEYGEN_WRITE, errno);
    if (keygen_sync_directory(path) != 0)
        return keygen_fail(error, KEYGEN_DURABLE, errno);
    return 0;
}

int create_key_file(const char *path, char id[KEYRING_ID + 1], struct keygen_error *error)
{
    void *entry;
    size_t length;
    if (secret_alloc(KEYGEN_ENTRY_SIZE, &entry) == SECRET_NO_MEMORY)
        return keygen_fail(error, KEYGEN_MACHINE, 0);
    int result = keygen_entry(entry, &length, id) == 0 ? write_new(path, entry, length, error)
                                                       : keygen_fail(error, KEYGEN_MACHINE, 0);
    secret_free(entry, KEYGEN_ENTRY_SIZE);
    return result;
}
