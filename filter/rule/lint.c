/* What is sound but does no good. */
#include "filter/base/yaml.h"
#include "filter/rule/atoms.h"
#include "filter/rule/compiler.h"
#include "filter/rule/findings.h"
#include "filter/rule/program.h"

/* Which searches are true in the row of a truth table, bit by bit. */
struct row {
    unsigned bits;
    uint32_t columns[12]; /* the searches */
    size_t count;
};

static bool true_in_row(const void *context, uint32_t search)
{
    const struct row *row = context;
    for (size_t i = 0; i < row->count; i++) {
        if (row->columns[i] == search) {
            return (row->bits >> i & 1) != 0;
        }
    }
    return false;
}

/* A condition that is sound but does no good: plain Sigma has such, our rules may not. */
static void lint(struct rule_compiler *compiler, const struct yaml_node *node, const char *message)
{
    if (compiler->is_strict) {
        rule_fault(compiler->findings, node->line, node->column, "%s", message);
    } else {
        rule_warn(compiler->findings, node->line, node->column, "%s", message);
    }
}

bool rule_lint_table(struct rule_compiler *compiler, const struct rule_searches *searches,
                     const struct yaml_node *node, const struct rule_node *tree)
{
    struct row row = {.count = 0};
    for (size_t i = 0; i < searches->count; i++) {
        if (searches->items[i].is_used && row.count == sizeof row.columns / sizeof *row.columns) {
            return true; /* too many rows to try */
        }
        if (searches->items[i].is_used) {
            row.columns[row.count++] = (uint32_t)i;
        }
    }
    bool is_ever = false, is_always = true;
    for (; row.bits < 1U << row.count && (is_always || !is_ever); row.bits++) {
        bool is_true = rule_node_true(tree, true_in_row, &row);
        is_ever = is_ever || is_true;
        is_always = is_always && is_true;
    }
    if (is_always) {
        lint(compiler, node,
             "condition: always true, whatever a post says; drop the 'or not' that makes it so");
    } else if (!is_ever) {
        lint(compiler, node, "condition: never true; drop the 'and not' that makes it so");
    }
    return !is_always;
}

static bool true_of_nothing(const void *context, uint32_t index)
{
    const struct rule_atom *atom = &((const struct rule_atoms *)context)->items[index];
    return atom->op == RULE_EXISTS && str_is(atom->pattern, "false");
}

void rule_lint_negation(struct rule_compiler *compiler, const struct yaml_node *node,
                        const struct rule_node *tree)
{
    if (rule_node_true(tree, true_of_nothing, compiler->atoms)) {
        lint(compiler, node,
             "condition: true of a post in which nothing of this rule is found; name something "
             "that must be there");
    }
}

void rule_lint_unused(struct rule_compiler *compiler, const struct rule_searches *searches)
{
    for (size_t i = 0; i < searches->count; i++) {
        const struct rule_search *search = &searches->items[i];
        if (!search->is_used && !(search->name.len > 0 && search->name.at[0] == '_')) {
            rule_warn(compiler->findings, search->line, search->column,
                      "'%.*s' is not used in the condition; use it or take it out",
                      STR_FORMAT(rule_shown(search->name)));
        }
    }
}
