/* What the independent organisation says from a server of its own: entries and keys that are gone.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/pull/memory.h"
#include "filter/pull/pins.h"

struct err;

/* The longest that removals may say they hold, from when they were made. */
#define PULL_REMOVALS_LONGEST_MS ((int64_t)7 * 24 * 3600 * 1000)

/*
 * Reads {"entries":["…"],"made":"…Z","season":"…","type":"saring-removals-1","valid_until":"…Z"},
 * canonical JSON, signed by a key of an independent organisation or of the appeal panel. Optional
 * are "revoked":["ssh-ed25519 AAAA…"], keys that sign nothing from then on, and
 * "seen":{"head":"…","serial":n}, the newest manifest that the organisation saw: from then on an
 * older one, or another log's under that serial, is refused here as well.
 *
 * What is well signed removes, however old it is: nothing else could it do, and a removal once seen
 * stays. But only a file that is in force now counts as read: one that is made later than the one
 * before, and says until when it holds, at most 7 days. So neither can an older file be replayed
 * to hide what a newer one says, nor can one file be shown for ever: without a new one all is
 * released a day after its end. False says why it does not count.
 */
MUST_CHECK bool pull_removals_read(struct pull_memory *memory, struct str file,
                                   struct str signature, const struct pull_pins *pins,
                                   int64_t now_ms, struct err *err);
