#ifndef DETECT_MEANING_H
#define DETECT_MEANING_H

#include "detect/value_kind.h"

/* Kinds that no shape tells but a key, beside those of detect/value_kind.h, in one numbering with
 * them.
 */
enum key_kind {
    KEY_IP = DETECT_KINDS,
    KEY_NAME,    /* of a person */
    KEY_BIRTH,   /* date or place of birth, age */
    KEY_ADDRESS, /* street, house, postal code, town */
    KEY_GEO,     /* coordinates */
    KEY_DEVICE,  /* a number that a device or an installation of a program has for itself */
    KEY_USER,    /* a name or number for a user */
    KEY_KINDS
};

/* What else a key says. */
enum key_trait {
    KEY_PERSON = 1,  /* it is about a person: customer, Kunde, utente */
    KEY_THING = 2,   /* about something else: product, store, server */
    KEY_WEAK = 4,    /* its kinds are those of a word that is said of things, too: name, position */
    KEY_VERSION = 8, /* a version: four numbers are no address */
    KEY_NUMBER = 16, /* an order, an invoice, an article: digits are no phone and no card */
    KEY_TIME = 32,   /* a moment or a length of time: the same */
    KEY_OPAQUE = 64, /* a hash, a request, a session, a message: the same */
    KEY_HOLDER = 128,  /* a device: what is called id in it is its id */
    KEY_ID = 256,      /* the key is "id", or a word for it, alone */
    KEY_LASTING = 512, /* with KEY_THING: what is inside is about the thing as well */
    KEY_NOUN = 1024,   /* its weak name is by a word for a person, which may stand for a company */
    KEY_PART = 2048,   /* a part of what the key above speaks of: name.first, address.line1 */
    KEY_SURROGATE = 4096, /* an id or a number that was given out: user_id, Kundennummer */
    KEY_BARE = 16384,     /* a word for a name is all of it: name, not event_name */
    KEY_MACHINE = 8192    /* a server, a node: a private address of a network is no person's */
};

#endif
