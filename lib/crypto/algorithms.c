#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

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

/*
 * OpenSSL since 3.2 reports a failed allocation by a function that first initialises the library.
 * Where the initialisation itself runs out of memory, it then waits for itself. It allocates two
 * locks. https://github.com/openssl/openssl/issues/19334 OpenSSL 3.6 reports it in the thread's
 * list of errors. Where that cannot be allocated either, it reports this in the same way, without
 * end. The reserve has room for the locks and the list.
 */
static _Alignas(max_align_t) char reserve[4096];
static size_t reserved;
static bool initialising;

static bool is_reserved(const void *data)
{
    return (const char *)data >= reserve && (const char *)data < reserve + sizeof reserve;
}

static void *allocate(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    void *data = size == 0 ? NULL : malloc(size);
    size_t taken = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    if (data != NULL || size == 0 || !initialising || size > sizeof reserve ||
        taken > sizeof reserve - reserved)
        return data;
    data = reserve + reserved;
    reserved += taken;
    return data;
}

static void release(void *data, const char *file, int line)
{
    (void)file;
    (void)line;
    if (!is_reserved(data))
        free(data);
}

static void *resize(void *data, size_t size, const char *file, int line)
{
    if (size == 0) {
        release(data, file, line);
        return NULL;
    }
    if (data != NULL && !is_reserved(data))
        return realloc(data, size);
    void *moved = allocate(size, file, line);
    size_t most = data == NULL ? 0 : (size_t)(reserve + sizeof reserve - (char *)data);
    if (moved != NULL && most > 0)
        memcpy(moved, data, size < most ? size : most);
    return moved;
}

/* Give OpenSSL allocate(), resize() and release(), unless it has allocated before, or the process
 * has given it other functions. */
static void take_over_memory(void)
{
    CRYPTO_malloc_fn malloc_function;
    CRYPTO_get_mem_functions(&malloc_function, NULL, NULL);
    if (malloc_function == CRYPTO_malloc)
        (void)CRYPTO_set_mem_functions(allocate, resize, release);
}

/* Keep the library from ever loading its configuration. Return 0, or -1. */
static int init_library(void)
{
    take_over_memory();
    initialising = true;
    int done = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    ERR_clear_error(); /* allocates the list of errors of this thread */
    initialising = false;
    return done == 1 ? 0 : -1;
}

int algorithms_init(void)
{
    /* We do not use the shared context, but parts of the library look into it by themselves. */
    if (init_library() != 0)
        return -1;
    for (int name = 0; name < ALGORITHM_COUNT; name++)
        if (algorithms_fetch((enum algorithm)name) == NULL)
            return -1;
    return 0;
}
