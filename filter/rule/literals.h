/*
 * A scan for thousands of literals at once: where in a text does each stand. Of every literal one
 * window, the rarest it has, goes into a bitmap that fits the processor's nearest caches. Long ones
 * are looked for at every fourth place of a text only, by four windows side by side; those that are
 * words of their own, or have a whole word inside, only where words start. A comparison follows
 * where a bit is set. Immutable; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"

struct rule_literals;

/* Literals of so many bytes take looking at every second place of a text, shorter ones at each. */
enum { RULE_LITERAL_EASY = 7 };

struct rule_literal {
    struct str text; /* not empty */
    /*
     * Nobody asks for places where an ASCII letter, digit or '_' stands right before it, or right
     * behind: they may be left out.
     */
    bool starts_word, ends_word;
};

/* Literal number `literal` stands at byte `at` of the text. */
struct rule_literal_hit {
    uint32_t literal, at;
};

/* Called with one or more hits: together, so that memory can be fetched ahead. */
typedef void rule_literals_found(void *context, const struct rule_literal_hit *hits, size_t count);

/* `literals` have distinct texts; their bytes are copied. Never NULL. */
MUST_CHECK struct rule_literals *rule_literals_build(const struct rule_literal *literals,
                                                     size_t count);
void rule_literals_free(struct rule_literals *literals); /* NULL is fine */

/* Bytes it holds. */
size_t rule_literals_bytes(const struct rule_literals *literals);

/* Tells `found` every place of every literal once, in no particular order. */
void rule_literals_scan(const struct rule_literals *literals, struct str text,
                        rule_literals_found *found, void *context);

/* The same without what only this processor has, for tests. */
void rule_literals_scan_portably(const struct rule_literals *literals, struct str text,
                                 rule_literals_found *found, void *context);
