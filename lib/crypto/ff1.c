#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/aes.h"
#include "crypto/ff1.h"
#include "crypto/secret.h"

/*
 * Names follow SP 800-38G, algorithms 7 and 8: n numerals are split into A of u and B of v. The
 * number of a half has b bytes, and d bytes of each round's pseudorandom output are used.
 */
enum { ROUNDS = 10, MAX_HALF = FF1_MAX / 2, MAX_B = MAX_HALF, MAX_D = MAX_B + 4 };
enum { MAX_TAIL = (MAX_B + 1 + AES_BLOCK - 1) / AES_BLOCK, MAX_S = MAX_D + AES_BLOCK };

/* Most bytes of halves and outputs that are computed as integers. */
enum { WIDE_D = 16 };
__extension__ typedef unsigned __int128 wide;

/* Values that depend on the length. */
struct shape {
    uint64_t tweaked; /* the tweak of ${chain} and ${begin} */
    unsigned char u, v, b, d;
    unsigned char tail; /* number of blocks of Q with the round and B */
    wide modulus_u;     /* radix^u, for d up to WIDE_D */
    wide modulus_v;
    unsigned char chain[AES_BLOCK];            /* CBC-MAC of P and of Q before its tail */
    unsigned char begin[MAX_TAIL * AES_BLOCK]; /* the tail without round and B */
};

struct ff1 {
    struct aes *aes;
    unsigned radix;
    unsigned char *tweak;
    size_t tweak_length;
    uint64_t tweaked;                  /* number of tweaks so far */
    struct shape *shapes[FF1_MAX + 1]; /* made at the first value of a length */
};

size_t ff1_least(unsigned radix)
{
    size_t length = 1;
    for (uint64_t domain = radix; domain < 1000000; domain *= radix)
        length++;
    return length;
}

struct ff1 *ff1_new(const unsigned char *key, size_t key_length, unsigned radix, const void *tweak,
    size_t tweak_length)
{
    struct ff1 *ff1;
    if (radix < FF1_MIN_RADIX || radix > FF1_MAX_RADIX || tweak_length > UINT32_MAX)
        return NULL;
    ff1 = calloc(1, sizeof *ff1);
    if (ff1 == NULL)
        return NULL;
    ff1->radix = radix;
    ff1->tweak_length = tweak_length;
    ff1->tweak = malloc(tweak_length + 1);
    ff1->aes = aes_new(key, key_length, AES_FORWARD);
    if (ff1->tweak == NULL || ff1->aes == NULL) {
        ff1_free(ff1);
        return NULL;
    }
    if (tweak_length > 0)
        memcpy(ff1->tweak, tweak, tweak_length);
    return ff1;
}

void ff1_free(struct ff1 *ff1)
{
    if (ff1 == NULL)
        return;
    aes_free(ff1->aes);
    free(ff1->tweak);
    for (size_t i = 0; i <= FF1_MAX; i++) {
        if (ff1->shapes[i] != NULL)
            secret_wipe(ff1->shapes[i], sizeof *ff1->shapes[i]);
        free(ff1->shapes[i]);
    }
    free(ff1);
}

int ff1_set_tweak(struct ff1 *ff1, const void *tweak, size_t tweak_length)
{
    if (tweak_length == ff1->tweak_length && memcmp(tweak, ff1->tweak, tweak_length) == 0)
        return 0;
    unsigned char *copy = tweak_length <= UINT32_MAX ? realloc(ff1->tweak, tweak_length + 1) : NULL;
    if (copy == NULL)
        return -1;
    memcpy(copy, tweak, tweak_length);
    ff1->tweak = copy;
    ff1->tweak_length = tweak_length;
    ff1->tweaked++;
    return 0;
}

/* ---- values that depend on the length -------------------------------------------------------- */

static void put_big_endian(unsigned char *out, size_t bytes, uint64_t value)
{
    for (size_t i = bytes; i-- > 0; value >>= 8)
        out[i] = (unsigned char)value;
}

/* Set number = number * radix + digit, in ${bytes} bytes; overflow is lost. */
static void add_numeral(unsigned char *number, size_t bytes, unsigned radix, unsigned numeral)
{
    unsigned carry = numeral;
    for (size_t i = bytes; i-- > 0; carry >>= 8) {
        carry += number[i] * radix;
        number[i] = (unsigned char)carry;
    }
}

/*
 * Return the bytes of the greatest number of ${length} numerals. Integers are used because rounded
 * logarithms err.
 */
