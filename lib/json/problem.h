#ifndef JSON_PROBLEM_H
#define JSON_PROBLEM_H

#include <stddef.h>

/* Why a jq program is not a filter (json/jq.h), found by the check of its names or by libjq. */
struct json_jq_problem {
    size_t at;        /* offset in the program */
    const char *what; /* "input is not allowed in a map" without the name; a constant; NULL: out of
                         memory */
    char name[64];    /* the name in question, or "" */
};

#endif
