#include <ctype.h>
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/url.h"

/* Return a part of the URL as an own string, or NULL with *result set when it has none. */
static char *part(CURLU *parsed, CURLUPart which, enum url_result *result)
{
    char *theirs = NULL;
    CURLUcode code = curl_url_get(parsed, which, &theirs, 0);
    if (code == CURLUE_OUT_OF_MEMORY)
        *result = URL_NO_MEMORY;
    if (code != CURLUE_OK)
        return NULL;
    char *ours = strdup(theirs);
    curl_free(theirs);
    if (ours == NULL)
        *result = URL_NO_MEMORY;
    return ours;
}

static bool has(CURLU *parsed, CURLUPart which)
{
    char *value = NULL;
    CURLUcode code = curl_url_get(parsed, which, &value, 0);
    curl_free(value);
    return code == CURLUE_OK || code == CURLUE_OUT_OF_MEMORY;
}

/*
 * Accept only what all URL parsers read alike: curl would accept missing or additional slashes, and
 * decode a host name that hides bytes behind percent signs.
 */
static bool plain(const char *text)
{
    size_t scheme = strcspn(text, ":/");
    if (strncmp(text + scheme, "://", 3) != 0 || text[scheme + 3] == '/' ||
        memchr(text, '%', scheme + 3 + strcspn(text + scheme + 3, "/")) != NULL)
        return false;
    for (; *text != '\0'; text++)
        if (*text <= ' ' || *text > '~' || strchr("\\\"<>^`{|}", *text) != NULL)
            return false;
    return true;
}

static void lower(char *text)
{
    for (; *text != '\0'; text++)
        *text = (char)tolower((unsigned char)*text);
}

static enum url_result join(struct url *url, const char *scheme, const char *port)
{
    const char *usual = strcmp(scheme, "https") == 0 ? "443" : "80";
    bool shown = port != NULL && strcmp(port, usual) != 0;
    size_t length = strlen(url->path);
    while (length > 0 && url->path[length - 1] == '/')
        url->path[--length] = '\0';
    if (asprintf(&url->host, "%s%s%s", url->name, shown ? ":" : "", shown ? port : "") < 0) {
        url->host = NULL;
        return URL_NO_MEMORY;
    }
    if (asprintf(&url->origin, "%s://%s", scheme, url->host) < 0) {
        url->origin = NULL;
        return URL_NO_MEMORY;
    }
    return URL_OK;
}

enum url_result url_parse(const char *text, struct url *url)
{
    enum url_result result = URL_REFUSED;
    char *scheme = NULL, *port = NULL;
    *url = (struct url){ 0 };
    CURLU *parsed = curl_url();
    if (parsed == NULL)
        return URL_NO_MEMORY;
    CURLUcode code = CURLUE_BAD_PORT_NUMBER;
    if (plain(text))
        code = curl_url_set(parsed, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME);
    if (code == CURLUE_OUT_OF_MEMORY)
        result = URL_NO_MEMORY;
    if (code != CURLUE_OK)
        goto done;
    if (has(parsed, CURLUPART_USER) || has(parsed, CURLUPART_PASSWORD) ||
        has(parsed, CURLUPART_QUERY) || has(parsed, CURLUPART_FRAGMENT))
        goto done;
    scheme = part(parsed, CURLUPART_SCHEME, &result);
    url->name = part(parsed, CURLUPART_HOST, &result);
    url->path = part(parsed, CURLUPART_PATH, &result);
    if (scheme == NULL || url->name == NULL || url->path == NULL || *url->name == '\0')
        goto done;
    lower(scheme);
    lower(url->name);
    if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)
        goto done;
    port = part(parsed, CURLUPART_PORT, &result); /* may have none */
    if (result == URL_NO_MEMORY)
        goto done;
    result = join(url, scheme, port);
done:
    free(scheme);
    free(port);
    curl_url_cleanup(parsed);
    if (result != URL_OK)
        url_free(url);
    return result;
}

void url_free(struct url *url)
{
    free(url->origin);
    free(url->host);
    free(url->name);
    free(url->path);
    *url = (struct url){ 0 };
}
