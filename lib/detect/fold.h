#ifndef DETECT_FOLD_H
#define DETECT_FOLD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A key's words, in small letters without accents and without what is between them: "clientIp",
 * "client_ip" and "Client-IP" are all "clientip", with beginnings at c and i; "Straße" is
 * "strasse", "Gerät" is "geraet". Digits are left out. Only lib/detect includes this.
 */
enum { FOLD_MOST = 100 };

struct fold {
    char text[FOLD_MOST + 1];   /* with a NUL */
    bool starts[FOLD_MOST + 1]; /* a word begins here, or the text ends */
    size_t length;
};

/* Of what does not fit, nothing is kept. */
void fold_key(const char *key, size_t length, struct fold *fold);

#endif
