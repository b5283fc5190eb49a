#ifndef JSON_VALIDITY_H
#define JSON_VALIDITY_H

/* The errors of a text, for all that read JSON; json_error_name() of json/scan.h names them. */
enum json_error {
    JSON_OK = 0,
    JSON_SYNTAX,    /* not JSON */
    JSON_UTF8,      /* bytes in a string that are not UTF-8 */
    JSON_SURROGATE, /* \u escape of half a surrogate pair */
    JSON_DEPTH,     /* nested deeper than the limit */
    JSON_TOO_MANY,  /* more matches than fit in memory */
    JSON_TOO_BIG    /* text of 4 GiB or more */
};

#endif
