/*
 * The views of one post that rules match: raw, folded, skeleton. Every span of a view maps back
 * to the original bytes, so that people see what they read.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/base/str.h"

struct err;

enum text_view_kind {
    TEXT_RAW,      /* as it came */
    TEXT_FOLDED,   /* NFKC case-folded, invisible characters gone, confusables and space folded */
    TEXT_SKELETON, /* also leet, repeated letters, letters spaced or dotted apart */
    TEXT_VIEW_KINDS
};

/* A run of a view and where it came from; runs lie in order and cover the view. */
struct text_run {
    uint32_t view_at;   /* first byte in the view */
    uint32_t origin_at; /* first byte in the original */
    uint32_t origin_len;
    bool identical; /* byte for byte the same length: positions inside map one to one */
};

struct text_view {
    struct str text;             /* the view; of TEXT_RAW the original itself */
    const struct text_run *runs; /* NULL for TEXT_RAW: positions are the same */
    size_t run_count;
};

struct text_span {
    size_t start, end; /* bytes, end exclusive */
};

/*
 * The span of the original that bytes [start, end) of the view came from, widened to code points.
 * `start` <= `end` <= the view's length.
 */
struct text_span text_view_origin(const struct text_view *view, size_t start, size_t end);

/* Buffers in which views are made; one per worker and field, reused for every post. */
struct text_fold;

/* Room for views of up to `max_bytes` of original text. Never NULL. */
MUST_CHECK struct text_fold *text_fold_new(size_t max_bytes);
void text_fold_free(struct text_fold *fold); /* NULL is fine */

/*
 * Makes the view `kind` of `utf8` (valid UTF-8, at most `max_bytes`). The view stands until the
 * next call for the same kind; asking for TEXT_SKELETON makes TEXT_FOLDED on the way, which may
 * be asked for first at no further cost when `utf8` is the same (pointer and length) and
 * text_fold_start was not called in between. False if the input is too long.
 */
void text_fold_start(struct text_fold *fold); /* a new post: forget what was made */
MUST_CHECK bool text_fold_view(struct text_fold *fold, enum text_view_kind kind, struct str utf8,
                               struct text_view *view, struct err *err);

/*
 * Folds a pattern's literal with the same function, into `arena`. False if the arena is full or
 * the literal folds to nothing. White space at the literal's ends stays (as one space each).
 */
MUST_CHECK bool text_fold_literal(enum text_view_kind kind, struct str utf8, struct arena *arena,
                                  struct str *folded, struct err *err);