static size_t bytes_of_numerals(unsigned radix, size_t length)
{
    unsigned char number[MAX_B] = { 0 };
    size_t zeroes = 0;
    for (size_t i = 0; i < length; i++)
        add_numeral(number, sizeof number, radix, radix - 1);
    while (number[zeroes] == 0)
        zeroes++;
    return sizeof number - zeroes;
}

static wide power(unsigned radix, unsigned exponent)
{
    wide result = 1;
    while (exponent-- > 0)
        result *= radix;
    return result;
}

/* Compute the MAC of P and of the blocks of Q = tweak, zeroes, round, B before round and B. */
static int chain_constant(struct ff1 *ff1, struct shape *shape, size_t length)
{
    unsigned char block[AES_BLOCK] = { 1, 2, 1, 0, (unsigned char)(ff1->radix >> 8),
        (unsigned char)ff1->radix, ROUNDS, shape->u };
    size_t changing = (size_t)shape->b + 1;
    size_t blocks = (ff1->tweak_length + changing + AES_BLOCK - 1) / AES_BLOCK;
    size_t before = (blocks - shape->tail) * AES_BLOCK;
    put_big_endian(block + 8, 4, length);
    put_big_endian(block + 12, 4, ff1->tweak_length);
    memset(shape->chain, 0, sizeof shape->chain);
    if (aes_chain(ff1->aes, shape->chain, block, 1) != 0)
        return -1;
    for (size_t at = 0; at < before; at += AES_BLOCK) {
        size_t rest = at < ff1->tweak_length ? ff1->tweak_length - at : 0;

        memset(block, 0, sizeof block);
        memcpy(block, ff1->tweak + at, rest < AES_BLOCK ? rest : AES_BLOCK);
        if (aes_chain(ff1->aes, shape->chain, block, 1) != 0)
            return -1;
    }
    memset(shape->begin, 0, sizeof shape->begin);
    if (ff1->tweak_length > before)
        memcpy(shape->begin, ff1->tweak + before, ff1->tweak_length - before);
    shape->tweaked = ff1->tweaked;
    return 0;
}

static const struct shape *shape_of(struct ff1 *ff1, size_t length)
{
    struct shape *shape = ff1->shapes[length];
    if (shape != NULL && shape->tweaked == ff1->tweaked)
        return shape;
    if (shape != NULL)
        return chain_constant(ff1, shape, length) == 0 ? shape : NULL;
    shape = calloc(1, sizeof *shape);
    if (shape == NULL)
        return NULL;
    shape->v = (unsigned char)(length - length / 2);
    shape->u = (unsigned char)(length / 2);
    shape->b = (unsigned char)bytes_of_numerals(ff1->radix, shape->v);
    shape->d = (unsigned char)(4 * ((shape->b + 3) / 4) + 4);
    shape->tail = (unsigned char)((shape->b + 1 + AES_BLOCK - 1) / AES_BLOCK);
    if (shape->d <= WIDE_D) {
        shape->modulus_u = power(ff1->radix, shape->u);
        shape->modulus_v = power(ff1->radix, shape->v);
    }
    if (chain_constant(ff1, shape, length) != 0) {
        free(shape);
        return NULL;
    }
    ff1->shapes[length] = shape;
    return shape;
}

/* ---- halves as integers ---------------------------------------------------------------------- */

static wide number_of(const unsigned char *numerals, size_t length, unsigned radix)
{
    wide number = 0;
    for (size_t i = 0; i < length; i++)
        number = number * radix + numerals[i];
    return number;
}

static void numerals_of(wide number, unsigned char *numerals, size_t length, unsigned radix)
{
    /* Division in one register is far cheaper. */
    for (; length > 0 && number >> 64 != 0; number /= radix)
        numerals[--length] = (unsigned char)(number % radix);
    for (uint64_t rest = (uint64_t)number; length > 0; rest /= radix)
        numerals[--length] = (unsigned char)(rest % radix);
}

/* Compute a round's output for a half, below the modulus. */
static int wide_round(struct ff1 *ff1, const struct shape *shape, unsigned round, wide half,
    wide modulus, wide *result)
{
    unsigned char block[AES_BLOCK];
    unsigned char state[AES_BLOCK];
    wide y = 0;
    memcpy(block, shape->begin, sizeof block);
    for (size_t i = 1; i <= shape->b; i++, half >>= 8)
        block[AES_BLOCK - i] = (unsigned char)half;
    block[AES_BLOCK - 1 - shape->b] = (unsigned char)round;
    memcpy(state, shape->chain, sizeof state);
    if (aes_chain(ff1->aes, state, block, 1) != 0)
        return -1;
    for (size_t i = 0; i < shape->d; i++)
        y = y << 8 | state[i];
    if (y >> 64 == 0 && modulus >> 64 == 0)
        *result = (uint64_t)y % (uint64_t)modulus;
    else
        *result = y % modulus;
    return 0;
}

