#ifndef MASK_ADDRESS_H
#define MASK_ADDRESS_H

#include <stdbool.h>

#include "base/buf.h"
#include "mask/token.h"

/*
 * IP addresses as JSON strings, in the syntax of inet_pton(3): no leading zeroes, no short or octal
 * forms, no zone ids, no blanks. An address has 16 bytes: IPv6, or IPv4 as ::ffff:a.b.c.d. All
 * spellings of an address, the mapped form included, are the same.
 */
enum { ADDRESS_SIZE = 16 };

/* Read an address. Return true when the value is one. The call uses ${scratch}. */
bool address_read(const struct token_value *value, struct buf *scratch,
    unsigned char address[ADDRESS_SIZE]);

/* Read an address from a decoded text. Return true when it is one. */
bool address_parse(const char *text, size_t length, unsigned char address[ADDRESS_SIZE]);

/* Write the address, dotted or in the form of RFC 5952, without a NUL. Return its length. */
enum { ADDRESS_TEXT_MAX = 46 };
size_t address_text(const unsigned char address[ADDRESS_SIZE], char text[ADDRESS_TEXT_MAX]);

/* Append the address as a quoted string, dotted or in the form of RFC 5952. Return 0, or -1. */
int address_write(struct buf *out, const unsigned char address[ADDRESS_SIZE]);

bool address_is_ipv4(const unsigned char address[ADDRESS_SIZE]);

#endif
