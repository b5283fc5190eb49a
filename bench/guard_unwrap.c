/* sqs-unwrap: a record of SNS to a record of its event. */
#include <fcntl.h>

#include "../cmd/sqs-unwrap/unwrap.h"
#include "guard.h"
#include "texts.h"

static struct unwrap *unwrap;
static struct out *out;

static void open_sns(void)
{
    const struct unwrap_options options = { .events = { .kinds = KIND_ALL, .maximum = 4 << 20 },
        .maximum = 4 << 20,
        .parts = 10000 };
    guard_records(texts_sns_record);
    unwrap = unwrap_new(&options);
    out = out_open(open("/dev/null", O_WRONLY | O_CLOEXEC));
    guard_require(unwrap != NULL && out != NULL, "out of memory");
}

static void work_sns(void)
{
    struct unwrap_counts counts = { 0 };
    for (size_t i = 0; i < guard_count(); i++) {
        const struct line line = guard_line(i);
        guard_require(unwrap_line(unwrap, &line, out, &counts) == UNWRAP_OK, "out of memory");
    }
    guard_require(counts.unwrapped == guard_count(), "a record was left in its envelope");
}

const struct guard_part guard_parts[] = {
    { "unwrap-sns", open_sns, work_sns },
    { NULL, NULL, NULL },
};
