#include <string.h>

#include "detect/fold.h"
#include "detect/shape.h"

/*
 * U+00C0 to U+017F, both cases, in the languages of the words in key_words.c; others are skipped.
 */
static const struct {
    const char *letters; /* UTF-8, two bytes each */
    const char *plain;
} accents[] = {
    /* clang-format off */
    { "ÄäÆæ",                     "ae" },
    { "ÖöŒœ",                     "oe" },
    { "Üü",                       "ue" },
    { "ß",                        "ss" },
    { "ÀàÁáÂâÃãÅåĄą",             "a"  },
    { "ÈèÉéÊêËëĘę",               "e"  },
    { "ÌìÍíÎîÏï",                 "i"  },
    { "ÒòÓóÔôÕõ",                 "o"  },
    { "ÙùÚúÛû",                   "u"  },
    { "ÇçĆćČč",                   "c"  },
    { "ÑñŃń",                     "n"  },
    { "Łł",                       "l"  },
    { "ŚśŠš",                     "s"  },
    { "ŹźŻżŽž",                   "z"  },
    { "Ýýÿ",                      "y"  },
    /* clang-format on */
};

static const char *plain_of(const char *letter)
{
    for (size_t i = 0; i < sizeof accents / sizeof *accents; i++)
        for (const char *at = accents[i].letters; *at != '\0'; at += 2)
            if (memcmp(at, letter, 2) == 0)
                return accents[i].plain;
    return "";
}

static void add(struct fold *fold, const char *text, size_t length, bool start)
{
    if (length == 0 || fold->length + length > FOLD_MOST)
        return;
    memcpy(fold->text + fold->length, text, length);
    memset(fold->starts + fold->length, 0, length);
    fold->starts[fold->length] = start;
    fold->length += length;
}

static bool is_upper(char c)
{
    return (unsigned char)(c - 'A') < 26;
}

void fold_key(const char *key, size_t length, struct fold *fold)
{
    bool start = true;
    fold->length = 0;
    for (size_t i = 0; i < length; i++) {
        char c = key[i];
        char before = i > 0 ? key[i - 1] : '\0';
        char after = i + 1 < length ? key[i + 1] : '\0';
        if ((unsigned char)c >= 0x80) {
            const char *plain = i + 1 < length ? plain_of(key + i) : "";
            add(fold, plain, strlen(plain), start);
            start = start && *plain == '\0';
            while (i + 1 < length && ((unsigned char)key[i + 1] & 0xC0) == 0x80)
                i++;
        } else if (!shape_is_letter(c)) {
            start = true;
        } else {
            /* clientIp, and IPAddress: the last of several capitals begins the next word */
            if (is_upper(c) &&
                (!is_upper(before) || (shape_is_letter(after) && !is_upper(after) && after != 's')))
                start = true;
            c = shape_lower(c);
            add(fold, &c, 1, start);
            start = false;
        }
    }
    fold->text[fold->length] = '\0';
    fold->starts[fold->length] = true;
}
