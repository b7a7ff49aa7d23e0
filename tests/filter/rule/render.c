#include "tests/filter/rule/render.h"

static void render_atom(const struct rule_program *program, const struct rule_atom *atom,
                        struct buf *out)
{
    static const char *const views[] = {
        [TEXT_RAW] = "@raw", [TEXT_FOLDED] = "", [TEXT_SKELETON] = "@skeleton"};
    static const char signs[] = {
        [RULE_GLOB] = ':',    [RULE_WORDS] = '~', [RULE_REGEX] = '/', [RULE_EXISTS] = '?',
        [RULE_COMPARE] = ' ', [RULE_NULL] = '=',  [RULE_CIDR] = '%',  [RULE_FIELDREF] = '&'};
    buf_put_str(out, program->fields[atom->field]);
    buf_put_string(out, views[atom->view]);
    buf_put_char(out, signs[atom->op]);
    if (atom->op == RULE_COMPARE) {
        static const char *const date_parts[] = {
            [RULE_WHOLE] = "",    [RULE_MINUTE] = "minute ", [RULE_HOUR] = "hour ",
            [RULE_DAY] = "day ",  [RULE_WEEK] = "week ",     [RULE_MONTH] = "month ",
            [RULE_YEAR] = "year "};
        static const char *const relations[] = {[RULE_EQUAL] = "=",
                                                [RULE_LESS] = "<",
                                                [RULE_AT_MOST] = "<=",
                                                [RULE_MORE] = ">",
                                                [RULE_AT_LEAST] = ">="};
        buf_printf(out, "%s%s", date_parts[RULE_DATE_PART(atom->flags)],
                   relations[RULE_RELATION(atom->flags)]);
    }
    if (atom->op == RULE_FIELDREF) {
        buf_put_string(out, (atom->flags & RULE_REF_CONTAINS) != 0 ? "*"
                            : (atom->flags & RULE_REF_STARTS) != 0 ? "^"
                            : (atom->flags & RULE_REF_ENDS) != 0   ? "$"
                                                                   : "");
    }
    for (size_t i = 0; i < atom->pattern.len; i++) {
        char c = atom->pattern.at[i];
        if (atom->op == RULE_GLOB && (c == '*' || c == '?')) {
            buf_put_char(out, '\\');
        }
        buf_put_char(out, c == RULE_ANY_RUN ? '*' : c == RULE_ANY_ONE ? '?' : c);
    }
    if (atom->op != RULE_REGEX && atom->op != RULE_COMPARE) {
        buf_printf(out, "%s%s", (atom->flags & RULE_CASELESS) != 0 ? "/i" : "",
                   (atom->flags & RULE_IS_NUMBER) != 0 ? "#" : "");
    }
    if (atom->op == RULE_REGEX) {
        buf_printf(out, "/%s%s%s", (atom->flags & RULE_REGEX_I) != 0 ? "i" : "",
                   (atom->flags & RULE_REGEX_M) != 0 ? "m" : "",
                   (atom->flags & RULE_REGEX_S) != 0 ? "s" : "");
    }
}

void render_node(const struct rule_program *program, const struct rule_node *node, struct buf *out)
{
    switch (node->kind) {
    case RULE_NODE_ATOM:
        render_atom(program, &program->atoms[node->atom], out);
        return;
    case RULE_NODE_NOT:
        buf_put_string(out, "not ");
        render_node(program, node->children[0], out);
        return;
    case RULE_NODE_AND:
    case RULE_NODE_OR:
        break;
    }
    buf_put_char(out, '(');
    for (size_t i = 0; i < node->child_count; i++) {
        if (i > 0) {
            buf_put_string(out, node->kind == RULE_NODE_AND ? " and " : " or ");
        }
        render_node(program, node->children[i], out);
    }
    buf_put_char(out, ')');
}
