/* Values with placeholders: %name% stands for each value of a list (Sigma, "Placeholders"). */
#include "filter/base/buf.h"
#include "filter/base/yaml.h"
#include "filter/rule/atoms.h"
#include "filter/rule/compiler.h"
#include "filter/rule/findings.h"
#include "filter/rule/key.h"
#include "filter/rule/lists.h"

enum { MOST_LISTS = 3 /* in one value */ };

/*
 * The first name between two unescaped '%' of `text`, from `start` to `end`; false if there is
 * none. A name has no space in it, so that "5% of %name%" holds one.
 */
static bool find_placeholder(struct str text, size_t *start, size_t *end)
{
    bool is_open = false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '\\') {
            i++;
            is_open = false;
        } else if (text.at[i] == '%' && is_open && i > *start + 1) {
            *end = i;
            return true;
        } else if (text.at[i] == '%') {
            *start = i;
            is_open = true;
        } else if (text.at[i] == ' ') {
            is_open = false;
        }
    }
    return false;
}

static const struct rule_list *find_list(struct rule_compiler *compiler,
                                         const struct yaml_node *node, struct str name)
{
    const struct rule_list *list = rule_lists_get(compiler->lists, name);
    if (list != NULL && list->count > 0) {
        return list;
    }
    const struct rule_list *near = rule_lists_nearest(compiler->lists, name);
    if (list != NULL) {
        rule_fault(compiler->findings, node->line, node->column,
                   "list '%.*s' is empty; put one value a line into lists/%.*s.txt",
                   STR_FORMAT(rule_shown(name)), STR_FORMAT(rule_shown(name)));
    } else if (near != NULL) {
        rule_fault(compiler->findings, node->line, node->column,
                   "there is no list '%.*s'; did you mean '%%%.*s%%'?",
                   STR_FORMAT(rule_shown(name)), STR_FORMAT(rule_shown(near->name)));
    } else {
        rule_fault(compiler->findings, node->line, node->column,
                   "there is no list '%.*s'; it would be lists/%.*s.txt in one of the folders",
                   STR_FORMAT(rule_shown(name)), STR_FORMAT(rule_shown(name)));
    }
    return NULL;
}

/* `\%` is a plain one where placeholders are read. */
static void put_unpercent(struct str text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '\\' && i + 1 < text.len && text.at[i + 1] != '%') {
            buf_put_char(out, text.at[i++]);
        } else if (text.at[i] == '\\' && i + 1 < text.len) {
            i++;
        }
        buf_put_char(out, text.at[i]);
    }
}

struct expanding {
    struct rule_compiler *compiler;
    const struct rule_key *key;
    uint32_t field;
    const struct yaml_node *node;
    struct rule_parts *parts;
    struct buf value;
};

/* Of posts: the product of two lists is a rule that nobody can read. */
static bool check_placeholders(struct rule_compiler *compiler, const struct yaml_node *node)
{
    size_t start = 0, end = 0, lists = 0;
    for (struct str rest = node->text; find_placeholder(rest, &start, &end); lists++) {
        rest = str_part(rest, end + 1, rest.len);
    }
    if (lists == 0 && compiler->is_strict) {
        rule_warn(compiler->findings, node->line, node->column,
                  "'expand' finds no list's name between percent signs, as '%%bank_names%%', so "
                  "this is matched as it is");
    }
    size_t most = compiler->reads_events ? MOST_LISTS : 1;
    return lists <= most ||
           rule_fault(compiler->findings, node->line, node->column,
                      "%zu lists in one value; write two values, or a list of the pairs", lists);
}

/*
 * `text`, the rest of a value of which e->value is the front, with each value of the list that each
 * of its placeholders names. There are few placeholders. NOLINTNEXTLINE(misc-no-recursion)
 */
static bool put_expanded(struct expanding *e, struct str text)
{
    size_t start = 0, end = 0, front = e->value.len;
    if (!find_placeholder(text, &start, &end)) {
        put_unpercent(text, &e->value);
        return rule_item_text(e->compiler, e->key, e->field, e->node, buf_str(&e->value), e->parts);
    }
    const struct rule_list *list = find_list(e->compiler, e->node, str_part(text, start + 1, end));
    bool done = list != NULL;
    for (size_t i = 0; done && i < list->count; i++) {
        e->value.len = front;
        put_unpercent(str_part(text, 0, start), &e->value);
        buf_put_str(&e->value, list->values[i]);
        done = put_expanded(e, str_part(text, end + 1, text.len));
    }
    return done;
}

bool rule_expand(struct rule_compiler *compiler, const struct rule_key *key, uint32_t field,
                 const struct yaml_node *node, struct rule_parts *parts)
{
    struct expanding e = {.compiler = compiler,
                          .key = key,
                          .field = field,
                          .node = node,
                          .parts = parts,
                          .value = BUF_EMPTY};
    bool done = check_placeholders(compiler, node) && put_expanded(&e, node->text);
    buf_fini(&e.value);
    return done;
}
