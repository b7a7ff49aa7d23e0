/* The engine's inside, shared by the files that build it and the files that run it. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/rule/automaton.h"
#include "filter/rule/confirm.h"
#include "filter/rule/engine.h"
#include "filter/rule/literals.h"
#include "filter/rule/program.h"
#include "filter/rule/runs.h"
#include "filter/rule/table.h"
#include "filter/rule/values.h"

/* --- atoms (build.c) --- */

enum { RULE_NO_REGEX = UINT32_MAX };

struct rule_engine_atom {
    uint8_t way;    /* enum rule_way */
    uint8_t field;  /* enum rule_field */
    uint8_t view;   /* enum text_view_kind */
    bool is_exact;  /* a hit of its scan makes it true; else it must be confirmed */
    uint32_t regex; /* index of engine->regexes, RULE_NO_REGEX for the others */
    float cost;     /* expected hits in a byte of text: which atoms to wait for */
};

/* --- conditions (nodes.c) --- */

/* A condition or part of one: an atom or a node, perhaps negated. */
typedef uint32_t rule_ref;
#define RULE_REF_ATOM (UINT32_C(1) << 31)
#define RULE_REF_NOT (UINT32_C(1) << 30)
#define RULE_REF_INDEX(ref) ((ref) & (RULE_REF_NOT - 1))

/* AND or OR of children; of none, it is always true or always false. */
struct rule_engine_node {
    uint32_t first, count; /* of engine->children */
    bool is_or;
};

/* Which rules to look at when an atom is nominated. */
struct rule_triggers {
    uint32_t *first; /* per atom, and one more for the end */
    uint32_t *rules;
    uint32_t *always; /* rules that may match with nothing nominated */
    size_t always_count;
};

/* --- scans (scans.c) --- */

/* What must hold beside a literal: bits. */
enum rule_beside {
    RULE_BEFORE_NO_WORD = 1,
    RULE_AFTER_NO_WORD = 2,
    RULE_BEFORE_WORD = 4,
    RULE_AFTER_WORD = 8,
};

/* An atom that a literal nominates. */
struct rule_user {
    uint32_t atom;
    uint32_t lead_min, lead_max; /* as in struct rule_witness_literal */
    const char *also;            /* must stand in the view too; NULL: nothing */
    uint32_t also_len;
    bool also_behind;
    uint8_t beside; /* enum rule_beside */
    bool title_only;
    bool is_exact;
    bool is_span; /* of an exact one: where it stands first is what people see */
};

struct rule_literal_users {
    uint32_t first, count; /* of the scan's users; at least one */
    uint32_t literal_len;
};

/* The atom that a run nominates, and where its match may start. */
struct rule_run_user {
    uint32_t atom, lead_min, lead_max;
};

/* All that is looked for in one view of one field; `title` and `text` share theirs. */
struct rule_scan {
    enum rule_field field;
    enum text_view_kind view;
    bool caseless; /* in the view with its ASCII capitals made small */
    struct rule_literals *literals;
    struct rule_literal_users *literal_users;
    struct rule_user *users;
    size_t literal_count, user_count;
    struct rule_table *table;
    struct rule_runs *runs;          /* for regexes without a literal; */
    struct rule_run_user *run_users; /* one for each */
    size_t run_count;
    struct rule_automaton **automata; /* for regexes without a run either */
    size_t automaton_count;
};

struct rule_engine {
    const struct rule_program *program;
    uint64_t id; /* of no other engine in this process */
    struct arena *arena;
    struct rule_engine_atom *atoms;
    struct rule_regex *regexes;
    _Atomic(size_t) *faults; /* per regex, and behind them their sum */
    size_t regex_count;
    struct rule_scan *scans;
    size_t scan_count, scan_room;
    unsigned needs[RULE_FIELD_KINDS];
    struct rule_engine_node *nodes;
    size_t node_count, node_room;
    rule_ref *children;
    size_t child_count, child_room;
    rule_ref *roots; /* per rule */
    struct rule_triggers triggers;
    struct rule_engine_stats stats;
};

/* scans.c: decides the way of each atom and builds what nominates it. */
MUST_CHECK bool rule_scans_build(struct rule_engine *engine, struct err *err);
void rule_scan_fini(struct rule_scan *scan);

/* nodes.c: conditions, each part once, and the triggers. The atoms' ways are known. */
void rule_nodes_build(struct rule_engine *engine);
void rule_triggers_build(struct rule_engine *engine);
