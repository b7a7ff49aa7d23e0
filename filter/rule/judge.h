/*
 * Which rules of a program match a subject: anything that has values under names, as an event that
 * was read from JSON. For rules that the language compiled for events
 * (rule_language_new_for_events); posts have an engine of their own. Straightforward: each atom at
 * most once, when it is asked for.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/rule/program.h"

/* One value of a field: text, or a number as it is written. */
struct rule_fact {
    struct str text;
    bool is_number;
};

/* What a subject says of one field. */
struct rule_facts {
    struct rule_fact *items; /* owned */
    size_t count, room;
    bool is_present; /* it is there, be it null */
    bool is_full;    /* it is there and neither null nor an empty list */
};

void rule_facts_put(struct rule_facts *facts, struct rule_fact fact);

struct rule_subject {
    /*
     * Puts the values of `field`, or, if its name is empty, every value there is, for keywords.
     * `facts` starts empty; texts must stand until the judge has judged.
     */
    void (*look_up)(const void *context, struct str field, struct rule_facts *facts);
    const void *context;
};

struct rule_judge;

/* For one thread; `program` must outlive it. */
MUST_CHECK struct rule_judge *rule_judge_new(const struct rule_program *program);
void rule_judge_free(struct rule_judge *judge); /* NULL is fine */

/* What came of one subject; stands until the next. */
struct rule_judged {
    const struct rule *const *rules; /* that match, in order of the program */
    size_t count;
    size_t faults; /* regexes that ran into a limit: a rule that hangs on one does not match */
};

void rule_judge_run(struct rule_judge *judge, const struct rule_subject *subject,
                    struct rule_judged *judged);
