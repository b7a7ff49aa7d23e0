/*
 * Near-copies of a text: a MinHash sketch of its folded 5-grams, links left out, so that a few
 * changed words, another spelling or another link keep two copies together.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"

struct verdict;
struct casebook_near; /* buffers, reused for every post */

enum {
    NEAR_VALUES = 128,
    NEAR_BANDS = 32, /* of 4 values: of pairs at 0.7 it misses one in 5,000 */
    NEAR_BAND = NEAR_VALUES / NEAR_BANDS,
    NEAR_ALIKE = 90,       /* equal values: similarity 0.70 */
    NEAR_MOST = 16 * 1024, /* bytes of title and of text that are looked at */
};

struct casebook_sketch {
    uint32_t values[NEAR_VALUES];
};

MUST_CHECK struct casebook_near *casebook_near_new(void);
void casebook_near_free(struct casebook_near *near); /* NULL is fine */

/* The sketch of the post's title and text; false if nothing is left of them. */
MUST_CHECK bool casebook_near_sketch(struct casebook_near *near, const struct verdict *verdict,
                                     struct casebook_sketch *sketch);

/* How many values are equal: an estimate of 128 times the Jaccard similarity. */
unsigned casebook_near_equal(const struct casebook_sketch *one,
                             const struct casebook_sketch *other);

/* What two sketches have in common that agree in this band; `seed` says of which rule. */
uint64_t casebook_near_band(const struct casebook_sketch *sketch, unsigned band, uint64_t seed);
