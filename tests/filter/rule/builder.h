/* Programs made by hand, without the language, for tests of the engine. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "filter/rule/program.h"
#include "filter/rule/rule.h"

struct builder;

struct builder *builder_new(void);
void builder_free(struct builder *builder);

/* An atom, as a node; equal ones are one. The pattern is copied; in a glob '*' and '?' are wild. */
const struct rule_node *builder_atom(struct builder *builder, const char *field,
                                     enum text_view_kind view, enum rule_op op, unsigned flags,
                                     struct str pattern);

/* AND, OR or NOT of `count` nodes. */
const struct rule_node *builder_node(struct builder *builder, enum rule_node_kind kind,
                                     const struct rule_node *const *children, size_t count);

/* A rule; its id is its number. */
void builder_rule(struct builder *builder, enum rule_class class,
                  const struct rule_node *condition);

/* All of it; stands until the builder is freed. */
const struct rule_program *builder_program(struct builder *builder);
