/*
 * Keys that came in the place of pinned ones. An organisation certifies its new key with one that
 * is pinned, or was certified so; the server only carries the certificates.
 */
#pragma once

#include <stddef.h>

#include "filter/base/arena.h"
#include "filter/base/str.h"
#include "filter/pull/memory.h"
#include "filter/pull/pins.h"

/*
 * Marks the keys that were revoked (removals.h): they find nothing and certify nothing more. It is
 * to be called before pull_keys_follow.
 */
void pull_keys_revoke(struct pull_pins *pins, const struct pull_memory *memory);

/*
 * Adds the keys that lines of keys.ndjson certify, {"certificate":"…","signature":"…","signer":
 * "ssh-ed25519 AAAA…"}, canonical JSON each, in any order: the certificate is that of
 * filter/casebook/keys.h, of the pinned season, and signed by a key of the same role that counts
 * itself. The new key speaks for the signer's organisation, whatever the certificate calls it. Who
 * is of the team stays one whose key may lie on the server: that it does not, only the operator
 * can say (off-server.pub). stderr says which lines are refused. Returns how many keys were added.
 */
size_t pull_keys_follow(struct pull_pins *pins, struct str lines, struct arena *arena);
