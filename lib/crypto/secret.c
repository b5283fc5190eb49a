#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "crypto/secret.h"

enum secret_result secret_alloc(size_t size, void **memory)
{
    *memory = NULL;
    if (size == 0)
        return SECRET_NO_MEMORY;
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        return SECRET_NO_MEMORY;
    if (madvise(pages, size, MADV_DONTDUMP) != 0) {
        munmap(pages, size);
        return SECRET_NO_MEMORY;
    }
    *memory = pages;
    return mlock(pages, size) == 0 ? SECRET_LOCKED : SECRET_UNLOCKED;
}

void secret_free(void *memory, size_t size)
{
    if (memory == NULL)
        return;
    OPENSSL_cleanse(memory, size);
    munmap(memory, size); /* also unlocks */
}

void secret_free_text(char *text)
{
    if (text != NULL)
        OPENSSL_cleanse(text, strlen(text));
    free(text);
}

void secret_wipe(void *memory, size_t size)
{
    if (size > 0)
        OPENSSL_cleanse(memory, size);
}

bool secret_equal(const void *a, const void *b, size_t size)
{
    return size == 0 || CRYPTO_memcmp(a, b, size) == 0;
}
