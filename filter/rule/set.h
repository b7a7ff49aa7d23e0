/* A rule set: a folder of rules, checked, compiled and immutable. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/clock.h"
#include "filter/rule/program.h"
#include "filter/rule/rule.h"

struct err;
struct post;
struct rule_engine;
struct rule_hit;
struct rule_set;

/* An inline test of a rule, as it came out. */
struct rule_test {
    const struct rule *rule;
    const struct post *post;
    unsigned line; /* of the rule's file */
    bool must_match;
    const struct rule_hit *hit; /* NULL: the rule did not match */
};

struct rule_set_options {
    /*
     * Folders, NULL at the end. Rule files are all *.yml below each, but for the sub-folders
     * lists, protected, allow, speech and templates and a sources.yml beside them. `lists/NAME.txt`
     * of every folder resolves %NAME%; `allow/fact-checkers.txt` of every folder says which
     * publishers may rate a claim; a rule that matches a post of any `speech` sub-folder, or of
     * rules/speech as it was when the program was built, does not load.
     */
    const char *const *folders;
    /* Rule files, NULL at the end, that are loaded instead of those in `folders`; or NULL. */
    const char *const *files;
    struct clock clock; /* an expired rule is loaded as inactive */
    bool lints;         /* warn also of what takes time to find: for people, not for a reload */
    /* Called for every error and warning, in order of file and line; may be NULL. */
    void (*report)(void *context, bool is_error, const struct err *err);
    /* Called for every inline test of an active rule; what it points to stands for the call. */
    void (*tested)(void *context, const struct rule_test *test);
    void *context;
};

struct rule_set_counts {
    size_t rules, inactive; /* expired, or deprecated */
    size_t atoms, lists, tests, speech;
    size_t warnings;
};

/*
 * Loads and compiles a set; one reference is the caller's. Any error (a bad rule, an inline test
 * that fails, a speech sample that matches) fails the whole: NULL, with the first error in `err`.
 */
MUST_CHECK struct rule_set *rule_set_load(const struct rule_set_options *options, struct err *err);

/* Any thread. The last unref frees it. */
struct rule_set *rule_set_ref(struct rule_set *set);
void rule_set_unref(struct rule_set *set); /* NULL is fine */

/* Hexadecimal identity: a hash of the set's rules and lists, the same on every machine. */
const char *rule_set_id(const struct rule_set *set);

const struct rule_program *rule_set_program(const struct rule_set *set);
const struct rule_engine *rule_set_engine(const struct rule_set *set);
void rule_set_counts(const struct rule_set *set, struct rule_set_counts *counts);
