#ifndef DETECT_MEANING_H
#define DETECT_MEANING_H

#include "detect/value_kind.h"

/* Kinds that only a key reveals, numbered after those of detect/value_kind.h. */
enum key_kind {
    KEY_IP = DETECT_KINDS,
    KEY_NAME,    /* of a person */
    KEY_BIRTH,   /* date or place of birth, age */
    KEY_ADDRESS, /* street, house, postal code, town */
    KEY_GEO,     /* coordinates */
    KEY_DEVICE,  /* the number of a device or an installation */
    KEY_USER,    /* a name or number of a user */
    KEY_KINDS
};

/* Other meanings of a key. */
enum key_trait {
    KEY_PERSON = 1,       /* about a person: customer, Kunde, utente */
    KEY_THING = 2,        /* about something else: product, store, server */
    KEY_WEAK = 4,         /* the word of its kinds also describes things: name, position */
    KEY_VERSION = 8,      /* a version: four numbers are not an address */
    KEY_NUMBER = 16,      /* an order, an invoice, an article: digits are neither phone nor card */
    KEY_TIME = 32,        /* a moment or a length of time: no phone, no card */
    KEY_OPAQUE = 64,      /* a hash, a request, a session, a message: the same */
    KEY_HOLDER = 128,     /* a device: an id inside is its id */
    KEY_ID = 256,         /* the key is only "id", or a word for it */
    KEY_LASTING = 512,    /* with KEY_THING: its content is also about the thing */
    KEY_NOUN = 1024,      /* its weak name is a word for a person, which may also be a company */
    KEY_PART = 2048,      /* part of the key above: name.first, address.line1 */
    KEY_SURROGATE = 4096, /* an assigned id or number: user_id, Kundennummer */
    KEY_BARE = 16384,     /* a word for a name is the whole key: name, not event_name */
    KEY_MACHINE = 8192    /* a server, a node: a private address of a network is not personal */
};

#endif
