#ifndef JSON_PROBLEM_H
#define JSON_PROBLEM_H

#include <stddef.h>

/* Why a jq program is no filter (json/jq.h), told by who looks through its names and by libjq. */
struct json_jq_problem {
    size_t at;        /* offset in the program */
    const char *what; /* "input is not allowed in a map" without the name; a constant */
    char name[64];    /* the name it is about, or "" */
};

#endif
