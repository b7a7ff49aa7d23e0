/*
 * What correlations may know of a flagged post, as bytes that one thread writes and another reads:
 * when it was, a hash by which it is known again, which rules matched, and the sites, the language
 * and the source that it may be grouped by. Never its author, its URL or a word of its text
 * (limit 5).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/post.h"
#include "filter/rule/correlate.h"
#include "filter/rule/match.h"

/*
 * Appends the sighting of `post`, which `match` of `matcher` is about, to `out`. Left out are hosts
 * and domains that a platform gives to its users (the Public Suffix List's private section), and
 * the source, unless it is known to be an organisation's. A time after `now_ms` is taken for now.
 */
void rule_sighting_put(struct rule_matcher *matcher, const struct rule_match *match,
                       const struct post *post, bool is_organisation, int64_t now_ms,
                       struct buf *out);

/* By what the same post is known when it comes again; 0 if it has no id. */
uint64_t rule_sighting_identity(const struct post *post);

/* Reads such bytes; zero it at first. */
struct rule_sightings {
    struct str bytes; /* what is left */
    const struct rule **rules;
    size_t rule_room;
    struct rule_subject subject;
    struct str fields; /* the bytes of the values of the one at hand */
};

/*
 * The next sighting as an event, which stands until the next call and while the bytes and the set
 * stand; false at the end.
 */
bool rule_sighting_next(struct rule_sightings *sightings, struct rule_correlator_event *event);
void rule_sightings_fini(struct rule_sightings *sightings);
