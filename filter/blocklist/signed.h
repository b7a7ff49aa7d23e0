/*
 * An entry as it travels to consumers: the bytes that were signed, and both signatures, one line
 * of JSON. Who may sign is the reader's question (filter/pull/pins.h).
 */
#pragma once

#include <stdbool.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

struct err;

enum { BLOCKLIST_SIGNED_BYTES = 64 * 1024 }; /* of a line */

struct blocklist_hand {
    struct str key;       /* "ssh-ed25519 AAAA…" */
    struct str signature; /* armored SSHSIG over the entry's canonical JSON */
};

struct blocklist_signed {
    struct str json;
    struct blocklist_hand reviewer, approver;
};

/*
 * Appends {"approver":{"key","signature"},"entry":"…","reviewer":{"key","signature"}}, canonical
 * JSON, and a newline. All text is UTF-8.
 */
void blocklist_signed_put(const struct blocklist_signed *line, struct buf *out);

/* The same of texts that stand in JSON already: escaped as canonical JSON is, without quotes. */
void blocklist_signed_put_raw(const struct blocklist_signed *line, struct buf *out);

/* Reads such a line, without its newline, as from a stranger; text stands as long as the arena. */
MUST_CHECK bool blocklist_signed_read(struct str line, struct arena *arena,
                                      struct blocklist_signed *out, struct err *err);
