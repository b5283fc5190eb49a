#ifndef HTTP_URL_H
#define HTTP_URL_H

/*
 * An http or https URL (RFC 3986) taken apart. Anything that could carry a secret or be
 * misunderstood is refused: user names, queries, fragments, other schemes, hosts that are not
 * plain ASCII.
 */
struct url {
    char *origin; /* "https://example.org:8443": scheme and host in lower case, a default port left
                     out */
    char *host;   /* "example.org:8443": the same without the scheme, as the Host header has it */
    char *name;   /* "example.org" */
    char *path;   /* "/a/b", without slashes at its end: "" for the root */
};

enum url_result { URL_OK, URL_REFUSED, URL_NO_MEMORY };

enum url_result url_parse(const char *text,
    struct url *url);           /* sets all, or (not URL_OK) zeroes all */
void url_free(struct url *url); /* of a zeroed one too */

#endif
