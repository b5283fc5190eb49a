#include "base/msg.h"
#include "json/jq.h"
#include "key_digits.h"
#include "pg/ledger_digits.h"
#include "plan_build.h"
#include "server_failure.h"

static const char way_out[] = "give --key a plain path, or name another ledger with --ledger-table";

/* Mark an empty ledger as made by this jq, if allowed. Return 0 or -1. */
static int mark(struct target *target, enum pg_ledger_jq own, struct pg_ledger_digits *digits)
{
    /* Another loader may be marking it too. */
    if (pg_conn_exec(target->conn, pg_side_table_lock_sql) != 0 ||
        pg_ledger_digits_read(target->conn, &target->ledger, digits) != 0)
        return -1;
    if (digits->jq != PG_LEDGER_JQ_UNKNOWN || !digits->empty)
        return 0;
    switch (pg_ledger_digits_write(target->conn, &target->ledger, own)) {
    case PG_TRY_DONE:
        digits->jq = own;
        target->created = true;
        return 0;
    case PG_TRY_REFUSED:
        return 0;
    case PG_TRY_FAILED:
        break;
    }
    return -1;
}

int key_digits_look(struct target *target, const struct load_options *options,
    struct failure *failure)
{
    struct pg_ledger_digits digits;
    target->rounded_keys = false;
    if (options->prune || options->look_only || !plan_build_filters_key(options))
        return 0;
    bool keeps;
    if (json_jq_keeps_digits(&keeps) != 0)
        return failure_no_memory(failure);
    enum pg_ledger_jq own = keeps ? PG_LEDGER_JQ_KEEPS : PG_LEDGER_JQ_ROUNDS;
    int status = pg_ledger_digits_read(target->conn, &target->ledger, &digits);
    bool unmarked = status == 0 && digits.jq == PG_LEDGER_JQ_UNKNOWN && digits.empty;
    if (unmarked && options->dry_run)
        return 0; /* as if it were marked */
    if (unmarked && !options->no_create && target->ledger_form.has_content)
        status = mark(target, own, &digits);
    if (status != 0)
        return server_failure_set(failure, pg_conn_error(target->conn), "cannot read the ledger",
            true);
    if (digits.jq == PG_LEDGER_JQ_KEEPS && own == PG_LEDGER_JQ_ROUNDS) {
        failure_set(failure, STATUS_UNAVAILABLE,
            "ledger %s has keys made by a jq that keeps digits; this jq rounds numbers",
            target->ledger.qualified);
        return failure_hint(failure, "%s", way_out);
    }
    target->rounded_keys = digits.jq != PG_LEDGER_JQ_KEEPS && own == PG_LEDGER_JQ_KEEPS;
    if (target->rounded_keys && !target->digits_told) {
        target->digits_told = true;
        msg_warn("ledger %s has keys made by a jq that rounds numbers, or does not say so; "
                 "records whose key differs under this jq are refused",
            target->ledger.qualified);
        if (msg_level() >= MSG_NORMAL)
            msg_hint("%s", way_out);
    }
    return 0;
}
