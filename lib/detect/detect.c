#include <string.h>

#include "detect/census.h"
#include "detect/detect.h"
#include "detect/escaped.h"
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

/*
 * Classes of bytes, by the pieces that can begin with them. Up to WORD_MOST a word can continue
 * with them.
 */
enum {
    BEGIN_NOT,
    BEGIN_WORD,
    BEGIN_HEX,
    BEGIN_DIGIT,
    WORD_MOST = BEGIN_DIGIT,
    BEGIN_ESCAPE,
    BEGIN_SIGN,
    BEGIN_COLON
};

#define W BEGIN_WORD
#define X BEGIN_HEX
#define D BEGIN_DIGIT
#define S BEGIN_SIGN
#define E BEGIN_ESCAPE

/* clang-format off */
static const unsigned char begins[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, E, 0, 0, S, 0, 0, S, 0, 0, 0, 0,
    D, D, D, D, D, D, D, D, D, D, BEGIN_COLON, 0, 0, 0, 0, 0,
    0, X, X, X, X, X, X, W, W, W, W, W, W, W, W, W,
    W, W, W, W, W, W, W, W, W, W, W, 0, E, 0, 0, W,
    0, X, X, X, X, X, X, W, W, W, W, W, W, W, W, W,
    W, W, W, W, W, W, W, W, W, W, W, 0, 0, 0, 0, 0,
};
/* clang-format on */

static unsigned begin(char c)
{
    return begins[(unsigned char)c];
}

/* Return the end of the word at ${at}. */
static size_t word_end(const char *text, size_t length, size_t at)
{
    while (at < length && begin(text[at]) - BEGIN_WORD < (unsigned)WORD_MOST)
        at++;
    return at;
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

bool detect_start_counted(struct detect *detect, const char *text, const struct census *census,
    unsigned kinds)
{
    detect->text = text;
    detect->length = census->length;
    detect->kinds = prefilter_kinds(census, kinds);
    detect->at = 0;
    detect->escaped = 0;
    detect->mail = census->length;
    detect->mail_end = 0;
    /* texts without personal values, but with many bytes that such values have */
    if (detect->kinds != DETECT_NONE &&
        (text_is_uuid(text, census) || text_is_moment(text, census)))
        detect->kinds = DETECT_NONE;
    return detect->kinds != DETECT_NONE;
}

void detect_start(struct detect *detect, const char *text, size_t length, unsigned kinds)
{
    struct census census;
    census_take_signs(text, length, &census);
    (void)detect_start_counted(detect, text, &census, kinds);
}

typedef size_t measure(const char *text, size_t length, size_t at);

/* In order of trial: the most certain kinds come first. */
static const struct {
    measure *measure;
    enum detect_kind kind;
} shapes[] = {
    { text_jwt, DETECT_JWT },
    { number_iban, DETECT_IBAN },
    { network_mac, DETECT_MAC },
    { network_ipv6, DETECT_IPV6 },
    { network_ipv4, DETECT_IPV4 },
    { number_card, DETECT_CARD },
    { number_ssn, DETECT_SSN },
    { phone_number, DETECT_PHONE },
};

/* The kinds that a word can be, by the class of its first byte. */
static const unsigned kinds_of[] = {
    [BEGIN_WORD] = DETECT_BIT(DETECT_IBAN),
    [BEGIN_HEX] = DETECT_BIT(DETECT_JWT) | DETECT_BIT(DETECT_IBAN) | DETECT_BIT(DETECT_MAC) |
        DETECT_BIT(DETECT_IPV6),
    [BEGIN_DIGIT] = DETECT_BIT(DETECT_MAC) | DETECT_BIT(DETECT_IPV6) | DETECT_BIT(DETECT_IPV4) |
        DETECT_BIT(DETECT_CARD) | DETECT_BIT(DETECT_SSN) | DETECT_BIT(DETECT_PHONE),
};

/* Return the length of the piece that begins at ${at}, where a word begins, with its kind; or 0. */
static size_t measure_word(const struct detect *detect, size_t at, unsigned class,
    enum detect_kind *kind)
{
    unsigned left = detect->kinds & kinds_of[class];
    for (size_t i = 0; left != 0; i++) {
        unsigned bit = DETECT_BIT(shapes[i].kind);
        if ((left & bit) == 0)
            continue;
        left &= ~bit;
        size_t size = shapes[i].measure(detect->text, detect->length, at);
        if (size > 0) {
            *kind = shapes[i].kind;
            return size;
        }
    }
    return 0;
}

/* Return the length of the piece that begins at ${at} with a sign, with its kind; or 0. */
static size_t measure_sign(const struct detect *detect, size_t at, unsigned class,
    enum detect_kind *kind)
{
    if (at > detect->escaped && shape_is_word(detect->text[at - 1]))
        return 0;
    if (class == BEGIN_SIGN) {
        *kind = DETECT_PHONE;
        if ((detect->kinds & DETECT_BIT(DETECT_PHONE)) == 0)
            return 0;
        return phone_number(detect->text, detect->length, at);
    }
    *kind = DETECT_IPV6;
    if ((detect->kinds & DETECT_BIT(DETECT_IPV6)) == 0 ||
        shape_at(detect->text, detect->length, at + 1) != ':')
        return 0;
    return network_ipv6(detect->text, detect->length, at);
}

/*
 * Find the piece that begins at ${at}, where a word begins, and pass the word. Return its length,
 * or 0 when there is none: then the next word begins behind an escape that ends within this one.
 */
static size_t next_word(struct detect *detect, size_t at, unsigned class, enum detect_kind *kind)
{
    size_t uuid = text_uuid(detect->text, detect->length, at);
    size_t size = uuid == 0 ? measure_word(detect, at, class, kind) : 0;
    /* nothing else begins in the rest of the word */
    size_t end = word_end(detect->text, detect->length, at + uuid + size);
    bool inside = uuid + size == 0 && at < detect->escaped && detect->escaped < end;
    detect->at = inside ? detect->escaped : end;
    return size;
}

/*
 * Find the next piece of any kind but e-mail that begins before ${limit}. Return false when there
 * is none.
 */
static bool next_other(struct detect *detect, size_t limit, struct detect_piece *piece)
{
    while (detect->at < limit) {
        size_t at = detect->at;
        unsigned class = begin(detect->text[at]);
        size_t size = 0;
        if (class == BEGIN_NOT || class == BEGIN_ESCAPE) {
            if (class == BEGIN_ESCAPE)
                detect->escaped = at + escaped_size(detect->text, detect->length, at);
            detect->at++;
            continue;
        }
        if (class >= BEGIN_SIGN) {
            size = measure_sign(detect, at, class, &piece->kind);
            detect->at += size > 0 ? size : 1;
        } else {
            size = next_word(detect, at, class, &piece->kind);
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
    detect->at = word_end(detect->text, detect->length, detect->mail_end);
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
