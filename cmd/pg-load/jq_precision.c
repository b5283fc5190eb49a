#include "jq_precision.h"

bool jq_precision_exceeded(const char *text, size_t length)
{
    enum { EXACT_DIGITS = 15 };
    bool string = false;
    int digits = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"')
            string = !string;
        else if (string && text[i] == '\\')
            i++;
        else if (text[i] >= '0' && text[i] <= '9')
            digits += !string && (digits > 0 || text[i] != '0');
        else if (text[i] != '.')
            digits = 0;
        if (digits > EXACT_DIGITS)
            return true;
    }
    return false;
}
