/*
 * Correlation rules (Sigma 2.1, "Correlation Rules Specification"): what must happen how often, and
 * within what time, of events that other rules match. What the language reads (correlation.c);
 * correlate.h finds them in a stream.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/str.h"
#include "filter/rule/rule.h"

/* X(constant, name in rule files) */
#define RULE_CORRELATIONS(X)                                                                       \
    X(RULE_EVENT_COUNT, "event_count")                                                             \
    X(RULE_VALUE_COUNT, "value_count")                                                             \
    X(RULE_TEMPORAL, "temporal")                                                                   \
    X(RULE_TEMPORAL_ORDERED, "temporal_ordered")                                                   \
    X(RULE_VALUE_SUM, "value_sum")                                                                 \
    X(RULE_VALUE_AVG, "value_avg")                                                                 \
    X(RULE_VALUE_PERCENTILE, "value_percentile")

enum { RULE_CORRELATED_MOST = 1000 }; /* events that are held of one group */

enum rule_correlation_type {
#define X(constant, name) constant,
    RULE_CORRELATIONS(X)
#undef X
};

/* X(constant, name in rule files) */
#define RULE_BOUNDS(X)                                                                             \
    X(RULE_BOUND_GT, "gt")                                                                         \
    X(RULE_BOUND_GTE, "gte")                                                                       \
    X(RULE_BOUND_LT, "lt")                                                                         \
    X(RULE_BOUND_LTE, "lte")                                                                       \
    X(RULE_BOUND_EQ, "eq")                                                                         \
    X(RULE_BOUND_NEQ, "neq")

enum rule_bound_kind {
#define X(constant, name) constant,
    RULE_BOUNDS(X)
#undef X
        RULE_BOUND_KINDS
};

struct rule_bound {
    enum rule_bound_kind kind;
    double number;
};

struct rule_correlation;
struct rule_program;

/* A rule or correlation whose matches are correlated: exactly one of the two once resolved. */
struct rule_correlated {
    struct str name;       /* id or name, as written, … */
    unsigned line, column; /* … there */
    const struct rule *rule;
    const struct rule_correlation *correlation;
};

/* What an alias stands for in the events of one of the rules. */
struct rule_alias {
    struct str alias, rule, field;
};

/* All text and arrays are owned by the set or language that holds it. */
struct rule_correlation {
    /*
     * Id, title, …; it has no detection. Of posts: its class is that of all its rules, it rests on
     * their evidence and ends with the first of them.
     */
    struct rule *head;
    struct hash identity; /* of its document and all that it is about: equal if neither changed */
    enum rule_correlation_type type;
    struct rule_correlated *rules; /* in the order in which temporal_ordered wants them */
    size_t rule_count;
    const struct str *group_by; /* fields or aliases */
    size_t group_count;
    const struct rule_alias *aliases;
    size_t alias_count;
    int64_t timespan_ms;
    struct rule_bound bounds[RULE_BOUND_KINDS]; /* all must hold; none: all rules of a temporal */
    size_t bound_count;
    const struct str *fields; /* of the values; several make one value together */
    size_t field_count;
    double percentile;  /* of a value_percentile; below 0: not said */
    bool is_generating; /* its rules count on their own, too */
    bool is_whole;      /* everything that it refers to, and what they refer to, is there */
    unsigned depth;     /* 0: it refers to rules alone; else one more than they */
};

/* What a relation between a number and the bounds says. */
bool rule_bounds_hold(const struct rule_correlation *correlation, double number);

/* How many events a group must hold before it can be found. */
double rule_correlation_needs(const struct rule_correlation *correlation);

/* Whether it groups by the field, or counts its values. */
bool rule_correlation_reads(const struct rule_correlation *correlation, const char *field);

/* Marks what the correlation at this place names, by the places of rule_program_head. */
void rule_correlation_mark(const struct rule_program *program, size_t index, bool *is_named);

/*
 * generate.c: marks what flags nothing by itself (Sigma: generate): a correlation that speaks, by
 * place, names it, and none that does says `generate: true`.
 */
void rule_program_hush(const struct rule_program *program, const bool *speaks, bool *is_silent);

/* "event_count", … */
const char *rule_correlation_type_name(enum rule_correlation_type type);
