/*
 * Finds a program's correlations (correlation.h) in a stream of events, in event time and bounded
 * memory. Events may come out of order, up to a lateness; older ones are counted and left out.
 *
 * Windows slide: `timespan` counts from any event, ends included. Counts, sums and temporal
 * correlations with lower bounds alone are found as soon as a window has enough, whichever of its
 * events came last; the group is then quiet until that window is over. Everything that a further
 * event could still undo (lt, lte, eq, neq, averages, percentiles) is decided when the window that
 * began with the group's first event is over and no event for it can come any more.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/rule/judge.h"
#include "filter/rule/program.h"

struct err;
struct rule_correlator;

struct rule_correlator_limits {
    int64_t lateness_ms; /* at least 0 */
    size_t max_groups;   /* of all correlations; the one that was quiet for longest goes first */
    size_t max_events;   /* of one group; the oldest goes first */
    size_t max_total;    /* for how many events room is held; groups go first as above */
};

/*
 * For one thread; `program` must outlive it. NULL if a correlation counts further than a group may
 * hold events.
 */
MUST_CHECK struct rule_correlator *rule_correlator_new(const struct rule_program *program,
                                                       const struct rule_correlator_limits *limits,
                                                       struct err *err);
void rule_correlator_free(struct rule_correlator *correlator); /* NULL is fine */

/*
 * Goes over to `program`, which must outlive it in place of the former one. What was counted for
 * correlations that are the same there, about rules that are the same, stands; hits of the last
 * call do not. False, with nothing changed, for the reasons of rule_correlator_new.
 */
MUST_CHECK bool rule_correlator_move(struct rule_correlator *correlator,
                                     const struct rule_program *program, struct err *err);

/* An event, and the rules that match it. */
struct rule_correlator_event {
    int64_t time_ms;   /* when it happened, from 0 on */
    uint64_t identity; /* an event that comes again counts once in each group; 0: not known */
    const struct rule *const *rules;
    size_t rule_count;
    /*
     * The values of its fields. `rule` is not asked for, it is the id of the rule that matches, nor
     * is `claim` where the rule's evidence has one. An event without a field that is grouped or
     * read by is left out of that correlation.
     */
    const struct rule_subject *subject;
};

/* What happened often enough. */
struct rule_correlator_hit {
    const struct rule_correlation *correlation;
    int64_t first_ms, last_ms; /* of the events that it is made of */
    double number;             /* that the bounds hold of */
    uint64_t identity;         /* of one of them: the one at hand, or the last of a window */
    const struct str *group;   /* values, as correlation->group_by has the fields */
};

struct rule_correlator_hits {
    const struct rule_correlator_hit *items;
    size_t count;
};

/* Takes an event in. The hits stand until the next call. */
void rule_correlator_put(struct rule_correlator *correlator,
                         const struct rule_correlator_event *event,
                         struct rule_correlator_hits *hits);

/* No event before `time_ms` comes any more: what waited for that is decided. */
void rule_correlator_advance(struct rule_correlator *correlator, int64_t time_ms,
                             struct rule_correlator_hits *hits);

struct rule_correlator_stats {
    size_t groups, events; /* held now */
    uint64_t late;         /* events that came too late, or without a time */
    uint64_t lost_groups;  /* given up for want of room, before their time was over */
    uint64_t lost_events;
};

void rule_correlator_stats(const struct rule_correlator *correlator,
                           struct rule_correlator_stats *stats);
