#include "undo.h"

#include <inttypes.h>

#include "base/msg.h"
#include "base/status.h"
#include "mask/lines.h"
#include "mask/unmask.h"

/* One of the two kinds of work. */
struct undo {
    const struct program_settings *settings;
    struct unmask *unmask;
    struct lines *lines;
};

static int open_undo(void *context, const struct program_inputs *inputs, struct filter_work *work)
{
    struct undo *undo = context;
    if (undo->settings->lines != NULL) {
        undo->lines =
            lines_new(inputs->policy, inputs->rule, inputs->ring, LINES_UNMASK, inputs->key);
        if (undo->lines == NULL)
            return -1;
        *work = lines_work(undo->lines);
        return 0;
    }
    undo->unmask = unmask_new(inputs->policy, inputs->ring);
    if (undo->unmask == NULL)
        return -1;
    unmask_assume_key(undo->unmask, inputs->key);
    *work = unmask_work(undo->unmask);
    return 0;
}

static void close_undo(void *context)
{
    struct undo *undo = context;
    unmask_free(undo->unmask);
    lines_free(undo->lines);
}

static void say(const struct unmask *unmask, const struct lines *lines,
    const struct filter_counts *counts, double seconds, bool plain)
{
    char skipped[LINE_SKIPPED_SIZE];
    if (unmask != NULL) {
        msg_summary(plain,
            "records=%" PRIu64 " unmasked=%" PRIu64 " opened=%" PRIu64 " passed=%" PRIu64
            " errors=%" PRIu64 " seconds=%.2f%s",
            counts->records, counts->changed, counts->opened, counts->passed, counts->errors,
            seconds, line_skipped_text(counts->skipped, skipped));
        return;
    }
    if (counts->errors > 0)
        msg_error("%" PRIu64 " of %" PRIu64
                  " lines could not be unmasked, the first of them is line %" PRIu64,
            counts->errors, counts->records, lines_first_failed(lines));
    msg_summary(plain,
        "lines=%" PRIu64 " unmasked=%" PRIu64 " empty=%" PRIu64 " errors=%" PRIu64
        " seconds=%.2f%s",
        counts->records, counts->changed, counts->passed, counts->errors, seconds,
        line_skipped_text(counts->skipped, skipped));
}

static int end_undo(void *context, const struct filter_counts *counts, double seconds, int status)
{
    const struct undo *undo = context;
    if (status == STATUS_OK && counts->errors > 0)
        status = STATUS_PARTIAL;
    say(undo->unmask, undo->lines, counts, seconds, status == STATUS_OK);
    return status;
}

int undo_run(const struct program_settings *settings)
{
    struct undo undo = { .settings = settings };
    const struct program_verb verb = { .undo = true,
        .open = open_undo,
        .end = end_undo,
        .close = close_undo,
        .context = &undo };
    return program_run(settings, &verb);
}
