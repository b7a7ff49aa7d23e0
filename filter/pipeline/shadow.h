/*
 * Hits of rules that nobody has released yet: a number per rule, nothing of the posts. Ingest
 * counts them and sends them to review, which writes them down by day.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/hash.h"
#include "filter/base/str.h"

enum { SHADOW_MOST = 65536 }; /* rules counted at once; what is past them is not counted */

struct shadow;

MUST_CHECK struct shadow *shadow_new(void); /* never NULL */
void shadow_free(struct shadow *shadow);    /* NULL is fine */

/* Any thread: `hits` more of the rule whose release hash this is. */
void shadow_count(struct shadow *shadow, const struct hash *release, uint64_t hits);

bool shadow_is_empty(struct shadow *shadow);

/* Appends all counts as CHANNEL_SHADOW carries them, and starts anew. */
void shadow_take(struct shadow *shadow, struct buf *out);

/* Counts what another one took. False if it is not whole: then nothing is counted. */
MUST_CHECK bool shadow_put(struct shadow *shadow, struct str taken);

/* Takes one count out; false if there is none. */
MUST_CHECK bool shadow_pop(struct shadow *shadow, struct hash *release, uint64_t *hits);
