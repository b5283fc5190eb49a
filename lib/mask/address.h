#ifndef MASK_ADDRESS_H
#define MASK_ADDRESS_H

#include <stdbool.h>

#include "base/buf.h"
#include "mask/token.h"

/*
 * IP addresses as JSON strings, read as inet_pton(3) does: no leading zeroes, no short or octal
 * forms, no zone ids, no blanks. One address is 16 bytes: IPv6, or IPv4 as ::ffff:a.b.c.d, so that
 * all spellings of an address, the mapped form included, are the same.
 */
enum { ADDRESS_SIZE = 16 };

/* Whether it is one. ${scratch} is lent for the call. */
bool address_read(const struct token_value *value, struct buf *scratch,
    unsigned char address[ADDRESS_SIZE]);

/* The same for a text that is decoded already. */
bool address_parse(const char *text, size_t length, unsigned char address[ADDRESS_SIZE]);

/* Write the address, dotted or as RFC 5952 has it, without a NUL; how many characters. */
enum { ADDRESS_TEXT_MAX = 46 };
size_t address_text(const unsigned char address[ADDRESS_SIZE], char text[ADDRESS_TEXT_MAX]);

/* Append the address as a quoted string: dotted, or as RFC 5952 has it. 0, or -1. */
int address_write(struct buf *out, const unsigned char address[ADDRESS_SIZE]);

bool address_is_ipv4(const unsigned char address[ADDRESS_SIZE]);

#endif
