/*
 * Finds out which of many regexes may match a text, in one pass: a deterministic automaton over
 * bytes, built from syntax trees. It takes more than the regexes do (assertions are left out,
 * repeats shortened), never less.
 *
 * Ours, and not Hyperscan's: vectorscan 5.4.9, which Debian 12 has, does not find s(_kpu)*[.] in
 * 64 letters and "s." (its issue 317), and a regex database that misses is of no use here.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/rule/syntax.h"

struct rule_automaton;

struct rule_automaton_regex {
    const struct rule_syntax *tree; /* must stand until the automaton is built */
    uint32_t atom;                  /* what is told when it may match */
};

enum { RULE_AUTOMATON_REGEXES = 16 }; /* of one automaton: more have too many states */

/*
 * Builds one for up to RULE_AUTOMATON_REGEXES. `roughness` from 0 to RULE_AUTOMATON_ROUGHEST says
 * how much repeats are shortened. NULL if that would have too many states: try fewer regexes, or
 * rougher.
 */
enum { RULE_AUTOMATON_ROUGHEST = 2 };
MUST_CHECK struct rule_automaton *rule_automaton_build(const struct rule_automaton_regex *regexes,
                                                       size_t count, int roughness);
void rule_automaton_free(struct rule_automaton *automaton); /* NULL is fine */
size_t rule_automaton_bytes(const struct rule_automaton *automaton);

/*
 * Runs `count` automata over the text. Calls `found` at least once for each regex that may match.
 * Any thread.
 */
void rule_automata_scan(struct rule_automaton *const *automata, size_t count, struct str text,
                        void (*found)(void *context, uint32_t atom), void *context);
