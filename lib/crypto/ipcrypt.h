#ifndef CRYPTO_IPCRYPT_H
#define CRYPTO_IPCRYPT_H

/*
 * Encryption of IP addresses, two of the variants of draft-denis-ipcrypt ("Methods for IP Address
 * Encryption and Obfuscation"):
 *
 *     IPCRYPT_DETERMINISTIC  ipcrypt-deterministic: AES-128 of the address as one block. An IPv4
 *                            address becomes, nearly always, an IPv6 one.
 *     IPCRYPT_PREFIX         ipcrypt-pfx: addresses that share a prefix of n bits come out sharing
 *                            one of n bits and no more. IPv4 stays IPv4, IPv6 stays IPv6.
 *
 * An address is 16 bytes in network order: IPv6 as it is, the IPv4 address a.b.c.d as
 * ::ffff:a.b.c.d. Neither variant can tell a wrong key. Not for use by several threads at once.
 */
struct ipcrypt;

enum ipcrypt_variant { IPCRYPT_DETERMINISTIC, IPCRYPT_PREFIX };

enum { IPCRYPT_ADDRESS = 16, IPCRYPT_DETERMINISTIC_KEY = 16, IPCRYPT_PREFIX_KEY = 32 };

/*
 * ipcrypt_new(variant, key):
 * ${key} is of IPCRYPT_DETERMINISTIC_KEY or IPCRYPT_PREFIX_KEY bytes, by its variant; it is not
 * kept, the caller wipes it. NULL: out of memory; or the halves of a prefix key are equal, under
 * which every address would be encrypted to itself.
 */
struct ipcrypt *ipcrypt_new(enum ipcrypt_variant variant, const unsigned char *key);
void ipcrypt_free(struct ipcrypt *ipcrypt); /* wipes; NULL is fine */

/* ${in} and ${out} may be the same. 0, or -1 (OpenSSL failed). Nothing is allocated. */
int ipcrypt_encrypt(struct ipcrypt *ipcrypt, const unsigned char in[IPCRYPT_ADDRESS],
    unsigned char out[IPCRYPT_ADDRESS]);
int ipcrypt_decrypt(struct ipcrypt *ipcrypt, const unsigned char in[IPCRYPT_ADDRESS],
    unsigned char out[IPCRYPT_ADDRESS]);

/* Whether the address is an IPv4 one, ::ffff:0:0/96. */
int ipcrypt_is_ipv4(const unsigned char address[IPCRYPT_ADDRESS]);

/*
 * ipcrypt_self_test():
 * Compute vectors of the draft's appendix, both ways. 0, or -1 when one does not come out.
 */
int ipcrypt_self_test(void);

#endif