static int wide_encrypt(struct ff1 *ff1, const struct shape *shape, const unsigned char *in,
    unsigned char *out)
{
    wide a = number_of(in, shape->u, ff1->radix);
    wide b = number_of(in + shape->u, shape->v, ff1->radix);
    for (unsigned round = 0; round < ROUNDS; round++) {
        wide modulus = round % 2 == 0 ? shape->modulus_u : shape->modulus_v;
        wide y;

        if (wide_round(ff1, shape, round, b, modulus, &y) != 0)
            return -1;
        y += a;
        a = b;
        b = y >= modulus ? y - modulus : y;
    }
    numerals_of(a, out, shape->u, ff1->radix);
    numerals_of(b, out + shape->u, shape->v, ff1->radix);
    return 0;
}

static int wide_decrypt(struct ff1 *ff1, const struct shape *shape, const unsigned char *in,
    unsigned char *out)
{
    wide a = number_of(in, shape->u, ff1->radix);
    wide b = number_of(in + shape->u, shape->v, ff1->radix);
    for (unsigned round = ROUNDS; round-- > 0;) {
        wide modulus = round % 2 == 0 ? shape->modulus_u : shape->modulus_v;
        wide y;

        if (wide_round(ff1, shape, round, a, modulus, &y) != 0)
            return -1;
        y = b >= y ? b - y : b + (modulus - y);
        b = a;
        a = y;
    }
    numerals_of(a, out, shape->u, ff1->radix);
    numerals_of(b, out + shape->u, shape->v, ff1->radix);
    return 0;
}

/* ---- halves as numerals, for long strings ---------------------------------------------------- */

/* Compute the last ${count} numerals of a round's output for the half of ${length} numerals. */
static int long_round(struct ff1 *ff1, const struct shape *shape, unsigned round,
    const unsigned char *half, size_t length, unsigned char *y, size_t count)
{
    unsigned char tail[MAX_TAIL * AES_BLOCK];
    unsigned char output[MAX_S];
    size_t size = (size_t)shape->tail * AES_BLOCK;
    unsigned char *number = tail + size - shape->b;
    memcpy(tail, shape->begin, sizeof tail);
    for (size_t i = 0; i < length; i++)
        add_numeral(number, shape->b, ff1->radix, half[i]);
    number[-1] = (unsigned char)round;
    memcpy(output, shape->chain, AES_BLOCK);
    if (aes_chain(ff1->aes, output, tail, shape->tail) != 0)
        return -1;
    for (size_t at = AES_BLOCK; at < shape->d; at += AES_BLOCK) {
        memcpy(output + at, output, AES_BLOCK);
        output[at + AES_BLOCK - 1] ^= (unsigned char)(at / AES_BLOCK);
    }
    if (shape->d > AES_BLOCK &&
        aes_blocks(ff1->aes, output + AES_BLOCK, output + AES_BLOCK,
            (size_t)(shape->d - 1) / AES_BLOCK) != 0)
        return -1;
    for (size_t i = count; i-- > 0;) {
        unsigned rest = 0;

        for (size_t k = 0; k < shape->d; k++) {
            rest = rest << 8 | output[k];
            output[k] = (unsigned char)(rest / ff1->radix);
            rest %= ff1->radix;
        }
        y[i] = (unsigned char)rest;
    }
    return 0;
}

static void add_numerals(unsigned char *to, const unsigned char *other, size_t count,
    unsigned radix)
{
    unsigned carry = 0;
    for (size_t i = count; i-- > 0;) {
        unsigned sum = carry + to[i] + other[i];

        carry = sum >= radix;
        to[i] = (unsigned char)(carry ? sum - radix : sum);
    }
}

static void subtract_numerals(unsigned char *from, const unsigned char *other, size_t count,
    unsigned radix)
{
    unsigned borrow = 0;
    for (size_t i = count; i-- > 0;) {
        unsigned taken = other[i] + borrow;

        borrow = from[i] < taken;
        from[i] = (unsigned char)(from[i] + (borrow ? radix : 0) - taken);
    }
}

