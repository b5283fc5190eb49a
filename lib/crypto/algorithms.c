#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>

#include "crypto/algorithms.h"

static const struct {
    const char *name;
    bool is_digest;
} algorithms[ALGORITHM_COUNT] = {
    [ALGORITHM_AES_128_ECB] = { "AES-128-ECB", false },
    [ALGORITHM_AES_192_ECB] = { "AES-192-ECB", false },
    [ALGORITHM_AES_256_ECB] = { "AES-256-ECB", false },
    [ALGORITHM_MD5] = { "MD5", true },
    [ALGORITHM_SHA256] = { "SHA256", true },
};

/* kept until the process ends: a fetch costs more than a thousand AES blocks */
static OSSL_LIB_CTX *library;
static void *handles[ALGORITHM_COUNT];

void *algorithms_fetch(enum algorithm name)
{
    if (handles[name] != NULL)
        return handles[name];
    /* A context of our own reads openssl.cnf only on request; the shared one always does. */
    if (library == NULL)
        library = OSSL_LIB_CTX_new();
    if (library == NULL)
        return NULL;
    if (algorithms[name].is_digest)
        handles[name] = EVP_MD_fetch(library, algorithms[name].name, NULL);
    else
        handles[name] = EVP_CIPHER_fetch(library, algorithms[name].name, NULL);
    return handles[name];
}

int algorithms_init(void)
{
    /* We do not use the shared context, but parts of the library look into it by themselves. */
    if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
        return -1;
    for (int name = 0; name < ALGORITHM_COUNT; name++)
        if (algorithms_fetch((enum algorithm)name) == NULL)
            return -1;
    return 0;
}
