#include "detect/detect.h"

#include <string.h>

#include "detect/network.h"
#include "detect/number.h"
#include "detect/phone.h"
#include "detect/prefilter.h"
#include "detect/shape.h"
#include "detect/text.h"

static const char *const names[DETECT_KINDS] = {
    [DETECT_IPV4] = "ipv4",
    [DETECT_IPV6] = "ipv6",
    [DETECT_MAC] = "mac",
    [DETECT_EMAIL] = "email",
    [DETECT_PHONE] = "phone",
    [DETECT_CARD] = "card",
    [DETECT_IBAN] = "iban",
    [DETECT_SSN] = "ssn",
    [DETECT_JWT] = "jwt",
};

/* What a piece can begin with, by the byte. */
enum { BEGIN_NOT, BEGIN_WORD, BEGIN_HEX, BEGIN_DIGIT, BEGIN_SIGN, BEGIN_COLON };

static unsigned begin(char c)
{
    if (shape_is_digit(c))
        return BEGIN_DIGIT;
    if (shape_is_hex(c))
        return BEGIN_HEX;
    if (shape_is_word(c))
        return BEGIN_WORD;
    if (c == '+' || c == '(')
        return BEGIN_SIGN;
    return c == ':' ? BEGIN_COLON : BEGIN_NOT;
}

const char *detect_name(enum detect_kind kind)
{
    return names[kind];
}

enum detect_kind detect_of_name(const char *name, size_t length)
{
    int kind = 0;
    while (kind < DETECT_KINDS &&
        (strlen(names[kind]) != length || memcmp(names[kind], name, length) != 0))
        kind++;
    return (enum detect_kind)kind;
}

void detect_start(struct detect *detect, const char *text, size_t length, unsigned kinds)
{
    detect->text = text;
    detect->length = length;
    detect->kinds = prefilter_kinds(text, length, kinds);
    detect->at = 0;
    detect->mail = length;
    detect->mail_end = 0;
    /* the one text without personal values in which there is much of what they are made of */
    if (detect->kinds != DETECT_NONE && length == 36 && text_uuid(text, length, 0) != 0)
        detect->kinds = DETECT_NONE;
}

typedef size_t measure(const char *text, size_t length, size_t at);

/* In the order in which they are tried: what is told surely comes first. */
static const struct {
    measure *measure;
    enum detect_kind kind;
    bool digits;  /* it can begin with a digit, */
    bool hex;     /* with a letter that is one of hexadecimal digits, */
    bool letters; /* with any letter */
} shapes[] = {
    { text_jwt, DETECT_JWT, false, true, false },
    { number_iban, DETECT_IBAN, false, true, true },
    { network_mac, DETECT_MAC, true, true, false },
    { network_ipv6, DETECT_IPV6, true, true, false },
    { network_ipv4, DETECT_IPV4, true, false, false },
    { number_card, DETECT_CARD, true, false, false },
    { number_ssn, DETECT_SSN, true, false, false },
    { phone_number, DETECT_PHONE, true, false, false },
};

/* What begins at ${at}, where a word begins. Its length, and its kind; or 0. */
static size_t measure_word(const struct detect *detect, size_t at, unsigned class,
    enum detect_kind *kind)
{
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        if ((detect->kinds & DETECT_BIT(shapes[i].kind)) == 0 ||
            !(class == BEGIN_DIGIT       ? shapes[i].digits
                    : class == BEGIN_HEX ? shapes[i].hex
                                         : shapes[i].letters))
            continue;
        *kind = shapes[i].kind;
        size_t size = shapes[i].measure(detect->text, detect->length, at);
        if (size > 0)
            return size;
    }
    return 0;
}

/* What begins at ${at}, a sign. */
static size_t measure_sign(const struct detect *detect, size_t at, unsigned class,
    enum detect_kind *kind)
{
    if (at > 0 && shape_is_word(detect->text[at - 1]) && class != BEGIN_SIGN)
        return 0;
    if (class == BEGIN_SIGN) {
        *kind = DETECT_PHONE;
        if ((detect->kinds & DETECT_BIT(DETECT_PHONE)) == 0 ||
            (at > 0 && shape_is_word(detect->text[at - 1])))
            return 0;
        return phone_number(detect->text, detect->length, at);
    }
    *kind = DETECT_IPV6;
    if ((detect->kinds & DETECT_BIT(DETECT_IPV6)) == 0 ||
        shape_at(detect->text, detect->length, at + 1) != ':')
        return 0;
    return network_ipv6(detect->text, detect->length, at);
}

/* The next piece of all kinds but e-mail that begins before ${limit}. */
static bool next_other(struct detect *detect, size_t limit, struct detect_piece *piece)
{
    const char *text = detect->text;
    size_t length = detect->length;
    while (detect->at < limit) {
        size_t at = detect->at;
        unsigned class = begin(text[at]);
        size_t size = 0;
        if (class == BEGIN_NOT) {
            detect->at++;
            continue;
        }
        if (class >= BEGIN_SIGN) {
            size = measure_sign(detect, at, class, &piece->kind);
            detect->at += size > 0 ? size : 1;
        } else {
            size_t uuid = text_uuid(text, length, at);
            if (uuid == 0)
                size = measure_word(detect, at, class, &piece->kind);
            detect->at += uuid > 0 ? uuid : size;
            /* the rest of the word, of which nothing else begins */
            while (detect->at < length && shape_is_word(text[detect->at]))
                detect->at++;
        }
        if (size > 0) {
            piece->offset = at;
            piece->length = size;
            return true;
        }
    }
    return false;
}

bool detect_next(struct detect *detect, struct detect_piece *piece)
{
    size_t from = detect->at;
    if (detect->kinds == DETECT_NONE)
        return false;
    if ((detect->kinds & DETECT_BIT(DETECT_EMAIL)) != 0 && detect->mail_end <= from &&
        (detect->mail_end == 0 || detect->mail < detect->length)) {
        detect->mail_end = text_email(detect->text, detect->length, from, &detect->mail);
        if (detect->mail_end == 0) {
            detect->mail = detect->length;
            detect->mail_end = detect->length;
        }
    }
    if ((detect->kinds & ~DETECT_BIT(DETECT_EMAIL)) != 0 &&
        next_other(detect, detect->mail, piece) && piece->offset + piece->length <= detect->mail)
        return true;
    if (detect->mail == detect->length)
        return false;
    piece->kind = DETECT_EMAIL;
    piece->offset = detect->mail;
    piece->length = detect->mail_end - detect->mail;
    detect->at = detect->mail_end;
    while (detect->at < detect->length && shape_is_word(detect->text[detect->at]))
        detect->at++;
    return true;
}

unsigned detect_kinds(const char *text, size_t length, unsigned kinds)
{
    struct detect detect;
    struct detect_piece piece;
    unsigned found = DETECT_NONE;
    detect_start(&detect, text, length, kinds);
    while ((kinds & ~found) != 0 && detect_next(&detect, &piece))
        found |= DETECT_BIT(piece.kind);
    return found;
}
