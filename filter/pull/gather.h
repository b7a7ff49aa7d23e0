/*
 * What the servers say, brought here before anything is decided: no lock is held meanwhile, so that
 * a server that dawdles cannot keep the timer from taking away what is over.
 */
#pragma once

#include <stdint.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/pull/pins.h"

struct pull_gathered {
    struct buf manifest, signature, entries, keys; /* of the list's server */
    struct buf removals, removals_signature;       /* of the other one */
    struct err offer_err, removals_err;            /* why they are not there, if they are not */
};

/*
 * Fetches the manifest in the folder `url`, and the entries only if it is well signed and names
 * them; the file `removals` and its signature. What came is not yet to be believed: it is looked at
 * again under the lock. End it with _fini.
 */
void pull_gather(struct pull_gathered *gathered, const char *url, const char *removals,
                 const struct pull_pins *pins, int64_t now_ms);
void pull_gathered_fini(struct pull_gathered *gathered);
