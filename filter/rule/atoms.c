#include <assert.h>
#include <stdlib.h>
#include <xxhash.h>

#include "filter/base/arena.h"
#include "filter/base/hash.h"
#include "filter/base/mem.h"
#include "filter/base/yaml.h"
#include "filter/rule/atoms.h"
#include "filter/rule/limits.h"
#include "filter/rule/program.h"

enum { FIRST_SLOTS = 256 };

void rule_atoms_fini(struct rule_atoms *atoms)
{
    free(atoms->items);
    free(atoms->table);
    free(atoms->fields);
    atoms->items = NULL;
    atoms->table = NULL;
    atoms->fields = NULL;
}

/* A set has a handful of fields (a Sigma corpus some hundreds): a walk is enough. */
bool rule_atoms_field(struct rule_atoms *atoms, struct str name, uint32_t *index)
{
    for (size_t i = 0; i < atoms->field_count; i++) {
        if (str_equal(atoms->fields[i], name)) {
            *index = (uint32_t)i;
            return true;
        }
    }
    const char *copy = arena_copy(atoms->arena, name.at, name.len);
    if (copy == NULL) {
        return false;
    }
    mem_grow(&atoms->fields, &atoms->field_room, atoms->field_count + 1, sizeof *atoms->fields);
    *index = (uint32_t)atoms->field_count;
    atoms->fields[atoms->field_count++] = (struct str){.at = copy, .len = name.len};
    return true;
}

static size_t hash_atom(const struct rule_atom *atom)
{
    uint64_t seed = ((uint64_t)atom->field << 16) ^ ((uint64_t)atom->view << 12) ^
                    ((uint64_t)atom->op << 8) ^ atom->flags;
    return XXH3_64bits_withSeed(atom->pattern.len > 0 ? atom->pattern.at : "", atom->pattern.len,
                                seed);
}

static bool same_atom(const struct rule_atom *a, const struct rule_atom *b)
{
    return a->field == b->field && a->view == b->view && a->op == b->op && a->flags == b->flags &&
           str_equal(a->pattern, b->pattern);
}

/* The slot of an equal atom, or the free one where it belongs. */
static size_t find_slot(const struct rule_atoms *atoms, const struct rule_atom *atom)
{
    size_t slot = hash_atom(atom) & (atoms->slots - 1);
    while (atoms->table[slot] != 0 && !same_atom(&atoms->items[atoms->table[slot] - 1], atom)) {
        slot = (slot + 1) & (atoms->slots - 1);
    }
    return slot;
}

static void grow_table(struct rule_atoms *atoms)
{
    atoms->slots = atoms->slots == 0 ? FIRST_SLOTS : 2 * atoms->slots;
    free(atoms->table);
    atoms->table = mem_zero(atoms->slots, sizeof *atoms->table);
    for (size_t i = 0; i < atoms->count; i++) {
        atoms->table[find_slot(atoms, &atoms->items[i])] = (uint32_t)i + 1;
    }
}

uint32_t rule_atoms_intern(struct rule_atoms *atoms, const struct rule_atom *atom)
{
    if (2 * (atoms->count + 1) > atoms->slots) {
        grow_table(atoms);
    }
    size_t slot = find_slot(atoms, atom);
    if (atoms->table[slot] == 0) {
        assert(atoms->count < UINT32_MAX - 1);
        mem_grow(&atoms->items, &atoms->room, atoms->count + 1, sizeof *atoms->items);
        atoms->items[atoms->count++] = *atom;
        atoms->table[slot] = (uint32_t)atoms->count;
    }
    return atoms->table[slot] - 1;
}

void rule_parts_put(struct rule_parts *parts, struct rule_part part)
{
    mem_grow(&parts->items, &parts->room, parts->count + 1, sizeof *parts->items);
    parts->items[parts->count++] = part;
}

void rule_parts_fini(struct rule_parts *parts)
{
    free(parts->items);
    *parts = (struct rule_parts){.items = NULL};
}

static struct rule_node *new_node(struct arena *arena, enum rule_node_kind kind, size_t children)
{
    struct rule_node *node = arena_alloc(arena, sizeof *node);
    if (node == NULL) {
        return NULL;
    }
    node->kind = kind;
    if (children > 0) {
        node->children = arena_array(arena, children, sizeof(struct rule_node *));
        node->child_count = children;
    }
    return children > 0 && node->children == NULL ? NULL : node;
}

bool rule_node_atom(struct arena *arena, uint32_t atom, struct rule_part *out)
{
    struct rule_node *node = new_node(arena, RULE_NODE_ATOM, 0);
    if (node == NULL) {
        return false;
    }
    node->atom = atom;
    *out = (struct rule_part){.node = node, .size = 1};
    return true;
}

bool rule_node_not(struct arena *arena, struct rule_part child, struct rule_part *out)
{
    struct rule_node *node = new_node(arena, RULE_NODE_NOT, 1);
    if (node == NULL) {
        return false;
    }
    node->children[0] = child.node;
    *out = (struct rule_part){.node = node, .size = child.size + 1};
    return true;
}

bool rule_node_join(struct arena *arena, enum rule_node_kind kind, const struct rule_parts *parts,
                    struct rule_part *out)
{
    assert(parts->count > 0 && (kind == RULE_NODE_AND || kind == RULE_NODE_OR));
    if (parts->count == 1) {
        *out = parts->items[0];
        return true;
    }
    struct rule_node *node = new_node(arena, kind, parts->count);
    if (node == NULL) {
        return false;
    }
    size_t size = 1;
    for (size_t i = 0; i < parts->count; i++) {
        node->children[i] = parts->items[i].node;
        size += parts->items[i].size;
        if (size > RULE_NODES_MAX) {
            return false;
        }
    }
    *out = (struct rule_part){.node = node, .size = size};
    return true;
}

/* As deep as conditions and YAML may nest, so bounded. NOLINTNEXTLINE(misc-no-recursion) */
bool rule_node_true(const struct rule_node *node, bool (*truth)(const void *context, uint32_t atom),
                    const void *context)
{
    switch (node->kind) {
    case RULE_NODE_ATOM:
        return truth(context, node->atom);
    case RULE_NODE_NOT:
        return !rule_node_true(node->children[0], truth, context);
    case RULE_NODE_AND:
    case RULE_NODE_OR:
        break;
    }
    bool decides = node->kind == RULE_NODE_OR;
    for (size_t i = 0; i < node->child_count; i++) {
        if (rule_node_true(node->children[i], truth, context) == decides) {
            return decides;
        }
    }
    return !decides;
}
