/* The rules against their tests and the speech samples. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/rule/findings.h"
#include "filter/rule/loader.h"
#include "filter/rule/program.h"
#include "filter/rule/rule.h"
#include "filter/rule/sample.h"

struct rule_engine;
struct rule_trial {
    const struct rule_set_options *options;
    const struct rule_program *program;
    const struct rule_engine *engine;
    struct rule_findings *findings;
};

/* False with findings if a test fails. */
bool rule_trial_tests(const struct rule_trial *trial, const struct rule_draft *drafts,
                      size_t count);

/* Warns of search identifiers that are true in no inline test of their rule. */
void rule_trial_searches(const struct rule_trial *trial, const struct rule_draft *drafts,
                         size_t count);

/*
 * False with findings if any rule matches any of the samples: as it is, with the same words as its
 * title, or from whatever source and in whatever language suits the rule. Nor may it run into a
 * limit on one, for then nobody knows whether it matches.
 */
bool rule_trial_speech(const struct rule_trial *trial, const struct rule_samples *speech);

struct rule_anywhere;

/* False with findings if one of them asks for nothing else. Always makes `*out`. */
bool rule_anywhere_make(const struct rule_program *program, struct rule_findings *findings,
                        struct rule_anywhere **out);
const struct rule_program *rule_anywhere_program(const struct rule_anywhere *all);
const struct rule *rule_anywhere_original(const struct rule_anywhere *all, const struct rule *copy);
void rule_anywhere_free(struct rule_anywhere *all); /* NULL is fine */
