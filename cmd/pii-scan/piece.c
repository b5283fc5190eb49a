#include <string.h>

#include "piece.h"

bool piece_is_token(const char *text, size_t length)
{
    static const char *const methods[] = { "siv1.", "hmac1.", "seal1." };
    if (length == 0 || (text[0] != 's' && text[0] != 'h'))
        return false;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        size_t start = strlen(methods[i]);
        if (length > start + 9 && memcmp(text, methods[i], start) == 0 && text[start + 8] == '.')
            return true;
    }
    return false;
}

bool piece_is_role(const char *text, size_t length)
{
    static const char roles[] =
        "|noreply|no-reply|no_reply|donotreply|do-not-reply|support|info|contact|hello|sales|admin|"
        "webmaster|postmaster|billing|help|service|office|newsletter|marketing|abuse|notifications|"
        "notification|alerts|alert|mailer-daemon|kontakt|kundenservice|hostmaster|security|team|jobs|"
        "press|root|system|bot|git|bounce|bounces|contacto|contatti|biuro|ventas|";
    char word[24] = "|";
    size_t size = 0;
    while (size < length && text[size] != '@' && size < sizeof word - 3) {
        char c = text[size];
        word[1 + size++] = (unsigned char)(c - 'A') < 26 ? (char)(c | 0x20) : c;
    }
    memcpy(word + 1 + size, "|", 2);
    return size > 0 && size < length && text[size] == '@' && strstr(roles, word) != NULL;
}

bool piece_is_local(const char *text, size_t length)
{
    unsigned octets[2] = { 0, 0 };
    size_t part = 0;
    for (size_t i = 0; i < length && part < 2; i++) {
        if (text[i] == '.')
            part++;
        else
            octets[part] = octets[part] * 10 + (unsigned)(text[i] - '0');
    }
    return octets[0] == 10 || octets[0] == 127 || (octets[0] == 192 && octets[1] == 168) ||
        (octets[0] == 172 && octets[1] >= 16 && octets[1] < 32) ||
        (octets[0] == 169 && octets[1] == 254) ||
        (octets[0] == 100 && octets[1] >= 64 && octets[1] < 128);
}

bool piece_is_network(const char *text, size_t length, size_t end)
{
    return end + 1 < length && text[end] == '/' && text[end + 1] >= '1' && text[end + 1] <= '9' &&
        memcmp(text + end - 2, ".0", 2) == 0;
}
