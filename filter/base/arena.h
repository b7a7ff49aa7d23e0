/* Memory for what dies together: a rule set, a parsed document. Freed as a whole, bounded. */
#pragma once

#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"

struct arena;

/* An empty arena that hands out at most `max_bytes`. Never NULL. */
MUST_CHECK struct arena *arena_new(size_t max_bytes);
void arena_free(struct arena *arena); /* NULL is fine */

/* Forgets all that was handed out and keeps one block for reuse. */
void arena_reset(struct arena *arena);

/*
 * `size` bytes, zeroed, aligned for any type. NULL when the arena's cap is passed, which is an
 * error of the input that asked for so much: the caller says so.
 */
MUST_CHECK void *arena_alloc(struct arena *arena, size_t size);

/* `count` elements of `size` bytes each; NULL as above, or if the product overflows. */
MUST_CHECK void *arena_array(struct arena *arena, size_t count, size_t size);

/* A copy of the bytes with a NUL behind them; NULL as above. */
MUST_CHECK char *arena_copy(struct arena *arena, const char *bytes, size_t len);

/* Bytes handed out so far. */
size_t arena_used(const struct arena *arena);
