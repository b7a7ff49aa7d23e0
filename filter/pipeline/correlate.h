/*
 * Correlations of flagged posts, as they come, in event time and bounded memory (rule/correlate.h).
 * A correlation that is found is one more rule in the verdict of the post that made it true, and so
 * it reaches review as any verdict does: once it is acknowledged it is durable. One that is only
 * known when its window is over (lt, lte, eq, neq) has a verdict of its own about the last post of
 * the window.
 *
 * What is counted lies in this memory alone, as nothing else of a post that was seen may be kept: a
 * window that is open when the process ends begins anew with the next one, and a correlation is
 * then found later, or not at all; never by counting a post twice.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/clock.h"
#include "filter/base/hash.h"
#include "filter/pipeline/ruleset.h"

struct correlate;

struct correlate_options {
    struct clock clock;
    int64_t lateness_ms;        /* posts that come later than that behind the newest do not count */
    struct ruleset_slot *rules; /* in use */
    struct shadow *shadow;      /* counts what correlations that are not released would flag */
    struct hash_key decision_key; /* for verdict_key */
    /* Whether a source is known to be an organisation's. Any thread; NULL: none is. */
    bool (*is_organisation)(void *context, struct str source);
    /* A verdict about a post that is through already. Any thread; must not wait. */
    void (*found)(void *context, struct str verdict);
    void *context;
};

MUST_CHECK struct correlate *
correlate_new(const struct correlate_options *options); /* never NULL */
void correlate_free(struct correlate *correlate);       /* NULL is fine */

/*
 * To be called after each swap of the slot: what was counted for correlations that are the same in
 * the new rules, about rules that are the same there, stands.
 */
void correlate_follow(struct correlate *correlate);

/* A post, and how it was matched. */
struct correlate_post {
    const struct post *post;
    struct rule_matcher *matcher;   /* has the links that it is counted by */
    struct rule_matcher *as_posted; /* has what decisions about it go by */
    const struct rule_match *match; /* hits of rules that are released and in force, … */
    const struct rule_match *loud;  /* … and of them those that flag by themselves */
};

/*
 * Any thread: takes a post in. If a released correlation is found with it, returns true and appends
 * that and what is loud to `rules` as verdict_write_rules writes them.
 */
MUST_CHECK bool correlate_put(struct correlate *correlate, const struct correlate_post *post,
                              struct buf *rules);

/* Time goes on without posts: decides about windows that are over now. */
void correlate_tick(struct correlate *correlate);

struct correlate_counts {
    size_t groups, events; /* held now */
    uint64_t found;        /* of released correlations */
    uint64_t late;         /* posts that came too late */
    uint64_t lost;         /* groups and events given up for want of room, and posts of a window */
};

struct correlate_counts correlate_counts(struct correlate *correlate);
