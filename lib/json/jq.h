#ifndef JSON_JQ_H
#define JSON_JQ_H

#include <stdbool.h>
#include <stddef.h>

#include "json/problem.h"

/*
 * Filters, the one door to libjq. A filter is a jq program compiled once and run on one JSON text
 * at a time, with $sqs bound. Its result depends on these two alone: what reads the clock, the
 * environment, files, other inputs or the local time zone, or ends the program, is refused by name,
 * also where the name is an unquoted object key.
 * What it made of an input is remembered, for up to 4,096 distinct short inputs, unless it uses
 * $sqs.
 *
 * Nothing in jq ends a filter that runs for ever, so they run in a process apart, a child that all
 * of them share: each run has a second of processor time and 256 MiB of memory, and 64 bytes more
 * for each byte of its input. Not for use by several threads.
 *
 * What the child answers is checked: a value is one valid JSON text of depth JSON_MAX_DEPTH at
 * most, anything else is JSON_JQ_ERROR. So a child in which an input made foreign code run can
 * answer wrongly, but cannot make its caller read beyond the answer.
 *
 * libjq 1.6 computes numbers as doubles: a filter rounds what has more than 17 digits, and
 * makes 1.1 of 1.10. Later ones keep the text of a number that passes a filter untouched.
 */
struct json_jq;

/* Compile program[0, length). NULL with ${problem} when it cannot be. */
struct json_jq *json_jq_new(const char *program, size_t length, struct json_jq_problem *problem);
void json_jq_free(struct json_jq *jq); /* NULL is fine */

/* Whether this libjq keeps the text of a number that passes a filter untouched. Before there are
 * threads. */
bool json_jq_keeps_digits(void);

/* Let the filter have the numbers of its input as doubles, as those of libjq 1.6 had them, with
 * whatever libjq it is run. Before its first run. */
void json_jq_round(struct json_jq *jq);

/*
 * All filters are there: start the process that runs them, before there are threads, confined by
 * ${confine} (worker_confine of base/worker.h; NULL: not at all). Whether it is, or there is none.
 * Without this, or if it fails, the first run starts it.
 */
bool json_jq_start(bool (*confine)(void));

enum json_jq_result {
    JSON_JQ_VALUE, /* one output */
    JSON_JQ_EMPTY, /* none */
    JSON_JQ_MANY,  /* more than one */
    JSON_JQ_ERROR, /* it raised an error, or passed a limit */
    JSON_JQ_FAILED /* it was not run: out of memory, or no process; says nothing about the input */
};

/*
 * json_jq_run(jq, input, length, sqs, sqs_length, value, value_length):
 * Run on a valid JSON text. ${sqs}, a JSON text too, is what $sqs stands for; NULL: null. On
 * JSON_JQ_VALUE ${value} points at the output as compact JSON, the filter's until the next run; on
 * JSON_JQ_ERROR at the beginning of jq's message, which quotes values, or it is NULL.
 */
enum json_jq_result json_jq_run(struct json_jq *jq, const char *input, size_t length,
    const char *sqs, size_t sqs_length, const char **value, size_t *value_length);

#endif
