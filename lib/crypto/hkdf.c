#include <string.h>

#include "crypto/hkdf.h"
#include "crypto/hmac.h"
#include "crypto/secret.h"

int hkdf_extract(const void *salt, size_t salt_length, const void *key, size_t key_length,
    unsigned char prk[HKDF_PRK])
{
    /* RFC 5869 uses zeroes for an empty salt; HMAC makes the same of an empty key. */
    return hmac_once(salt, salt_length, key, key_length, prk);
}

int hkdf_expand(const unsigned char *prk, size_t prk_length, const void *info, size_t info_length,
    unsigned char *out, size_t out_length)
{
    unsigned char block[HMAC_SIZE];
    size_t done = 0;
    if (out_length == 0 || out_length > HKDF_MAX)
        return -1;
    struct hmac *hmac = hmac_new(prk, prk_length);
    if (hmac == NULL)
        return -1;
    /* T(n) = HMAC(PRK, T(n - 1) || info || n), with T(0) empty. */
    for (unsigned char n = 1; done < out_length; n++) {
        size_t take = out_length - done < sizeof block ? out_length - done : sizeof block;

        if (hmac_begin(hmac) != 0 || hmac_update(hmac, block, n == 1 ? 0 : sizeof block) != 0 ||
            hmac_update(hmac, info, info_length) != 0 || hmac_update(hmac, &n, 1) != 0 ||
            hmac_end(hmac, block) != 0)
            break;
        memcpy(out + done, block, take);
        done += take;
    }
    secret_wipe(block, sizeof block);
    hmac_free(hmac);
    if (done == out_length)
        return 0;
    secret_wipe(out, out_length);
    return -1;
}

int hkdf_derive(const unsigned char master[HKDF_MASTER], const void *info, size_t info_length,
    unsigned char *out, size_t out_length)
{
    unsigned char prk[HKDF_PRK];
    int result = -1;
    if (hkdf_extract(NULL, 0, master, HKDF_MASTER, prk) == 0)
        result = hkdf_expand(prk, sizeof prk, info, info_length, out, out_length);
    else
        secret_wipe(out, out_length);
    secret_wipe(prk, sizeof prk);
    return result;
}
