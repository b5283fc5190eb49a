#include <openssl/evp.h>
#include <stdlib.h>

#include "crypto/algorithms.h"
#include "crypto/digest.h"

struct digest {
    EVP_MD_CTX *context;
    const EVP_MD *md;
    bool started;
};

static const EVP_MD *algorithm(enum digest_kind kind)
{
    return algorithms_fetch(kind == DIGEST_MD5 ? ALGORITHM_MD5 : ALGORITHM_SHA256);
}

static int one_shot(enum digest_kind kind, const void *data, size_t length, unsigned char *out)
{
    const EVP_MD *md = algorithm(kind);
    if (md == NULL || EVP_Digest(data, length, out, NULL, md, NULL) != 1)
        return -1;
    return 0;
}

int digest_md5(const void *data, size_t length, unsigned char out[DIGEST_MD5_SIZE])
{
    return one_shot(DIGEST_MD5, data, length, out);
}

int digest_sha256(const void *data, size_t length, unsigned char out[DIGEST_SHA256_SIZE])
{
    return one_shot(DIGEST_SHA256, data, length, out);
}

/* OpenSSL crashes in an update of a context whose start failed. */
static int start(struct digest *digest)
{
    if (!digest->started)
        digest->started = EVP_DigestInit_ex2(digest->context, digest->md, NULL) == 1;
    return digest->started ? 0 : -1;
}

struct digest *digest_new(enum digest_kind kind)
{
    const EVP_MD *md = algorithm(kind);
    struct digest *digest;
    if (md == NULL)
        return NULL;
    digest = malloc(sizeof *digest);
    if (digest == NULL)
        return NULL;
    *digest = (struct digest){ EVP_MD_CTX_new(), md, false };
    if (digest->context == NULL || start(digest) != 0) {
        digest_free(digest);
        return NULL;
    }
    return digest;
}

void digest_free(struct digest *digest)
{
    if (digest == NULL)
        return;
    EVP_MD_CTX_free(digest->context);
    free(digest);
}

int digest_update(struct digest *digest, const void *data, size_t length)
{
    if (length == 0)
        return 0;
    if (start(digest) != 0)
        return -1;
    digest->started = EVP_DigestUpdate(digest->context, data, length) == 1;
    return digest->started ? 0 : -1;
}

int digest_final(struct digest *digest, unsigned char *out)
{
    if (start(digest) != 0)
        return -1;
    digest->started = false;
    return EVP_DigestFinal_ex(digest->context, out, NULL) == 1 ? 0 : -1;
}

static const char hex_digits[] = "0123456789abcdef";

void digest_hex(const unsigned char *bytes, size_t length, char *out)
{
    for (size_t i = 0; i < length; i++) {
        *out++ = hex_digits[bytes[i] >> 4];
        *out++ = hex_digits[bytes[i] & 15];
    }
}

static char lower(char letter)
{
    return letter >= 'A' && letter <= 'F' ? (char)(letter - 'A' + 'a') : letter;
}

bool digest_is_hex(const unsigned char *bytes, size_t length, const char *hex, size_t hex_length)
{
    if (hex_length / 2 != length || hex_length % 2 != 0)
        return false;
    for (size_t i = 0; i < length; i++)
        if (lower(hex[2 * i]) != hex_digits[bytes[i] >> 4] ||
            lower(hex[2 * i + 1]) != hex_digits[bytes[i] & 15])
            return false;
    return true;
}
