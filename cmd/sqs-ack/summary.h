#ifndef SQS_ACK_SUMMARY_H
#define SQS_ACK_SUMMARY_H

#include <stdint.h>

#include "options.h"
#include "result.h"

/* Report the result of a run that began at ${began_ms} (monotonic) and return its exit status. */
int summary_report(const struct ack_options *options, const struct ack_result *result,
    uint64_t requests, uint64_t began_ms);

#endif
