#include "tests/filter/rule/builder.h"

#include <stdio.h>
#include <stdlib.h>

#include "filter/base/arena.h"
#include "filter/base/mem.h"

struct builder {
    struct arena *arena;
    struct str *fields;
    size_t field_room;
    struct rule_atom *atoms;
    size_t atom_room;
    const struct rule **list;
    size_t list_room;
    struct rule_program program;
};

struct builder *builder_new(void)
{
    struct builder *builder = mem_zero(1, sizeof *builder);
    builder->arena = arena_new(SIZE_MAX);
    return builder;
}

void builder_free(struct builder *builder)
{
    arena_free(builder->arena);
    free(builder->fields);
    free(builder->atoms);
    free((void *)builder->list);
    free(builder);
}

static void *need(void *memory)
{
    if (memory == NULL) {
        abort();
    }
    return memory;
}

static uint32_t field_index(struct builder *builder, const char *name)
{
    struct rule_program *program = &builder->program;
    for (uint32_t i = 0; i < program->field_count; i++) {
        if (str_is(builder->fields[i], name)) {
            return i;
        }
    }
    mem_grow(&builder->fields, &builder->field_room, program->field_count + 1,
             sizeof *builder->fields);
    builder->fields[program->field_count] =
        str_of(need(arena_copy(builder->arena, name, strlen(name))));
    return (uint32_t)program->field_count++;
}

static struct str copy_pattern(struct builder *builder, enum rule_op op, struct str pattern)
{
    char *copy =
        need(arena_copy(builder->arena, pattern.at != NULL ? pattern.at : "", pattern.len));
    for (size_t i = 0; op == RULE_GLOB && i < pattern.len; i++) {
        copy[i] = copy[i] == '*' ? RULE_ANY_RUN : copy[i] == '?' ? RULE_ANY_ONE : copy[i];
    }
    return (struct str){.at = copy, .len = pattern.len};
}

static uint32_t atom_index(struct builder *builder, const struct rule_atom *atom)
{
    struct rule_program *program = &builder->program;
    for (uint32_t i = 0; i < program->atom_count; i++) {
        const struct rule_atom *other = &builder->atoms[i];
        if (other->field == atom->field && other->view == atom->view && other->op == atom->op &&
            other->flags == atom->flags && str_equal(other->pattern, atom->pattern)) {
            return i;
        }
    }
    mem_grow(&builder->atoms, &builder->atom_room, program->atom_count + 1, sizeof *builder->atoms);
    builder->atoms[program->atom_count] = *atom;
    return (uint32_t)program->atom_count++;
}

const struct rule_node *builder_atom(struct builder *builder, const char *field,
                                     enum text_view_kind view, enum rule_op op, unsigned flags,
                                     struct str pattern)
{
    struct rule_atom atom = {.field = field_index(builder, field),
                             .view = view,
                             .op = op,
                             .flags = flags,
                             .pattern = copy_pattern(builder, op, pattern)};
    struct rule_node *node = need(arena_alloc(builder->arena, sizeof *node));
    node->kind = RULE_NODE_ATOM;
    node->atom = atom_index(builder, &atom);
    return node;
}

const struct rule_node *builder_node(struct builder *builder, enum rule_node_kind kind,
                                     const struct rule_node *const *children, size_t count)
{
    struct rule_node *node = need(arena_alloc(builder->arena, sizeof *node));
    node->kind = kind;
    node->children = need(arena_array(builder->arena, count, sizeof(*node->children)));
    node->child_count = count;
    for (size_t i = 0; i < count; i++) {
        node->children[i] = children[i];
    }
    return node;
}

void builder_rule(struct builder *builder, enum rule_class class, const struct rule_node *condition)
{
    struct rule_program *program = &builder->program;
    struct rule *rule = need(arena_alloc(builder->arena, sizeof *rule));
    char id[24];
    snprintf(id, sizeof id, "%zu", program->rule_count);
    rule->id = str_of(need(arena_copy(builder->arena, id, strlen(id))));
    rule->class = class;
    rule->condition = condition;
    mem_grow(&builder->list, &builder->list_room, program->rule_count + 1, sizeof(*builder->list));
    builder->list[program->rule_count++] = rule;
}

const struct rule_program *builder_program(struct builder *builder)
{
    builder->program.fields = builder->fields;
    builder->program.atoms = builder->atoms;
    builder->program.rules = builder->list;
    return &builder->program;
}
