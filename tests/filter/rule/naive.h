/*
 * The oracle of the engine: every atom of every rule against every value, by PCRE2 or by comparing
 * bytes. It shares with the engine only the views and the links.
 */
#pragma once

#include <stdbool.h>

#include "filter/base/buf.h"
#include "filter/rule/engine.h"

struct naive;

struct naive *naive_new(const struct rule_program *program);
void naive_free(struct naive *naive);

/*
 * Matches the post. `match` stands until the next call. A rule that hangs on a regex which ran
 * into a limit does not match; naive_is_unsure says which.
 */
void naive_match(struct naive *naive, const struct post *post, struct rule_match *match);

/* Whether the rule has an atom that ran into a limit in the last match. */
bool naive_is_unsure(const struct naive *naive, size_t rule);

/*
 * Matches the post both ways. False, with an explanation in `why` (rules, fields and places, no
 * text of the post), if the answers differ; rules that ran into a limit are left out.
 */
bool naive_agrees(struct naive *naive, const struct rule_engine *engine,
                  struct rule_matcher *matcher, const struct post *post, struct buf *why);
