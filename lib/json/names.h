#ifndef JSON_NAMES_H
#define JSON_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "json/problem.h"

/* Find the names in a jq program, without its grammar. Only lib/json includes this. */

/*
 * json_names_check(program, length, problem, uses_sqs):
 * Return true when the program uses no name that a filter must not use (${problem}: the first one),
 * and its brackets match, so that it can be wrapped. ${uses_sqs}: it uses $sqs.
 */
bool json_names_check(const char *program, size_t length, struct json_jq_problem *problem,
    bool *uses_sqs);

/* Set ${problem} to the first place of an undefined name ("f/0", "$x"). */
void json_names_locate(const char *program, size_t length, const char *text, size_t text_length,
    struct json_jq_problem *problem);

#endif
