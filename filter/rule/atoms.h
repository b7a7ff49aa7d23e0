/* Atoms, and conditions over them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/rule/program.h"

struct arena;

/* Fields and atoms, each once. */
struct rule_atoms {
    struct arena *arena; /* owns patterns and nodes */
    struct rule_atom *items;
    size_t count, room;
    uint32_t *table; /* open addressing, index + 1; a power of two slots */
    size_t slots;
    struct str *fields;
    size_t field_count, field_room;
};

void rule_atoms_fini(struct rule_atoms *atoms);

/* The index of field `name`, which is copied. False if the arena is full. */
MUST_CHECK bool rule_atoms_field(struct rule_atoms *atoms, struct str name, uint32_t *index);

/* The index of an equal atom, or of a new one; `atom->pattern` must lie in the arena. */
uint32_t rule_atoms_intern(struct rule_atoms *atoms, const struct rule_atom *atom);

/* A condition and how many nodes it has when everything it refers to is written out. */
struct rule_part {
    const struct rule_node *node;
    size_t size;
};

/* Parts being gathered for one AND or OR. */
struct rule_parts {
    struct rule_part *items; /* owned */
    size_t count, room;
};

void rule_parts_put(struct rule_parts *parts, struct rule_part part);
void rule_parts_fini(struct rule_parts *parts);

/* Nodes in `arena`; false if it is full or the part would pass RULE_NODES_MAX. */
MUST_CHECK bool rule_node_atom(struct arena *arena, uint32_t atom, struct rule_part *out);
MUST_CHECK bool rule_node_not(struct arena *arena, struct rule_part child, struct rule_part *out);

/* AND or OR of at least one part; of exactly one it is that part itself. */
MUST_CHECK bool rule_node_join(struct arena *arena, enum rule_node_kind kind,
                               const struct rule_parts *parts, struct rule_part *out);

/* What `node` says when `truth(context, i)` says whether atom i is true. */
bool rule_node_true(const struct rule_node *node, bool (*truth)(const void *context, uint32_t atom),
                    const void *context);
