#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/msg.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/start.h"
#include "base/status.h"
#include "confine/protect.h"
#include "create.h"
#include "crypto/algorithms.h"
#include "keygen.h"
#include "mask/startup.h"
#include "rotate.h"

enum { ROTATE = 1, LIST, GROUP_READABLE };

static const struct opt options[] = {
    { ROTATE, '\0', "rotate", NULL, "add a new primary key to FILE; the old ones still unmask",
        NULL },
    { LIST, '\0', "list", NULL, "print the ids and states of the keys in FILE", NULL },
    { GROUP_READABLE, '\0', "key-group-readable", NULL, "accept a FILE that its group may read",
        NULL },
};

static const struct opt_command command = {
    "[--rotate | --list] FILE",
    "Make FILE, a key file for pii-mask and pii-unmask with one new key. FILE must not exist.",
    options,
    sizeof options / sizeof *options,
};

struct settings {
    const char *file;
    bool rotate;
    bool list;
    bool group_readable;
};

static int take(void *context, int id, const char *value)
{
    struct settings *settings = context;
    settings->rotate = settings->rotate || id == ROTATE;
    settings->list = settings->list || id == LIST;
    settings->group_readable = settings->group_readable || id == GROUP_READABLE;
    if (id == OPT_OPERAND && settings->file != NULL)
        return opt_usage("one FILE at a time");
    if (id == OPT_OPERAND)
        settings->file = value;
    return 0;
}

/* Parse the command line. Return OPT_RUN, or the exit status. */
static int parse(struct settings *settings, int argc, char **argv)
{
    int status = opt_each(&command, argc, argv, take, settings);
    if (status != OPT_RUN)
        return status;
    if (settings->file == NULL || *settings->file == '\0')
        return opt_usage("operand FILE is missing");
    if (settings->rotate && settings->list)
        return opt_usage("options --rotate and --list exclude each other");
    return OPT_RUN;
}

static int say(const char *file, const struct keygen_error *error)
{
    struct failure failure = { .status = STATUS_OK };
    switch (error->cause) {
    case KEYGEN_OK:
        return STATUS_OK;
    case KEYGEN_EXISTS:
        msg_error("%s exists; a key file is never overwritten", file);
        msg_hint("--rotate adds a key to a key file");
        return STATUS_IO;
    case KEYGEN_WRITE:
        msg_error("cannot write %s: %s", file, strerror(error->errnum));
        return STATUS_IO;
    case KEYGEN_DURABLE:
        msg_error("%s was written, but a power failure may lose it: %s", file,
            strerror(error->errnum));
        return STATUS_IO;
    case KEYGEN_KEYS:
        (void)startup_key_failure(file, &error->keys, &failure);
        return failure_report(&failure);
    case KEYGEN_KIND:
        msg_error("%s is not a regular file, so it cannot be replaced", file);
        return STATUS_CONFIG;
    case KEYGEN_IN_WAY:
        msg_error("cannot write %s: a file named .NAME.pii-keygen exists beside it", file);
        return STATUS_IO;
    case KEYGEN_BUSY:
        msg_error("cannot lock %s: another program is changing it", file);
        return STATUS_TEMPORARY;
    case KEYGEN_FULL:
        msg_error("cannot add a key to %s: the file is full", file);
        msg_hint("remove decrypt-only keys that no masked value needs any more");
        return STATUS_CONFIG;
    case KEYGEN_MACHINE:
        break;
    }
    msg_error("out of memory, no random bytes, or a cryptographic operation failed");
    return STATUS_INTERNAL;
}

static int list(const struct settings *settings)
{
    struct failure failure = { .status = STATUS_OK };
    struct keyring *ring;
    if (startup_keys(settings->file, settings->group_readable, &ring, &failure) != 0)
        return failure_report(&failure);
    int status = STATUS_INTERNAL;
    struct out *out = out_open(STDOUT_FILENO);
    for (size_t i = 0; out != NULL && i < keyring_count(ring); i++) {
        const char *state = i == keyring_primary(ring) ? " primary\n" : " decrypt-only\n";
        (void)out_write(out, keyring_id(ring, i), KEYRING_ID); /* out_close() reports a failure */
        (void)out_write(out, state, strlen(state));
    }
    if (out == NULL) {
        msg_error("out of memory");
    } else if (out_close(out) != 0) {
        msg_error("cannot write to standard output: %s", out_reason(errno));
        status = STATUS_IO;
    } else {
        status = STATUS_OK;
    }
    keyring_free(ring);
    return status;
}

static int make(const struct settings *settings)
{
    char id[KEYRING_ID + 1];
    struct keygen_error error = { .cause = KEYGEN_OK };
    if (algorithms_init() != 0 || protect_process() != 0)
        return say(settings->file, &(struct keygen_error){ .cause = KEYGEN_MACHINE });
    keygen_hold_signals();
    int result = settings->rotate
        ? rotate_key_file(settings->file, settings->group_readable, id, &error)
        : create_key_file(settings->file, id, &error);
    if (result == 0)
        msg_summary(msg_level() <= MSG_QUIET, "key=%s state=primary", id);
    return say(settings->file, &error);
}

int main(int argc, char **argv)
{
    if (start_program(argv[0]) != 0) {
        msg_error("cannot start: %s", strerror(errno));
        return STATUS_INTERNAL;
    }
    struct settings settings = { 0 };
    int status = parse(&settings, argc, argv);
    if (status != OPT_RUN)
        return status;
    return settings.list ? list(&settings) : make(&settings);
}
