#ifndef HTTP_HTTP_OUTCOME_H
#define HTTP_HTTP_OUTCOME_H

enum http_outcome {
    HTTP_OK,          /* a whole answer, with any status */
    HTTP_RESOLVE,     /* the host name has no address */
    HTTP_CONNECT,     /* no connection */
    HTTP_TIMEOUT,     /* no connection in time, or the server fell silent */
    HTTP_BROKEN,      /* cut off, or not HTTP */
    HTTP_TLS,         /* the handshake failed */
    HTTP_UNTRUSTED,   /* the certificate of the server is not trusted */
    HTTP_CA_BUNDLE,   /* the file of trusted certificates cannot be used */
    HTTP_TOO_BIG,     /* the answer is over the maximum */
    HTTP_DESCRIPTORS, /* too few in the process or the machine; see system_error */
    HTTP_NO_MEMORY
};

/* Return a few words for an outcome: "no connection". */
const char *http_outcome_text(enum http_outcome outcome);

#endif
