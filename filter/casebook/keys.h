/*
 * The keys that speak for people. A key in the season's file counts in that season. A new key
 * counts in it once another key of the same organisation and role, which counts itself, certified
 * it; in a demonstration at once. A revoked key speaks no more, and what it signed is released.
 * Every change is a row of the log ("key", "certify", "revoke") and readable for the register.
 *
 * A certificate: {"key":"ssh-ed25519 AAAA…","name":"…","organisation":"…","role":"…",
 * "season":"64 hex digits","since":"…Z","type":"saring-key-1"}, canonical JSON (RFC 8785) without
 * a newline, signed as everything: `ssh-keygen -Y sign -n saring`.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"
#include "filter/casebook/people.h"

struct err;

/*
 * Puts another key in the place of a person's: `line` of a .pub file, by which all must be their
 * own, nobody's before. The old one is retired: it stays good for what it signed, and certifies
 * its follower; it signs nothing else.
 */
MUST_CHECK bool casebook_key_replace(struct casebook *casebook, struct str name, struct str line,
                                     struct str reason, struct err *err);

/* Appends the certificate for the person's key of now, to be signed. False without a season. */
MUST_CHECK bool casebook_key_certificate(struct casebook *casebook, struct str name,
                                         struct buf *certificate, struct err *err);

/*
 * Takes the signature over those bytes, by a key that counts in the season, of the same
 * organisation and role: a colleague's, or the retired one's of the person.
 */
MUST_CHECK bool casebook_key_certify(struct casebook *casebook, struct str name,
                                     struct str signature, struct err *err);

/* The certificate signed by the session itself, by a key that a colleague's password seals. */
MUST_CHECK bool casebook_key_certify_by(struct casebook *casebook,
                                        const struct casebook_session *session, struct str name,
                                        struct err *err);

/*
 * A key was lost or stolen: from now on it signs and certifies nothing, and every entry in force
 * that its person signed is removed (`*released` counts them): doubt releases. `line`: which; "":
 * the person's of now.
 */
MUST_CHECK bool casebook_key_revoke(struct casebook *casebook, struct str name, struct str line,
                                    struct str reason, size_t *released, struct err *err);

/* A key as anyone may see it. Text stands during the call. */
struct casebook_key {
    struct str person, organisation; /* as shown */
    enum casebook_role role;
    struct str line, fingerprint;
    int64_t since_ms, until_ms; /* until: CLOCK_NEVER while it is the person's key */
    bool is_revoked;
    struct str reason;      /* why it came in another one's place, or was revoked */
    struct str season;      /* for which it was certified; "" if it was not */
    struct str certificate; /* the bytes that were signed */
    struct str signer;      /* the key that certified it */
    struct str signature;
};

/* Calls `each` for every key there ever was, oldest first: what the register publishes. */
MUST_CHECK bool casebook_keys(struct casebook *casebook,
                              void (*each)(void *context, const struct casebook_key *key),
                              void *context, struct err *err);
