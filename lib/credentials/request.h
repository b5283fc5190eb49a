#ifndef CREDENTIALS_REQUEST_H
#define CREDENTIALS_REQUEST_H

/* Parameters of a request for credentials. */
struct credentials_request {
    const char *profile;   /* --profile, or NULL */
    const char *region;    /* region of the STS that assumes a role */
    const char *ca_bundle; /* file of trusted certificates, or NULL */
    int stop_fd;           /* when readable, give up with AWS_STOPPED; -1 for never */
    const char *hint;      /* advice when there are none, a static string; NULL for the default */
};

#endif
