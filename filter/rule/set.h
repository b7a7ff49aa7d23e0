/* A rule set: a folder of rules, checked, compiled and immutable. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/clock.h"
#include "filter/rule/program.h"
#include "filter/rule/rule.h"

struct err;
struct rule_set;

struct rule_set_options {
    /*
     * Folders, NULL at the end. Rule files are all *.yml below each, but for the sub-folders
     * lists, protected, allow, speech and templates. `lists/NAME.txt` of every folder resolves
     * %NAME%; `allow/fact-checkers.txt` of every folder says which publishers may rate a claim;
     * a rule that matches a post of any `speech` sub-folder does not load.
     */
    const char *const *folders;
    struct clock clock; /* an expired rule is loaded as inactive */
    /* Called for every error and warning, in order of file and line; may be NULL. */
    void (*report)(void *context, bool is_error, const struct err *err);
    void *context;
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
