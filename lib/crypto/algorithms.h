#ifndef CRYPTO_ALGORITHMS_H
#define CRYPTO_ALGORITHMS_H

/*
 * The wrapper of OpenSSL. Algorithms are fetched from a library context of our own, built from the
 * default provider in libcrypto. So openssl.cnf, environment variables and other users of the
 * library in the same process (libcurl) cannot change them.
 */

/*
 * algorithms_init():
 * Keep OpenSSL from ever loading its configuration, and fetch every algorithm of this folder. After
 * that nothing here opens a file, loads code or makes a system call except for memory (and
 * getrandom(2) in random.h), so that a program may confine itself. Return 0, or -1 when an
 * algorithm is missing. A second call does nothing.
 *
 * Programs with masking keys call it. Others need not, and those that use TLS should not: they must
 * follow the system's TLS configuration.
 */
int algorithms_init(void);

enum algorithm {
    ALGORITHM_AES_128_ECB,
    ALGORITHM_AES_192_ECB,
    ALGORITHM_AES_256_ECB,
    ALGORITHM_MD5,
    ALGORITHM_SHA256,
    ALGORITHM_COUNT
};

/*
 * algorithms_fetch(name):
 * Return OpenSSL's handle of an algorithm (EVP_CIPHER or EVP_MD), for the files of this folder. It
 * is fetched at its first use and kept until the process ends; NULL on failure. Not thread-safe.
 */
void *algorithms_fetch(enum algorithm name);

#endif
