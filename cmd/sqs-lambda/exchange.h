#ifndef SQS_LAMBDA_EXCHANGE_H
#define SQS_LAMBDA_EXCHANGE_H

#include <stdint.h>

#include "deliveries.h"
#include "pipeline.h"

/* Writes records to the pipeline and reads verdicts from it. */
struct exchange;

struct exchange *exchange_new(void); /* NULL when memory runs out */
void exchange_free(struct exchange *exchange);

enum exchange_result {
    EXCHANGE_SETTLED, /* every message has its verdict */
    EXCHANGE_LATE,    /* the time has passed, or a stop is requested */
    EXCHANGE_ENDED,   /* a program of the pipeline has ended; all its verdicts are taken */
    EXCHANGE_NO_MEMORY
};

/* Exchange the messages without a verdict, until ${until_ms} (since 1970). */
enum exchange_result exchange_run(struct exchange *exchange, struct pipeline *pipeline,
    struct deliveries *deliveries, uint64_t until_ms);

#endif
