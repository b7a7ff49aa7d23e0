/* The events of correlations by what they are grouped by, in bounded memory. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/rule/correlate.h"
#include "filter/rule/window.h"

#define RULE_LONG_AGO INT64_MIN
#define RULE_LAST_MS (INT64_C(1) << 53) /* times of events are between 0 and this */

/* Events of one correlation that have the same values in the fields it groups by. */
struct rule_group {
    uint32_t correlation; /* its place in the program */
    uint64_t hash;
    struct str key; /* the values, one behind the other; owned */
    struct str *values;
    struct rule_entry *entries; /* by time, then as they came */
    size_t count, room;
    int64_t quiet_ms;                 /* windows that begin at or before it are over */
    struct rule_group *next;          /* of its hash */
    struct rule_group *newer, *older; /* by when it was last touched */
};

struct rule_groups {
    const struct rule_program *program;
    struct rule_correlator_limits limits;
    struct rule_group **table; /* by hash; a power of two */
    size_t slots;
    struct rule_group *newest, *oldest;
    size_t room; /* for entries, of all groups */
    struct rule_correlator_stats stats;
    int64_t newest_ms; /* time of the newest event */
};

void rule_groups_init(struct rule_groups *groups, const struct rule_program *program,
                      const struct rule_correlator_limits *limits);
void rule_groups_fini(struct rule_groups *groups);

/* The watermark: no event before it is taken any more. RULE_LONG_AGO: none is too late yet. */
int64_t rule_groups_watermark(const struct rule_groups *groups);

uint64_t rule_groups_hash(uint32_t correlation, const struct str *values, size_t count);

/* The group of these values, which is made if there is none; the one that was quiet for longest may
 * go for it. */
MUST_CHECK struct rule_group *rule_groups_find(struct rule_groups *groups, uint32_t correlation,
                                               const struct str *values, size_t count);

/* Puts the entry in its place and returns where; others may go for it. */
size_t rule_groups_insert(struct rule_groups *groups, struct rule_group *group,
                          const struct rule_entry *entry);

/* Takes out the first `count` entries. */
void rule_groups_drop(struct rule_groups *groups, struct rule_group *group, size_t count);

/* Takes out entries that no window which may still change has in it. */
void rule_groups_prune(struct rule_groups *groups, struct rule_group *group);

/* Goes over to another program: groups of correlations that it has unchanged are kept. */
void rule_groups_move(struct rule_groups *groups, const struct rule_program *program);
