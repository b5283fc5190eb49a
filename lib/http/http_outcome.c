#include "http/http_outcome.h"

const char *http_outcome_text(enum http_outcome outcome)
{
    switch (outcome) {
    case HTTP_OK:
        return "answered";
    case HTTP_RESOLVE:
        return "the name has no address";
    case HTTP_CONNECT:
        return "no connection";
    case HTTP_TIMEOUT:
        return "no answer in time";
    case HTTP_BROKEN:
        return "the connection broke";
    case HTTP_TLS:
        return "the TLS handshake failed";
    case HTTP_UNTRUSTED:
        return "the server's certificate cannot be trusted";
    case HTTP_CA_BUNDLE:
        return "the file of trusted certificates cannot be used";
    case HTTP_TOO_BIG:
        return "the answer is too big";
    case HTTP_DESCRIPTORS:
        return "too few descriptors";
    case HTTP_NO_MEMORY:
        return "out of memory";
    }
    return "failed";
}
