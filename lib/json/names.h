#ifndef JSON_NAMES_H
#define JSON_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "json/problem.h"

/* The names in a jq program, found without its grammar. Only lib/json includes this. */

/*
 * json_names_check(program, length, problem, uses_sqs):
 * Whether the program names nothing that a filter must not (${problem}: the first it does), and its
 * brackets match, so that it can be wrapped. ${uses_sqs}: it names $sqs.
 */
bool json_names_check(const char *program, size_t length, struct json_jq_problem *problem,
    bool *uses_sqs);

/* Set ${problem} to the first place of a name ("f/0", "$x") that turned out not to be defined. */
void json_names_locate(const char *program, size_t length, const char *text, size_t text_length,
    struct json_jq_problem *problem);

#endif
