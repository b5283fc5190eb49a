#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/recent.h"
#include "known.h"

enum { ID_SIZE = 129 };

struct known {
    struct recent *seen;
    struct recent *warned;
};

struct known *known_new(void)
{
    struct known *known = calloc(1, sizeof *known);
    if (known == NULL)
        return NULL;
    known->seen = recent_new(KNOWN_MOST);
    known->warned = recent_new(KNOWN_MOST);
    if (known->seen == NULL || known->warned == NULL) {
        known_free(known);
        return NULL;
    }
    return known;
}

void known_free(struct known *known)
{
    if (known == NULL)
        return;
    recent_free(known->seen);
    recent_free(known->warned);
    free(known);
}

static enum known_result see(struct recent *recent, const struct buf *id)
{
    switch (recent_add(recent, id->data, id->length)) {
    case RECENT_NEW:
        return KNOWN_NEW;
    case RECENT_KNOWN:
        return KNOWN_ALREADY;
    case RECENT_NO_MEMORY:
        break;
    }
    return KNOWN_NO_MEMORY;
}

enum known_result known_add(struct known *known, const struct message *message)
{
    return see(known->seen, &message->message_id);
}

/* Copy an id for a message to people; return false unless it is plainly an id. */
static bool readable(const struct buf *id, char text[ID_SIZE])
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    if (id->failed || id->length == 0 || id->length >= ID_SIZE)
        return false;
    memcpy(text, id->data, id->length);
    text[id->length] = '\0';
    return strspn(text, allowed) == id->length;
}

int known_warn(struct known *known, const struct message *message)
{
    char id[ID_SIZE];
    enum known_result result = see(known->warned, &message->message_id);
    if (result != KNOWN_NEW)
        return result == KNOWN_ALREADY ? 0 : -1;
    if (readable(&message->message_id, id))
        msg_warn("message %s does not match its checksum or is incomplete; it stays on the queue",
            id);
    else
        msg_warn("a message without a readable id does not match its checksum or is incomplete; it "
                 "stays on the queue");
    return 0;
}
