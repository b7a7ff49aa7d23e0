/*
 * What was written of the last flagged posts, under a number each, in bounded memory: the newest
 * take the place of the oldest. One thread at a time.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"

enum { KEPT_POSTS = 4096, KEPT_BYTES = 16 << 20 };

struct kept;

MUST_CHECK struct kept *kept_new(void); /* never NULL */
void kept_free(struct kept *kept);      /* NULL is fine */

/* Copies `text`; one that is larger than KEPT_BYTES is not kept. */
void kept_put(struct kept *kept, uint64_t number, struct str text);

/* The newest under this number, until the next kept_put; empty if it is not there any more. */
struct str kept_find(const struct kept *kept, uint64_t number);
