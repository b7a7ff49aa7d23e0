/* A program as text, so that a table of tests can say what a rule means. */
#pragma once

#include "filter/base/buf.h"
#include "filter/rule/program.h"

/*
 * "(text:*a* and not title~b)": field, then ':' glob, '~' words, '/' regex, '?' exists, with
 * "@raw" or "@skeleton" before the sign where the view is not the folded one. Wildcards are shown
 * as * and ?; those that were escaped as \* and \?.
 */
void render_node(const struct rule_program *program, const struct rule_node *node, struct buf *out);
