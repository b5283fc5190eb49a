#ifndef CRYPTO_IPCRYPT_H
#define CRYPTO_IPCRYPT_H

#include <stdbool.h>

/*
 * Encryption of IP addresses, two of the variants of draft-denis-ipcrypt ("Methods for IP Address
 * Encryption and Obfuscation"):
 *
 *     IPCRYPT_DETERMINISTIC  ipcrypt-deterministic: AES-128 of the address as one block. An IPv4
 *                            address nearly always becomes an IPv6 address.
 *     IPCRYPT_PREFIX         ipcrypt-pfx: addresses that share a prefix of n bits share one of n
 *                            bits afterwards, and no more. IPv4 stays IPv4, IPv6 stays IPv6.
 *
 * An address is 16 bytes in network order: IPv6 as it is, the IPv4 address a.b.c.d as
 * ::ffff:a.b.c.d. Neither variant can detect a wrong key. Not thread-safe.
 */
struct ipcrypt;

enum ipcrypt_variant { IPCRYPT_DETERMINISTIC, IPCRYPT_PREFIX };

enum { IPCRYPT_ADDRESS = 16, IPCRYPT_DETERMINISTIC_KEY = 16, IPCRYPT_PREFIX_KEY = 32 };

/*
 * ipcrypt_new(variant, key):
 * Make a cipher. ${key} has IPCRYPT_DETERMINISTIC_KEY or IPCRYPT_PREFIX_KEY bytes, by variant; it
 * is not kept, and the caller wipes it. Return NULL when memory runs out, or when the halves of a
 * prefix key are equal, which would encrypt every address to itself.
 */
struct ipcrypt *ipcrypt_new(enum ipcrypt_variant variant, const unsigned char *key);
void ipcrypt_free(struct ipcrypt *ipcrypt); /* wipes; NULL is fine */

/*
 * Encrypt or decrypt; ${in} and ${out} may be equal. Return 0, or -1 when OpenSSL failed. Nothing
 * is allocated.
 */
int ipcrypt_encrypt(struct ipcrypt *ipcrypt, const unsigned char in[IPCRYPT_ADDRESS],
    unsigned char out[IPCRYPT_ADDRESS]);
int ipcrypt_decrypt(struct ipcrypt *ipcrypt, const unsigned char in[IPCRYPT_ADDRESS],
    unsigned char out[IPCRYPT_ADDRESS]);

/* Return true for an IPv4 address, ::ffff:0:0/96. */
bool ipcrypt_is_ipv4(const unsigned char address[IPCRYPT_ADDRESS]);

/*
 * ipcrypt_self_test():
 * Compute vectors of the draft's appendix, both ways. Return 0, or -1 when one fails.
 */
int ipcrypt_self_test(void);

#endif
