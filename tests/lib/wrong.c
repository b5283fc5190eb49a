/*
 * Loaded by LD_PRELOAD, a libcrypto that computes wrong results. WRONG names the algorithm: "aes"
 * or "sha256" turns one bit of the result; with "aes-fails" or "sha256-fails" the call fails.
 *
 *     cc -shared -fPIC -o wrong.so tests/lib/wrong.c
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* As in <openssl/evp.h> and <openssl/sha.h>, whose types do not matter here. */
int EVP_Cipher(void *context, unsigned char *out, const unsigned char *in, unsigned length);
int SHA256_Final(unsigned char *digest, void *context);
void SHA256_Transform(void *context, const unsigned char *block);

static bool wrong(const char *what)
{
    const char *names = getenv("WRONG");
    return names != NULL && strcmp(names, what) == 0;
}

int EVP_Cipher(void *context, unsigned char *out, const unsigned char *in, unsigned length)
{
    static int (*real)(void *, unsigned char *, const unsigned char *, unsigned);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "EVP_Cipher");
    int result = real(context, out, in, length);
    if (wrong("aes") && result > 0)
        out[0] ^= 1;
    return wrong("aes-fails") ? -1 : result;
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

/* This call cannot fail; the state begins with the eight words of the digest. */
void SHA256_Transform(void *context, const unsigned char *block)
{
    static void (*real)(void *, const unsigned char *);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "SHA256_Transform");
    real(context, block);
    if (wrong("sha256"))
        *(unsigned *)context ^= 1;
}
