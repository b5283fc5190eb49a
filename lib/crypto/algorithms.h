#ifndef CRYPTO_ALGORITHMS_H
#define CRYPTO_ALGORITHMS_H

/*
 * The door to OpenSSL. Algorithms are fetched from a library context of our own, built from the
 * default provider that is part of libcrypto: no openssl.cnf, no environment variable and no other
 * user of the library in the same process (libcurl) changes what they are.
 */

/*
 * algorithms_init():
 * Keep OpenSSL from ever loading its configuration, and fetch every algorithm of this folder.
 * Afterwards nothing here opens a file, loads code or makes a system call but for memory (and
 * getrandom(2) in random.h), so that a program may confine itself. Return 0, or -1 when an
 * algorithm is missing. A second call does nothing.
 *
 * For the programs that hold masking keys. Others need not call it, and those that speak TLS should
 * not: the system's configuration of TLS is theirs to follow.
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
 * For the files of this folder: OpenSSL's own handle of an algorithm (EVP_CIPHER or EVP_MD),
 * fetched at its first use and kept to the end of the process, or NULL. Not for use by several
 * threads.
 */
void *algorithms_fetch(enum algorithm name);

#endif
