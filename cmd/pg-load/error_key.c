#include "error_key.h"
#include "pg/errors.h"

void error_key_content(const struct row_batch *batch, const struct item *item, struct pg_key *key)
{
    const char *line = item->line.length == 0 ? "" : batch->lines.data + item->line.at;
    size_t from = item->sqs.length == 0 ? 0 : item->sqs.at - item->line.at;
    pg_key_content(line, item->line.length, from, from + item->sqs.length, key);
}

struct pg_key error_key_of(const struct row_batch *batch, const struct item *item)
{
    struct pg_key key = item->message_key;
    struct pg_key content;
    if (item->has_message && !item->split)
        return key;
    error_key_content(batch, item, &content);
    if (item->has_message)
        pg_errors_second_key(&item->message_key, &content, &key);
    return item->has_message ? key : content;
}

bool error_key_return(const struct row_batch *batch, const struct item *item, struct pg_key *key)
{
    bool by_message = !item->has_key || item->conflict || (item->split && !batch->plan->has_key);
    *key = by_message ? error_key_of(batch, item) : item->ledger_key;
    return item->has_key || item->has_message;
}
