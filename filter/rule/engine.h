/*
 * The matching engine of a rule set (DESIGN: the engine): atoms compiled to literals that nominate
 * them, and conditions evaluated only where something was nominated. Immutable but for its fault
 * counters and the regexes it compiles at their first nomination; any number of threads use it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/rule/match.h"
#include "filter/rule/program.h"

struct err;
struct rule_engine;

/* How the engine finds out whether an atom is true. */
enum rule_way {
    RULE_WAY_TABLE,     /* a whole value or its end, looked up in a hash table */
    RULE_WAY_LITERAL,   /* a literal that must be present, found by the literal scan */
    RULE_WAY_RUN,       /* no such literal: sets of bytes side by side that must be present */
    RULE_WAY_AUTOMATON, /* nor those: an automaton over each value, then PCRE2 */
    RULE_WAY_PCRE2,     /* too complex for that: PCRE2 over each value (slow) */
    RULE_WAY_DEMAND,    /* exists, and globs that anything matches: evaluated when asked */
    RULE_WAYS
};

struct rule_engine_stats {
    size_t atoms;           /* distinct ones */
    size_t ways[RULE_WAYS]; /* how many atoms go which way */
    size_t literals;        /* distinct ones, over all views */
    size_t always;          /* rules that may match with nothing nominated */
    size_t bytes;           /* of the engine; regexes that PCRE2 compiles come on top */
    double build_ms;
};

/*
 * Compiles `program`, which must outlive the engine. Patterns have been checked by the language;
 * what fails here is that the rules are too large.
 */
MUST_CHECK struct rule_engine *rule_engine_build(const struct rule_program *program,
                                                 struct err *err);
void rule_engine_free(struct rule_engine *engine); /* NULL is fine */

void rule_engine_stats(const struct rule_engine *engine, struct rule_engine_stats *stats);

/* How atom `atom` of the program is decided: rules check tells the writer which are slow. */
enum rule_way rule_engine_way(const struct rule_engine *engine, uint32_t atom);

/* As rule_match_post, for an engine without a set around it. */
MUST_CHECK bool rule_engine_match(const struct rule_engine *engine, struct rule_matcher *matcher,
                                  const struct post *post, struct rule_match *match,
                                  struct err *err);

/*
 * Its two halves, for benches that measure matching alone: the post's views and links, and what
 * the rules say of them. The post must stand until the second ends.
 */
MUST_CHECK bool rule_engine_prepare(const struct rule_engine *engine, struct rule_matcher *matcher,
                                    const struct post *post, struct err *err);
void rule_engine_run(struct rule_matcher *matcher, struct rule_match *match);

/* Confirmations that ran into a limit, of rule `rule` (its index in the program). */
size_t rule_engine_faults(const struct rule_engine *engine, size_t rule);
