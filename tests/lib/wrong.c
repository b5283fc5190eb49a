/*
 * Loaded by LD_PRELOAD, a libcrypto that computes something else: what WRONG names, "aes" or
 * "sha256", comes out with one bit turned; with "aes-fails" or "sha256-fails", not at all.
 *
 *     cc -shared -fPIC -o wrong.so tests/lib/wrong.c
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* As in <openssl/evp.h> and <openssl/sha.h>, whose types do not matter here. */
int EVP_CipherUpdate(void *context, unsigned char *out, int *written, const unsigned char *in,
    int length);
int SHA256_Final(unsigned char *digest, void *context);

static bool wrong(const char *what)
{
    const char *names = getenv("WRONG");
    return names != NULL && strcmp(names, what) == 0;
}

int EVP_CipherUpdate(void *context, unsigned char *out, int *written, const unsigned char *in,
    int length)
{
    static int (*real)(void *, unsigned char *, int *, const unsigned char *, int);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "EVP_CipherUpdate");
    int result = real(context, out, written, in, length);
    if (wrong("aes") && *written > 0)
        out[0] ^= 1;
    return wrong("aes-fails") ? 0 : result;
}

int SHA256_Final(unsigned char *digest, void *context)
{
    static int (*real)(unsigned char *, void *);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "SHA256_Final");
    int result = real(digest, context);
    if (wrong("sha256"))
        digest[0] ^= 1;
    return wrong("sha256-fails") ? 0 : result;
}
