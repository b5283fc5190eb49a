#ifndef CREDENTIALS_REQUEST_H
#define CREDENTIALS_REQUEST_H

/* Who asks for credentials, and with what means. */
struct credentials_request {
    const char *profile;   /* --profile, or NULL */
    const char *region;    /* whose STS is asked to assume a role */
    const char *ca_bundle; /* file of trusted certificates, or NULL */
    int stop_fd;           /* when it can be read, give up with AWS_STOPPED; -1: never */
    const char *hint;      /* what to do where there are none, a static string; NULL: the usual */
};

#endif
