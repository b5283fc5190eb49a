#include <stdatomic.h>
#include <stdint.h>

#include "json/string.h"
#include "record/envelope_member.h"

/*
 * SNS: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html, and
 * "SequenceNumber" of FIFO topics; EventBridge: AWS events reference, and "replay-name" of
 * archives; CloudEvents: spec.md 1.0.2 and the folder extensions beside it.
 */
#define NAME(text) text, sizeof(text) - 1
/* clang-format off */
const struct envelope_member_form envelope_member_forms[] = {
    { NAME("Type"),                 SNS,         NOTIFICATION, SNS },
    { NAME("MessageId"),            SNS,         ID,           0 },
    { NAME("TopicArn"),             SNS,         SOURCE,       SNS },
    { NAME("Subject"),              SNS,         REST,         0 },
    { NAME("Message"),              SNS,         EVENT,        SNS },
    { NAME("Timestamp"),            SNS,         TIME,         0 },
    { NAME("SignatureVersion"),     SNS,         SIGNATURE,    0 },
    { NAME("Signature"),            SNS,         SIGNATURE,    0 },
    { NAME("SigningCertURL"),       SNS,         SIGNATURE,    0 },
    { NAME("UnsubscribeURL"),       SNS,         REST,         0 },
    { NAME("MessageAttributes"),    SNS,         ATTRIBUTES,   0 },
    { NAME("SequenceNumber"),       SNS,         REST,         0 },
    { NAME("version"),              BUS,         REST,         0 },
    { NAME("id"),                   BUS | CLOUD, ID,           0 },
    { NAME("detail-type"),          BUS,         TYPE,         BUS },
    { NAME("source"),               BUS | CLOUD, SOURCE,       BUS | CLOUD },
    { NAME("account"),              BUS,         REST,         0 },
    { NAME("time"),                 BUS | CLOUD, TIME,         0 },
    { NAME("region"),               BUS,         REST,         0 },
    { NAME("resources"),            BUS,         REST,         0 },
    { NAME("detail"),               BUS,         EVENT,        BUS },
    { NAME("replay-name"),          BUS,         REST,         0 },
    { NAME("specversion"),          CLOUD,       VERSION,      CLOUD },
    { NAME("type"),                 CLOUD,       TYPE,         CLOUD },
    { NAME("data"),                 CLOUD,       EVENT,        0 }, /* or data_base64 */
    { NAME("data_base64"),          CLOUD,       ENCODED,      0 },
    { NAME("subject"),              CLOUD,       REST,         0 },
    { NAME("datacontenttype"),      CLOUD,       REST,         0 },
    { NAME("dataschema"),           CLOUD,       REST,         0 },
    { NAME("traceparent"),          CLOUD,       REST,         0 },
    { NAME("tracestate"),           CLOUD,       REST,         0 },
    { NAME("partitionkey"),         CLOUD,       REST,         0 },
    { NAME("sequence"),             CLOUD,       REST,         0 },
    { NAME("sequencetype"),         CLOUD,       REST,         0 },
    { NAME("sampledrate"),          CLOUD,       REST,         0 },
    { NAME("dataref"),              CLOUD,       REST,         0 },
    { NAME("expirytime"),           CLOUD,       REST,         0 },
    { NAME("recordedtime"),         CLOUD,       REST,         0 },
    { NAME("severitytext"),         CLOUD,       REST,         0 },
    { NAME("severitynumber"),       CLOUD,       REST,         0 },
    { NAME("authtype"),             CLOUD,       REST,         0 },
    { NAME("authid"),               CLOUD,       REST,         0 },
    { NAME("authclaims"),           CLOUD,       REST,         0 },
    { NAME("correlationid"),        CLOUD,       REST,         0 },
    { NAME("causationid"),          CLOUD,       REST,         0 },
    { NAME("dataclassification"),   CLOUD,       REST,         0 },
    { NAME("dataregulation"),       CLOUD,       REST,         0 },
    { NAME("datacategory"),         CLOUD,       REST,         0 },
    { NAME("deprecated"),           CLOUD,       REST,         0 },
    { NAME("deprecationfrom"),      CLOUD,       REST,         0 },
    { NAME("deprecationsunset"),    CLOUD,       REST,         0 },
    { NAME("deprecationmigration"), CLOUD,       REST,         0 },
    { NAME("Records"),              S3,          EVENT,        S3 },
};
/* clang-format on */

_Static_assert(sizeof envelope_member_forms / sizeof *envelope_member_forms == ENVELOPE_MEMBERS,
    "all of them are counted");
_Static_assert(ENVELOPE_MEMBERS < 64, "a set of them has 64 bits, and one to spare");

/* Return the set of the members whose names have that length; computed once for each length. */
static inline uint64_t of_length(size_t length)
{
    static _Atomic uint64_t known[64];
    const uint64_t found = UINT64_C(1) << 63;
    if (length >= sizeof known / sizeof *known)
        return 0; /* none is that long */
    uint64_t set = atomic_load_explicit(&known[length], memory_order_relaxed);
    if (set == 0) {
        set = found;
        for (unsigned i = 0; i < ENVELOPE_MEMBERS; i++)
            set |= (uint64_t)(envelope_member_forms[i].length == length) << i;
        atomic_store_explicit(&known[length], set, memory_order_relaxed);
    }
    return set & ~found;
}

unsigned envelope_member_search(const char *quoted, size_t length)
{
    for (uint64_t set = of_length(length - 2); set != 0; set &= set - 1) {
        unsigned i = (unsigned)__builtin_ctzll(set);
        if (envelope_member_is(&envelope_member_forms[i], quoted, length))
            return i;
    }
    if (memchr(quoted, '\\', length) == NULL)
        return ENVELOPE_MEMBERS;
    unsigned i = 0;
    while (i < ENVELOPE_MEMBERS &&
        !json_string_equals(quoted, length, envelope_member_forms[i].name,
            envelope_member_forms[i].length))
        i++;
    return i;
}
