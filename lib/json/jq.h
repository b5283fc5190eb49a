#ifndef JSON_JQ_H
#define JSON_JQ_H

#include <stdbool.h>
#include <stddef.h>

#include "json/problem.h"

/*
 * Filters, the one wrapper of libjq. A filter is a jq program that is compiled once and run on one
 * JSON text at a time, with $sqs bound. Its result depends on these two alone. A program must not
 * use the clock, the environment, files, other inputs or the local time zone, or end the process.
 * json_jq_new() refuses it by these names, even where the name is an unquoted object key. Results
 * are cached for up to 4,096 distinct short inputs, unless the filter uses $sqs.
 *
 * jq cannot end a filter that runs without end, so one child process runs all filters. Each run has
 * a second of processor time and 256 MiB of memory, and 64 bytes more for each byte of its input.
 * Not for use by several threads.
 *
 * The child's answer is checked: a value is one valid JSON text of depth JSON_MAX_DEPTH at most;
 * anything else is JSON_JQ_ERROR. So a child in which an input has run foreign code can answer
 * wrongly, but cannot make its caller read beyond the answer.
 *
 * libjq 1.6 computes numbers as doubles: a filter rounds numbers of more than 17 digits, and turns
 * 1.10 into 1.1. Later versions keep the text of a number that passes a filter unchanged.
 */
struct json_jq;

/* Compile program[0, length). Return NULL with ${problem} on failure. */
struct json_jq *json_jq_new(const char *program, size_t length, struct json_jq_problem *problem);
void json_jq_free(struct json_jq *jq); /* NULL is fine */

/*
 * Store whether this libjq keeps the text of a number that passes a filter. Return 0, or -1: out of
 * memory. Call it before there are threads.
 */
int json_jq_keeps_digits(bool *keeps);

/*
 * Give the filter the numbers of its input as doubles, as libjq 1.6 does, with any libjq. Call it
 * before the first run.
 */
void json_jq_round(struct json_jq *jq);

/*
 * Start the process that runs the filters, once all of them exist, and before there are threads;
 * ${confine} confines it (worker_confine of base/worker.h; NULL: not at all). Return true when it
 * is confined, or when there is no filter. Without this call, or after its failure, the first run
 * starts the process.
 */
bool json_jq_start(bool (*confine)(void));

enum json_jq_result {
    JSON_JQ_VALUE, /* one output */
    JSON_JQ_EMPTY, /* none */
    JSON_JQ_MANY,  /* more than one */
    JSON_JQ_ERROR, /* it raised an error, or passed a limit */
    JSON_JQ_FAILED /* not run: out of memory, or no process; says nothing about the input */
};

/*
 * json_jq_run(jq, input, length, sqs, sqs_length, value, value_length):
 * Run on a valid JSON text. ${sqs}, also a JSON text, is the value of $sqs; NULL: null. On
 * JSON_JQ_VALUE, ${value} points at the output as compact JSON, which the filter owns until the
 * next run. On JSON_JQ_ERROR it points at the beginning of jq's message, which quotes values, or is
 * NULL.
 */
enum json_jq_result json_jq_run(struct json_jq *jq, const char *input, size_t length,
    const char *sqs, size_t sqs_length, const char **value, size_t *value_length);

#endif
