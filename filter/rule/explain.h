/* Why a rule matches a post, or does not: which parts of its condition are true of it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/rule/match.h"
#include "filter/rule/program.h"

struct err;

/* One rule of a program taken apart; not for the hot path. */
struct rule_explain;

/* `program` and `rule`, which is one of it, must outlive what is returned. NULL with `err`. */
MUST_CHECK struct rule_explain *rule_explain_new(const struct rule_program *program,
                                                 const struct rule *rule, struct err *err);
void rule_explain_free(struct rule_explain *explain); /* NULL is fine */

/* Matches every atom of the rule against `post`; the answers stand until the next call. */
MUST_CHECK bool rule_explain_post(struct rule_explain *explain, const struct post *post,
                                  struct err *err);

/* Whether a node of the rule's condition is true of that post. */
bool rule_explain_node(const struct rule_explain *explain, const struct rule_node *node);

/* Where atom `atom` (an index into the program) was found; returns how many spans. */
size_t rule_explain_spans(const struct rule_explain *explain, uint32_t atom,
                          const struct rule_span **spans);
