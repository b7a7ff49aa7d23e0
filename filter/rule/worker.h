/* A matcher's inside, shared by the files that nominate, evaluate and show. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/rule/compiled.h"
#include "filter/rule/confirm.h"
#include "filter/rule/match.h"
#include "filter/rule/values.h"

enum {
    RULE_HITS_KEPT = 64, /* places of one atom in one post; with more, whole values are searched */
    RULE_LOOKS = 32,     /* at the rest of a value: each hit of a long one could take them all */
    RULE_NO_HIT = UINT32_MAX,
};

/* A place where a witness stands. */
struct rule_place {
    const struct rule_value *value;
    uint32_t at; /* RULE_NO_HIT: nobody knows where in the value */
    uint32_t lead_min, lead_max;
    uint32_t next; /* of the same atom */
};

/* Whether an atom's place is known, and in which value. */
enum rule_found_in { RULE_FOUND_NOWHERE, RULE_FOUND_IN_TITLE, RULE_FOUND_IN_TEXT };

/* What is known of an atom in the post of `epoch`. */
struct rule_atom_state {
    uint32_t epoch;
    uint8_t answer; /* enum rule_answer */
    bool is_open;   /* nominated, and not yet confirmed */
    uint8_t place_count;
    uint8_t looks;        /* for what must be there too: no more than RULE_LOOKS */
    uint16_t looks_epoch; /* the lower bits of the epoch that they are of */
    uint8_t found_in;     /* enum rule_found_in */
    union {
        uint32_t first_place, start; /* of `places`, or of where it was found */
    };
    union {
        uint32_t last_place, end;
    };
};

struct rule_node_state {
    uint32_t epoch;
    uint8_t answer;
};

struct rule_matched {
    uint32_t rule;
    uint32_t first_span, span_count;
};

struct rule_matcher {
    struct rule_values values;
    struct rule_regex_runner *runner;
    const struct rule_engine *engine; /* of the match at hand */
    uint64_t engine_id;               /* that the arrays below are large enough for */
    uint32_t epoch;                   /* grows with every post, so that nothing need be cleared */
    struct rule_atom_state *atoms;
    struct rule_node_state *nodes;
    uint32_t *rules; /* epoch in which it was looked at */
    size_t atom_room, node_room, rule_room;
    uint32_t *nominated; /* atoms that rules wait for */
    size_t nominated_count;
    struct rule_place *places;
    size_t place_count, place_room;
    char *lowered; /* a value with its ASCII capitals made small */
    size_t lowered_room;
    struct rule_matched *matched;
    size_t matched_count, matched_room;
    struct rule_span *spans;
    size_t span_count, span_room;
    struct rule_hit *hits;
    size_t hit_room;
    size_t faults;
};

/* nominate.c: runs the scans over the values. */
void rule_nominate(struct rule_matcher *matcher);

/* evaluate.c */
enum rule_answer rule_evaluate(struct rule_matcher *matcher, rule_ref ref);

/*
 * The first place in `value` where the atom is true of it. A whole value of another field than
 * those that people wrote has the span of all of it.
 */
enum rule_answer rule_atom_find(struct rule_matcher *matcher, uint32_t atom,
                                const struct rule_value *value, struct text_span *span);

/* spans.c: appends to matcher->spans where the atoms that make `ref` true stand. */
void rule_put_spans(struct rule_matcher *matcher, rule_ref ref, struct rule_matched *matched);
