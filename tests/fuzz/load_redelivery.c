/*
 * Compare any two records as deliveries of one message. The order of two deliveries is the same
 * from both sides. Two equal records are never two deliveries; without a receipt handle none are.
 */
#include "../../cmd/pg-load/redelivery.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char handle[] = "{\"sqs\":{\"receipt_handle\":\"h\"}}";
    const struct pg_errors_text line = { handle, sizeof handle - 1 };
    const struct pg_errors_text none = { "{}", 2 };
    struct fuzz_bytes bytes = { data, size };
    struct redelivery redelivery;
    struct pg_errors_text a, b;
    a.text = fuzz_part(&bytes, &a.length);
    b.text = fuzz_part(&bytes, &b.length);
    fuzz_require(redelivery_open(&redelivery) == 0);
    enum pg_errors_relation found = redelivery_relate(&redelivery, &line, &a, &b);
    enum pg_errors_relation back = redelivery_relate(&redelivery, &line, &b, &a);
    fuzz_require(found != PG_ERRORS_FAILED && back != PG_ERRORS_FAILED);
    fuzz_require(found == PG_ERRORS_OTHER || found != back);
    fuzz_require(redelivery_relate(&redelivery, &line, &a, &a) == PG_ERRORS_OTHER);
    fuzz_require(redelivery_relate(&redelivery, &none, &a, &b) == PG_ERRORS_OTHER);
    redelivery_close(&redelivery);
    return 0;
}
