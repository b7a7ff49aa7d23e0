/* A rule's detection and condition, compiled, and what is odd about them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/str.h"
#include "filter/rule/atoms.h"
#include "filter/rule/findings.h"
#include "filter/rule/key.h"
#include "filter/rule/lists.h"
#include "filter/rule/program.h"

struct yaml_node;
struct err;
struct buf;

struct rule_compiler {
    struct rule_atoms *atoms;
    const struct rule_lists *lists;
    struct rule_findings *findings;
    struct str source;    /* the file's bytes: messages count columns in it */
    bool is_strict;       /* rules of saring, with a basis; else the language library alone */
    bool reads_events;    /* any fields and no views but the raw one; else posts */
    bool may_read_author; /* of the rule being compiled: fraud only (limit 5) */
};

struct rule_search {
    struct str name;
    unsigned line, column;
    struct rule_part part; /* its node is NULL if it has errors */
    bool is_used;
};

struct rule_searches {
    struct rule_search *items; /* owned */
    size_t count, room;
    struct str timeframe; /* of Sigma 1: "" if there is none */
};

void rule_searches_fini(struct rule_searches *searches);

/* Adds the error that there is no room and returns false. */
bool rule_fault_full(const struct rule_compiler *compiler, const struct yaml_node *node);

/* An atom as one more of `parts`; its pattern lies in the atoms' arena. False with findings. */
bool rule_item_put(struct rule_compiler *compiler, const struct yaml_node *node,
                   const struct rule_atom *atom, struct rule_parts *parts);

/* Adds the error that `value`, of `node` or of a list that it names, is wrong; returns false. */
bool rule_item_fail(struct rule_compiler *compiler, const struct yaml_node *node, struct str value,
                    const struct err *err);

/*
 * A text without placeholders as atoms among `parts`, encoded first if the key says so. False with
 * findings.
 */
bool rule_item_text(struct rule_compiler *compiler, const struct rule_key *key, uint32_t field,
                    const struct yaml_node *node, struct str value, struct rule_parts *parts);

/*
 * The text of `node` as atoms among `parts`, once for each value of the list that a %name% in it
 * names; as it is if it names none. False with findings.
 */
bool rule_expand(struct rule_compiler *compiler, const struct rule_key *key, uint32_t field,
                 const struct yaml_node *node, struct rule_parts *parts);

/* Whether the key compares in a way that only events know: numbers, dates, other fields, ranges. */
bool rule_event_compares(const struct rule_key *key);

/* A value of such a key as an atom of `parts`; false with findings. */
bool rule_event_atom(struct rule_compiler *compiler, const struct rule_key *key, uint32_t field,
                     const struct yaml_node *node, struct str value, struct rule_parts *parts);

/* The flags (enum rule_event_flag) of the atoms that a value becomes. */
unsigned rule_event_flags(const struct rule_key *key, const struct yaml_node *node);

/* `field|modifiers: value or list` as a part; false with findings. */
bool rule_item_compile(struct rule_compiler *compiler, const struct rule_key *key,
                       const struct yaml_node *node, struct rule_part *out);

/*
 * All search identifiers below `detection`, but its key `besides` (NULL: none); false with
 * findings, going on after each.
 */
bool rule_detection_compile(struct rule_compiler *compiler, const struct yaml_node *detection,
                            const char *besides, struct rule_searches *out);

/* The condition below `detection`, a text or a list of them; false with findings. */
bool rule_condition_compile(struct rule_compiler *compiler, const struct yaml_node *detection,
                            struct rule_searches *searches, const struct rule_node **out);

/* Warns of search identifiers that the condition does not use. */
void rule_lint_unused(struct rule_compiler *compiler, const struct rule_searches *searches);

/* Finds a tree over searches that is always or never true; false if it is always true. */
bool rule_lint_table(struct rule_compiler *compiler, const struct rule_searches *searches,
                     const struct yaml_node *node, const struct rule_node *tree);

/* Finds a condition that is true of a post in which nothing of the rule is found. */
void rule_lint_negation(struct rule_compiler *compiler, const struct yaml_node *node,
                        const struct rule_node *tree);

/* Whether wherever `narrow` is true `wide` is too, as far as it can be seen. */
bool rule_atom_is_needless(const struct rule_atom *narrow, const struct rule_atom *wide);
/* Warns of rules that are nearly one. */
void rule_lint_twins(const struct rule_program *program, struct rule_findings *findings);

/*
 * Appends how to write now what stood behind a condition's '|' in Sigma 1, counted over
 * `timeframe` ("": not said).
 */
void rule_dropped_aggregation(struct str text, struct str timeframe, struct buf *out);
