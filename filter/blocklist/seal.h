/*
 * What makes a list this installation's: its key, and a serial that only grows, in the state
 * folder. Without a season the key is thrown away after use, and no consumer accepts it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/sshsig.h"
#include "filter/base/str.h"

struct err;

struct blocklist_seal {
    unsigned char secret[SSHSIG_SECRET_BYTES];
    struct sshsig_key key;
    uint32_t serial; /* this list's: seconds since 1970, or one more than the last */
    int lock;        /* held until _close: one list is made at a time */
};

enum blocklist_seal_key {
    BLOCKLIST_SEAL_DEMO,   /* made now, kept nowhere */
    BLOCKLIST_SEAL_SEASON, /* STATE/list.key, made if there is none; STATE/list.pub beside it */
};

/*
 * Takes the lock below folder `state`, the next serial, which is on the disk when this returns,
 * and the key. Waits while another list is made. False if any of it can't be read or written.
 */
MUST_CHECK bool blocklist_seal_open(struct blocklist_seal *seal, const char *state,
                                    enum blocklist_seal_key kind, int64_t now_ms, struct err *err);
void blocklist_seal_close(struct blocklist_seal *seal); /* forgets the key */

/*
 * The key alone, for what is signed and is no list: no serial is taken and nothing is waited for.
 * False also while another process is just making the key: try again.
 */
MUST_CHECK bool blocklist_seal_key(struct blocklist_seal *seal, const char *state,
                                   enum blocklist_seal_key kind, struct err *err);

/* Whether lists of a season were ever made here: from then on none of a demonstration is. */
bool blocklist_seal_exists(const char *state);

/* Appends an armored SSHSIG over `message`. */
void blocklist_seal_sign(const struct blocklist_seal *seal, struct str message, struct buf *out);

/* The same (sha256) for a message of which only the SHA-256 is at hand. */
void blocklist_seal_sign_hash(const struct blocklist_seal *seal, const struct hash *sha256,
                              struct buf *out);