/* Each round changes one half in place with the other: A in the even rounds, else B. */
static int long_crypt(struct ff1 *ff1, const struct shape *shape, unsigned char *text,
    bool encrypting)
{
    unsigned char y[MAX_HALF];
    for (unsigned i = 0; i < ROUNDS; i++) {
        unsigned round = encrypting ? i : ROUNDS - 1 - i;
        bool even = round % 2 == 0;
        unsigned char *changed = even ? text : text + shape->u;
        size_t count = even ? shape->u : shape->v;
        const unsigned char *other = even ? text + shape->u : text;

        if (long_round(ff1, shape, round, other, even ? shape->v : shape->u, y, count) != 0)
            return -1;
        if (encrypting)
            add_numerals(changed, y, count, ff1->radix);
        else
            subtract_numerals(changed, y, count, ff1->radix);
    }
    return 0;
}

/* ---- both ------------------------------------------------------------------------------------ */

static int crypt_numerals(struct ff1 *ff1, const unsigned char *in, size_t length,
    unsigned char *out, bool encrypting)
{
    if (length > FF1_MAX || length < ff1_least(ff1->radix))
        return -1;
    for (size_t i = 0; i < length; i++)
        if (in[i] >= ff1->radix)
            return -1;
    const struct shape *shape = shape_of(ff1, length);
    if (shape == NULL)
        return -1;
    if (shape->d <= WIDE_D)
        return encrypting ? wide_encrypt(ff1, shape, in, out) : wide_decrypt(ff1, shape, in, out);
    memmove(out, in, length);
    return long_crypt(ff1, shape, out, encrypting);
}

int ff1_encrypt(struct ff1 *ff1, const unsigned char *in, size_t length, unsigned char *out)
{
    return crypt_numerals(ff1, in, length, out, true);
}

int ff1_decrypt(struct ff1 *ff1, const unsigned char *in, size_t length, unsigned char *out)
{
    return crypt_numerals(ff1, in, length, out, false);
}

/* ---- vectors --------------------------------------------------------------------------------- */

/* csrc.nist.gov, Cryptographic Standards and Guidelines, Example Values: FF1samples.pdf. */
struct sample {
    size_t key_length;
    const char *tweak;
    unsigned radix;
    const char *clear;
    const char *sealed;
};

static const unsigned char sample_key[32] = { 0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab,
    0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c, 0xef, 0x43, 0x59, 0xd8, 0xd5, 0x80, 0xaa, 0x4f, 0x7f,
    0x03, 0x6d, 0x6f, 0x04, 0xfc, 0x6a, 0x94 };

/* NIST gives the tweaks in hexadecimal: 39383736353433323130 and 3737373770717273373737. */
static const struct sample samples[] = {
    { 16, "", 10, "0123456789", "2433477484" },
    { 16, "9876543210", 10, "0123456789", "6124200773" },
    { 16, "7777pqrs777", 36, "0123456789abcdefghi", "a9tv40mll9kdu509eum" },
    { 24, "", 10, "0123456789", "2830668132" },
    { 24, "9876543210", 10, "0123456789", "2496655549" },
    { 24, "7777pqrs777", 36, "0123456789abcdefghi", "xbj3kv35jrawxv32ysr" },
    { 32, "", 10, "0123456789", "6657667009" },
    { 32, "9876543210", 10, "0123456789", "1001623463" },
    { 32, "7777pqrs777", 36, "0123456789abcdefghi", "xs8a0azh2avyalyzuwd" },
};

static size_t sample_numerals(const char *text, unsigned char numerals[FF1_MAX])
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++)
        numerals[i] = (unsigned char)(text[i] <= '9' ? text[i] - '0' : text[i] - 'a' + 10);
    return length;
}

int ff1_self_test(void)
{
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const struct sample *sample = &samples[i];
        unsigned char clear[FF1_MAX] = { 0 };
        unsigned char sealed[FF1_MAX];
        unsigned char out[FF1_MAX];
        size_t length = sample_numerals(sample->clear, clear);
        struct ff1 *ff1 = ff1_new(sample_key, sample->key_length, sample->radix, sample->tweak,
            strlen(sample->tweak));
        bool right = sample_numerals(sample->sealed, sealed) == length && ff1 != NULL &&
            ff1_encrypt(ff1, clear, length, out) == 0 && memcmp(out, sealed, length) == 0 &&
            ff1_decrypt(ff1, out, length, out) == 0 && memcmp(out, clear, length) == 0;

        ff1_free(ff1);
        if (!right)
            return -1;
    }
    return 0;
}
