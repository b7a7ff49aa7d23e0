/*
 * A scan for thousands of literals at once: where in a text does each stand. Of every literal one
 * window of 8, 4 or fewer bytes, the rarest it has, goes into a bitmap that fits the processor's
 * nearest caches; a text costs a look-up or two a byte, and a comparison where a bit is set.
 * Against Hyperscan's literal API (tests/bench/literals.c): 1.2 times as fast for 1,000 literals,
 * 1.8 times for 5,000, twice for 20,000, and built in a fifteenth of its time. Immutable; any
 * thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"

struct rule_literals;

/* Literal number `literal` stands at byte `at` of the text. */
struct rule_literal_hit {
    uint32_t literal, at;
};

/* Called with one or more hits: together, so that memory can be fetched ahead. */
typedef void rule_literals_found(void *context, const struct rule_literal_hit *hits, size_t count);

/* `literals` are distinct and not empty; their bytes are copied. Never NULL. */
MUST_CHECK struct rule_literals *rule_literals_build(const struct str *literals, size_t count);
void rule_literals_free(struct rule_literals *literals); /* NULL is fine */

/* Bytes it holds. */
size_t rule_literals_bytes(const struct rule_literals *literals);

/* Tells `found` every place of every literal once, in no particular order. */
void rule_literals_scan(const struct rule_literals *literals, struct str text,
                        rule_literals_found *found, void *context);
