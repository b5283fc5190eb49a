#include <stdlib.h>
#include <string.h>

#include "crypto/aes.h"
#include "crypto/ipcrypt.h"
#include "crypto/secret.h"

enum { BITS = 8 * IPCRYPT_ADDRESS, MAPPED = 12, MAPPED_BITS = 8 * MAPPED };

struct ipcrypt {
    enum ipcrypt_variant variant;
    struct aes *first;  /* K1 of the prefix variant; the only key of the other */
    struct aes *second; /* K2; for the deterministic variant the same key, inverse */
    /* for each bit the padded prefix before it, and the two encryptions of that */
    unsigned char prefixes[BITS * AES_BLOCK];
    unsigned char pads[BITS * AES_BLOCK];
    unsigned char others[BITS * AES_BLOCK];
};

static const unsigned char mapped[MAPPED] = { [10] = 0xff, [11] = 0xff };

bool ipcrypt_is_ipv4(const unsigned char address[IPCRYPT_ADDRESS])
{
    return memcmp(address, mapped, sizeof mapped) == 0;
}

struct ipcrypt *ipcrypt_new(enum ipcrypt_variant variant, const unsigned char *key)
{
    struct ipcrypt *ipcrypt;
    const unsigned char *half = key + IPCRYPT_PREFIX_KEY / 2;
    if (variant == IPCRYPT_PREFIX && secret_equal(key, half, IPCRYPT_PREFIX_KEY / 2))
        return NULL;
    ipcrypt = calloc(1, sizeof *ipcrypt);
    if (ipcrypt == NULL)
        return NULL;
    ipcrypt->variant = variant;
    ipcrypt->first = aes_new(key, 16, AES_FORWARD);
    ipcrypt->second =
        variant == IPCRYPT_PREFIX ? aes_new(half, 16, AES_FORWARD) : aes_new(key, 16, AES_INVERSE);
    if (ipcrypt->first == NULL || ipcrypt->second == NULL) {
        ipcrypt_free(ipcrypt);
        return NULL;
    }
    return ipcrypt;
}

void ipcrypt_free(struct ipcrypt *ipcrypt)
{
    if (ipcrypt == NULL)
        return;
    aes_free(ipcrypt->first);
    aes_free(ipcrypt->second);
    secret_wipe(ipcrypt, sizeof *ipcrypt);
    free(ipcrypt);
}

/* ---- ipcrypt-pfx ----------------------------------------------------------------------------- */

/*
 * Write the padded prefix of no bits: zeroes, a one, and the fixed bits of the address. Return
 * their number.
 */
static size_t start_prefix(const unsigned char address[IPCRYPT_ADDRESS],
    unsigned char prefix[AES_BLOCK])
{
    memset(prefix, 0, AES_BLOCK);
    if (!ipcrypt_is_ipv4(address)) {
        prefix[AES_BLOCK - 1] = 1;
        return 0;
    }
    prefix[3] = 1;
    prefix[14] = 0xff;
    prefix[15] = 0xff;
    return MAPPED_BITS;
}

static unsigned bit_at(const unsigned char address[IPCRYPT_ADDRESS], size_t i)
{
    return ((unsigned)address[i / 8] >> (7 - i % 8)) & 1u;
}

static void set_bit(unsigned char address[IPCRYPT_ADDRESS], size_t i, unsigned bit)
{
    unsigned shift = 7 - (unsigned)(i % 8);
    address[i / 8] = (unsigned char)((address[i / 8] & ~(1u << shift)) | (bit << shift));
}

/* Set next = prefix << 1 | bit. */
static void push_bit(unsigned char next[AES_BLOCK], const unsigned char prefix[AES_BLOCK],
    unsigned bit)
{
    for (size_t i = 0; i + 1 < AES_BLOCK; i++)
        next[i] = (unsigned char)((prefix[i] << 1) | (prefix[i + 1] >> 7));
    next[AES_BLOCK - 1] = (unsigned char)(((unsigned)prefix[AES_BLOCK - 1] << 1) | bit);
}

/* Encrypt in two calls of AES: all prefixes of a clear address are known beforehand. */
static int encrypt_prefix(struct ipcrypt *ipcrypt, const unsigned char *in, unsigned char *out)
{
    unsigned char *prefixes = ipcrypt->prefixes;
    size_t start = start_prefix(in, prefixes);
    size_t count = BITS - start;
    for (size_t i = 0; i + 1 < count; i++)
        push_bit(prefixes + (i + 1) * AES_BLOCK, prefixes + i * AES_BLOCK, bit_at(in, start + i));
    if (aes_blocks(ipcrypt->first, prefixes, ipcrypt->pads, count) != 0 ||
        aes_blocks(ipcrypt->second, prefixes, ipcrypt->others, count) != 0)
        return -1;
    memmove(out, in, IPCRYPT_ADDRESS);
    for (size_t i = 0; i < count; i++) {
        size_t last = (i + 1) * AES_BLOCK - 1;
        unsigned pad = (ipcrypt->pads[last] ^ ipcrypt->others[last]) & 1u;

        out[(start + i) / 8] ^= (unsigned char)(pad << (7 - (start + i) % 8));
    }
    return 0;
}

