/* Rules and posts made from bytes, for comparing the engine with the naive evaluator. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/arena.h"
#include "filter/base/post.h"
#include "tests/filter/rule/builder.h"

/* Decisions, one a byte; zeros when the bytes are used up. */
struct decisions {
    const uint8_t *bytes;
    size_t len, at;
};

/* A number below `limit` (at most 256). */
unsigned decide(struct decisions *decisions, unsigned limit);

/* Up to `most` rules over all fields, views and kinds of atoms. Regexes compile. */
void generate_rules(struct decisions *decisions, struct builder *builder, size_t most);

/* A post out of the same words; its text lies in `arena`. */
struct post generate_post(struct decisions *decisions, struct arena *arena);
