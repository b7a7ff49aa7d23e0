/* The values of a detection, with their escapes and wildcards, as patterns. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/rule/key.h"
#include "filter/text/view.h"

struct arena;
struct err;
struct buf;

/*
 * `glob` for text without case (text_caseless), in `arena`. False if that is full.
 */
MUST_CHECK bool rule_value_caseless(struct str glob, struct arena *arena, struct str *pattern);

/* Reads Sigma's escapes: wildcards become RULE_ANY_RUN and RULE_ANY_ONE. Appends to `out`. */
void rule_value_unescape(struct str text, struct buf *out);

/*
 * The pattern of a RULE_GLOB, its literals folded for `view`, in `arena`. `glob` has wildcards as
 * above. False with `err`.
 */
MUST_CHECK bool rule_value_fold(enum text_view_kind view, struct str glob, struct arena *arena,
                                struct str *pattern, struct err *err);

/* Values written another way. */
struct rule_texts {
    struct buf *items; /* owned */
    size_t count, room;
};

void rule_texts_put(struct rule_texts *texts, struct str text);
void rule_texts_fini(struct rule_texts *texts);

/* Appends what the key's windash, utf16 and base64 modifiers make of `glob`. */
MUST_CHECK bool rule_encode(const struct rule_key *key, struct str glob, struct rule_texts *out,
                            struct err *err);
