#ifndef DETECT_FOLD_H
#define DETECT_FOLD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The words of a key, in lower case without accents and separators. "clientIp", "client_ip" and
 * "Client-IP" are all "clientip", with beginnings at c and i; "Straße" is "strasse", "Gerät" is
 * "geraet". Digits are left out. Only lib/detect includes this.
 */
enum { FOLD_MOST = 100 };

struct fold {
    char text[FOLD_MOST + 1];   /* with a NUL */
    bool starts[FOLD_MOST + 1]; /* a word begins here, or the text ends */
    size_t length;
};

/* Fold a key; characters over FOLD_MOST are dropped. */
void fold_key(const char *key, size_t length, struct fold *fold);

#endif
