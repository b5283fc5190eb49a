#include <stdbool.h>
#include <string.h>

#include "detect/context.h"
#include "detect/escaped.h"
#include "detect/shape.h"

enum { WINDOW = 40, SHORTEST = 2 /* "id" */ };

/* Words that start where no letter is before them; any ending is accepted ("telefonisch"). */
static const struct {
    const char *word;
    enum context context;
    size_t gap; /* most bytes from its end to the number, including the rest of the word */
} words[] = {
    /* clang-format off */
    { "tel",       CONTEXT_PHONE,   24 },
    { "tél",       CONTEXT_PHONE,   24 },
    { "phone",     CONTEXT_PHONE,   24 },
    { "call ",     CONTEXT_PHONE,   16 },
    { "cell",      CONTEXT_PHONE,   24 },
    { "mobil",     CONTEXT_PHONE,   24 },
    { "móvil",     CONTEXT_PHONE,   24 },
    { "movil",     CONTEXT_PHONE,   24 },
    { "handy",     CONTEXT_PHONE,   20 },
    { "fax",       CONTEXT_PHONE,   16 },
    { "whatsapp",  CONTEXT_PHONE,   20 },
    { "sms",       CONTEXT_PHONE,   16 },
    { "rückruf",   CONTEXT_PHONE,   24 },
    { "anruf",     CONTEXT_PHONE,   24 },
    { "ruf ",      CONTEXT_PHONE,   16 },
    { "appel",     CONTEXT_PHONE,   20 },
    { "rappel",    CONTEXT_PHONE,   20 },
    { "joindre",   CONTEXT_PHONE,   16 },
    { "llam",      CONTEXT_PHONE,   20 },
    { "llám",      CONTEXT_PHONE,   20 },
    { "chiam",     CONTEXT_PHONE,   20 },
    { "cellulare", CONTEXT_PHONE,   20 },
    { "dzwon",     CONTEXT_PHONE,   20 },
    { "zadzwoń",   CONTEXT_PHONE,   20 },
    { "kom.",      CONTEXT_PHONE,   4  },
    { "order",     CONTEXT_NUMBER,  10 },
    { "invoice",   CONTEXT_NUMBER,  10 },
    { "ticket",    CONTEXT_NUMBER,  10 },
    { "tracking",  CONTEXT_NUMBER,  10 },
    { "shipment",  CONTEXT_NUMBER,  10 },
    { "parcel",    CONTEXT_NUMBER,  10 },
    { "part",      CONTEXT_NUMBER,  10 },
    { "serial",    CONTEXT_NUMBER,  10 },
    { "article",   CONTEXT_NUMBER,  10 },
    { "sku",       CONTEXT_NUMBER,  10 },
    { "ref",       CONTEXT_NUMBER,  10 },
    { "case",      CONTEXT_NUMBER,  10 },
    { "batch",     CONTEXT_NUMBER,  10 },
    { "lot",       CONTEXT_NUMBER,  6  },
    { "isbn",      CONTEXT_NUMBER,  10 },
    { "ean",       CONTEXT_NUMBER,  10 },
    { "id",        CONTEXT_NUMBER,  4  },
    { "bestell",   CONTEXT_NUMBER,  12 },
    { "auftrag",   CONTEXT_NUMBER,  12 },
    { "rechnung",  CONTEXT_NUMBER,  12 },
    { "artikel",   CONTEXT_NUMBER,  12 },
    { "sendung",   CONTEXT_NUMBER,  12 },
    { "commande",  CONTEXT_NUMBER,  10 },
    { "facture",   CONTEXT_NUMBER,  10 },
    { "pedido",    CONTEXT_NUMBER,  10 },
    { "factura",   CONTEXT_NUMBER,  10 },
    { "ordine",    CONTEXT_NUMBER,  10 },
    { "fattura",   CONTEXT_NUMBER,  10 },
    { "zamówieni", CONTEXT_NUMBER,  10 },
    { "zamowieni", CONTEXT_NUMBER,  10 },
    { "faktur",    CONTEXT_NUMBER,  10 },
    { "version",   CONTEXT_VERSION, 20 },
    { "versión",   CONTEXT_VERSION, 20 },
    { "versione",  CONTEXT_VERSION, 20 },
    { "wersj",     CONTEXT_VERSION, 20 },
    { "ver.",      CONTEXT_VERSION, 4  },
    { "v.",        CONTEXT_VERSION, 2  },
    { "release",   CONTEXT_VERSION, 16 },
    { "build",     CONTEXT_VERSION, 12 },
    { "firmware",  CONTEXT_VERSION, 16 },
    { "driver",    CONTEXT_VERSION, 12 },
    { "upgrade",   CONTEXT_VERSION, 20 },
    { "update",    CONTEXT_VERSION, 16 },
    { "revision",  CONTEXT_VERSION, 12 },
    { "oid",       CONTEXT_VERSION, 4  },
    { "sdk",       CONTEXT_VERSION, 8  },
    { "section",   CONTEXT_VERSION, 4  },
    { "ssn",       CONTEXT_SSN,     16 },
    { "social",    CONTEXT_SSN,     24 },
    /* clang-format on */
};

static bool is_part_of_word(char c)
{
    return shape_is_letter(c) || (unsigned char)c >= 0x80;
}

/*
 * Return the context of the longest word that begins the ${size} bytes at ${text} and is near
 * enough; none: CONTEXT_NONE.
 */
static enum context begun(const char *text, size_t size)
{
    size_t best = 0;
    enum context context = CONTEXT_NONE;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t length = strlen(words[i].word);
        if (words[i].word[0] == text[0] && length > best && length <= size &&
            memcmp(words[i].word, text, length) == 0 && size - length <= words[i].gap) {
            best = length;
            context = words[i].context;
        }
    }
    return context;
}

enum context context_of(const char *text, size_t at)
{
    char window[WINDOW + 1] = { ' ' }; /* one byte more, to check that the first begins a word */
    size_t size = at < WINDOW ? at : WINDOW;
    enum context context = CONTEXT_NONE;
    if (at < SHORTEST)
        return CONTEXT_NONE;
    if (at > size)
        window[0] = shape_lower(text[at - size - 1]);
    for (size_t i = 0; i < size; i++)
        window[i + 1] = shape_lower(text[at - size + i]);
    for (size_t i = size; i > 0 && context == CONTEXT_NONE; i--)
        if (shape_is_letter(window[i]) &&
            (!is_part_of_word(window[i - 1]) || escaped_is_letter(window, i)))
            context = begun(window + i, size + 1 - i);
    return context;
}
