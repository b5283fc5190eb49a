#ifndef HTTP_URL_H
#define HTTP_URL_H

/*
 * The parts of an http or https URL (RFC 3986). A URL that could carry a secret or be misread is
 * refused: with user name, query or fragment, with another scheme, or with a host that is not plain
 * ASCII.
 */
struct url {
    char *origin; /* "https://example.org:8443": scheme and host in lower case, without a default
                     port */
    char *host;   /* "example.org:8443": the same without the scheme, as in the Host header */
    char *name;   /* "example.org" */
    char *path;   /* "/a/b", without slashes at its end; "" for the root */
};

enum url_result { URL_OK, URL_REFUSED, URL_NO_MEMORY };

enum url_result url_parse(const char *text,
    struct url *url);           /* sets all; zeroes all unless URL_OK */
void url_free(struct url *url); /* a zeroed one is fine */

#endif