/* Decrypt bit by bit: each prefix needs the clear bit before it. */
static int decrypt_prefix(struct ipcrypt *ipcrypt, const unsigned char *in, unsigned char *out)
{
    unsigned char prefix[AES_BLOCK];
    size_t start = start_prefix(in, prefix);
    memmove(out, in, IPCRYPT_ADDRESS);
    for (size_t i = start; i < BITS; i++) {
        unsigned char pad[AES_BLOCK];
        unsigned char other[AES_BLOCK];
        unsigned bit;

        if (aes_blocks(ipcrypt->first, prefix, pad, 1) != 0 ||
            aes_blocks(ipcrypt->second, prefix, other, 1) != 0)
            return -1;
        bit = bit_at(out, i) ^ ((pad[AES_BLOCK - 1] ^ other[AES_BLOCK - 1]) & 1u);
        set_bit(out, i, bit);
        push_bit(prefix, prefix, bit);
    }
    return 0;
}

/* ---- the two variants ------------------------------------------------------------------------ */

int ipcrypt_encrypt(struct ipcrypt *ipcrypt, const unsigned char in[IPCRYPT_ADDRESS],
    unsigned char out[IPCRYPT_ADDRESS])
{
    return ipcrypt->variant == IPCRYPT_PREFIX ? encrypt_prefix(ipcrypt, in, out)
                                              : aes_blocks(ipcrypt->first, in, out, 1);
}

int ipcrypt_decrypt(struct ipcrypt *ipcrypt, const unsigned char in[IPCRYPT_ADDRESS],
    unsigned char out[IPCRYPT_ADDRESS])
{
    return ipcrypt->variant == IPCRYPT_PREFIX ? decrypt_prefix(ipcrypt, in, out)
                                              : aes_blocks(ipcrypt->second, in, out, 1);
}

/* ---- vectors --------------------------------------------------------------------------------- */

/* The draft's appendix "Test Vectors". */
struct vector {
    enum ipcrypt_variant variant;
    unsigned char key[IPCRYPT_PREFIX_KEY];
    unsigned char clear[IPCRYPT_ADDRESS];
    unsigned char sealed[IPCRYPT_ADDRESS];
};

/* clang-format off */
#define IPV4(a, b, c, d) { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d }
#define UPWARD 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10
#define TWISTED 0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe, 0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x01

static const struct vector vectors[] = {
    { IPCRYPT_DETERMINISTIC, { UPWARD }, IPV4(0, 0, 0, 0),
        { 0xbd, 0xe9, 0x67, 0x89, 0xd3, 0x53, 0x82, 0x4c, 0xd7, 0xc6, 0xf5, 0x8a, 0x6b, 0xd2, 0x26, 0xeb } },
    { IPCRYPT_DETERMINISTIC, { TWISTED }, IPV4(255, 255, 255, 255),
        { 0xae, 0xd2, 0x92, 0xf6, 0xea, 0x23, 0x58, 0xc3, 0x48, 0xfd, 0x08, 0xb8, 0x74, 0xe8, 0x45, 0xd8 } },
    { IPCRYPT_DETERMINISTIC, { UPWARD },
        { 0x20, 0x01, 0x0d, 0xb8, 0x85, 0xa3, 0, 0, 0, 0, 0x8a, 0x2e, 0x03, 0x70, 0x73, 0x34 },
        { 0x1e, 0xef, 0x23, 0x52, 0x64, 0xc8, 0x18, 0xe6, 0x64, 0x56, 0x13, 0x73, 0xf6, 0x15, 0x50, 0x32 } },
    { IPCRYPT_PREFIX, { UPWARD, TWISTED }, IPV4(0, 0, 0, 0), IPV4(151, 82, 155, 134) },
    { IPCRYPT_PREFIX, { UPWARD, TWISTED }, IPV4(192, 0, 2, 1), IPV4(100, 115, 72, 131) },
    { IPCRYPT_PREFIX, { UPWARD, TWISTED },
        { 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 },
        { 0xc1, 0x80, 0x5d, 0xd4, 0x25, 0x87, 0x35, 0x24, 0x30, 0xab, 0xfa, 0x65, 0x6a, 0xb6, 0x0f, 0x88 } },
};
/* clang-format on */

int ipcrypt_self_test(void)
{
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct ipcrypt *ipcrypt = ipcrypt_new(vectors[i].variant, vectors[i].key);
        unsigned char sealed[IPCRYPT_ADDRESS];
        unsigned char clear[IPCRYPT_ADDRESS];
        int right = ipcrypt != NULL && ipcrypt_encrypt(ipcrypt, vectors[i].clear, sealed) == 0 &&
            ipcrypt_decrypt(ipcrypt, sealed, clear) == 0 &&
            memcmp(sealed, vectors[i].sealed, sizeof sealed) == 0 &&
            memcmp(clear, vectors[i].clear, sizeof clear) == 0;

        ipcrypt_free(ipcrypt);
        if (!right)
            return -1;
    }
    return 0;
}
