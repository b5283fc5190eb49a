/*
 * Take verdicts on the parts of a few messages and deliveries, in any order and number, and compare
 * with a simple account. A message is deleted exactly when each of its parts has as many verdicts
 * as needed, and none that forbids it; a delivery that was forbidden stays so. Four bytes are a
 * verdict; the first byte of all is the number needed.
 */
#include "record/pending.h"
#include "fuzz.h"

enum { MESSAGES = 4, HANDLES = 4, PARTS = 9 };

/* The present delivery of a message. */
struct account {
    bool open;
    bool forbidden;
    bool settled; /* all have come, and one forbids it */
    unsigned handle;
    unsigned parts;
    unsigned come[PARTS];
    bool has_ended;
    unsigned ended; /* the previous handle */
};

static enum pending_result expect(struct account *account, unsigned need, unsigned handle,
    const struct verdict *verdict, bool deletes, uint64_t *incomplete)
{
    unsigned parts = verdict->parts == 0 ? 1 : verdict->parts;
    if (account->open && account->handle != handle) {
        if (account->has_ended && account->ended == handle)
            return PENDING_REPEAT;
        unsigned ended = account->handle;
        bool settled = account->settled;
        *account = (struct account){ .has_ended = true, .ended = ended };
        *incomplete += !settled;
    }
    if (!account->open) {
        account->open = true;
        account->handle = handle;
        account->parts = parts;
    }
    if (account->settled)
        return PENDING_NEVER;
    account->forbidden |= !deletes || account->parts != parts;
    if (account->parts != parts)
        return PENDING_AT_ODDS;
    if (account->come[verdict->part] == need)
        return PENDING_REPEAT;
    account->come[verdict->part]++;
    for (unsigned i = 0; i < account->parts; i++)
        if (account->come[i] < need)
            return PENDING_WAITS;
    account->settled = account->forbidden;
    if (account->settled)
        return PENDING_NEVER;
    *account = (struct account){ .open = false };
    return PENDING_DONE;
}

static struct buf text_of(char text[2], char letter, unsigned number)
{
    text[0] = letter;
    text[1] = (char)('0' + number);
    return (struct buf){ .data = text, .length = 2 };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct account accounts[MESSAGES] = { { 0 } };
    struct fuzz_bytes bytes = { data, size };
    unsigned need = 1 + fuzz_byte(&bytes) % 3;
    uint64_t incomplete = 0;
    struct pending *pending = pending_new(need);
    fuzz_require(pending != NULL);
    while (bytes.size > 0) {
        char id[2];
        char handle[2];
        uint8_t which = fuzz_byte(&bytes);
        unsigned message = which % MESSAGES;
        unsigned delivery = which / MESSAGES % HANDLES;
        bool deletes = fuzz_byte(&bytes) % 8 != 0;
        struct verdict verdict = { .message_id = text_of(id, 'm', message),
            .receipt_handle = text_of(handle, 'h', delivery) };
        verdict.parts = fuzz_byte(&bytes) % (PARTS + 1);
        verdict.part = fuzz_byte(&bytes) % PARTS;
        if (verdict.part >= verdict.parts)
            verdict.part = 0;
        const struct account *account = &accounts[message];
        fuzz_require(pending_wants(pending, &verdict) ==
            (need > 1 || verdict.parts > 1 || (account->open && account->handle == delivery)));
        enum pending_result wanted =
            expect(&accounts[message], need, delivery, &verdict, deletes, &incomplete);
        fuzz_require(pending_take(pending, &verdict, deletes) == wanted);
        fuzz_require(pending_incomplete(pending) == incomplete);
    }
    for (unsigned i = 0; i < MESSAGES; i++)
        incomplete += accounts[i].open && !accounts[i].settled;
    pending_end(pending);
    fuzz_require(pending_incomplete(pending) == incomplete);
    pending_free(pending);
    return 0;
}
