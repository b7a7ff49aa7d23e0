/* Regexes in PCRE2: compiled when first needed, run within limits. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/rule/program.h"
#include "filter/text/view.h"

/* A limit was reached, or the regex can't be compiled: nobody knows. Never taken for NO. */
enum rule_answer { RULE_NO, RULE_YES, RULE_UNKNOWN };

/* What one worker needs to run regexes of any engine. */
struct rule_regex_runner;

MUST_CHECK struct rule_regex_runner *rule_regex_runner_new(void);
void rule_regex_runner_free(struct rule_regex_runner *runner); /* NULL is fine */

struct rule_regex;

/* `pattern` is borrowed; `flags` are enum rule_regex_flag. Compiles nothing yet. */
void rule_regex_init(struct rule_regex *regex, struct str pattern, unsigned flags);
void rule_regex_fini(struct rule_regex *regex);

/* Two programs of one regex: one that tries a single place, and one that looks for the place. */
struct rule_regex {
    struct str pattern;
    unsigned flags;
    _Atomic(void *) anchored, unanchored; /* NULL: not yet compiled */
};

/*
 * Whether it matches from a place of `value` between `from` and `to` (inclusive, code-point
 * boundaries), and where first. Any thread, with a runner of its own.
 */
MUST_CHECK enum rule_answer rule_regex_find(struct rule_regex *regex,
                                            struct rule_regex_runner *runner, struct str value,
                                            size_t from, size_t to, struct text_span *span);

/* Whether the character before `at`, or from `at` on, is a letter, a digit or '_' (\w). */
bool rule_word_before(struct rule_regex_runner *runner, struct str value, size_t at);
bool rule_word_at(struct rule_regex_runner *runner, struct str value, size_t at);
