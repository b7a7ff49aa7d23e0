/* Texts out of a rule's document, checked and copied. */
#include <utf8proc.h>

#include "filter/base/arena.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/yaml.h"
#include "filter/rule/findings.h"
#include "filter/rule/loader.h"
#include "filter/rule/nearest.h"

bool rule_copy(struct rule_reading *in, const struct yaml_node *node, struct str text,
               struct str *out)
{
    out->at = arena_copy(in->loader->compiler.atoms->arena, text.len > 0 ? text.at : "", text.len);
    out->len = text.len;
    return out->at != NULL ||
           rule_fault(in->findings, node->line, node->column, "the rules are too large");
}

/* The first character that is not there to be seen, or that moves others; 0 if there is none. */
static utf8proc_int32_t find_hidden(struct str text)
{
    for (size_t at = 0; at < text.len;) {
        utf8proc_int32_t c;
        utf8proc_ssize_t len = utf8proc_iterate((const utf8proc_uint8_t *)text.at + at,
                                                (utf8proc_ssize_t)(text.len - at), &c);
        if (len <= 0) {
            return (unsigned char)text.at[at];
        }
        at += (size_t)len;
        utf8proc_category_t category = utf8proc_category(c);
        bool is_hidden = category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF ||
                         category == UTF8PROC_CATEGORY_CN || category == UTF8PROC_CATEGORY_CO ||
                         category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
        if (is_hidden && c != '\n' && c != '\t') {
            return c;
        }
    }
    return 0;
}

bool rule_take(struct rule_reading *in, const char *name, const char *must, struct str *out)
{
    const struct yaml_node *node = yaml_get(in->root, name);
    struct err err = ERR_NONE;
    if (node == NULL) {
        return must == NULL || !in->is_strict ||
               rule_fault(in->findings, in->root->line, in->root->column, "no %s; %s", name, must);
    }
    if (node->kind == YAML_SCALAR && node->text.len == 0) {
        return !in->is_strict ||
               rule_fault(in->findings, node->line, node->column, "'%s' is empty; %s", name,
                          must != NULL ? must : "fill it in or take it out");
    }
    if (!yaml_text(node, out, &err)) {
        return rule_fault_err(in->findings, &err);
    }
    /* People judge by these words, on a page, in a terminal, beside what they sign. */
    utf8proc_int32_t hidden = in->is_strict ? find_hidden(*out) : 0;
    if (hidden != 0) {
        return rule_fault(in->findings, node->line, node->column,
                          "'%s' holds a control or invisible character (U+%04X); take it out", name,
                          (unsigned)hidden);
    }
    return rule_copy(in, node, *out, out);
}

static bool put_once(struct rule_reading *in, const struct yaml_node *node, const char *what,
                     struct str *items, size_t *count)
{
    struct str text = STR("");
    struct err err = ERR_NONE;
    if (node->kind != YAML_SCALAR || node->type == YAML_NULL || node->text.len == 0) {
        return rule_fault(in->findings, node->line, node->column, "%s must be texts, not %s", what,
                          node->kind == YAML_SCALAR ? "empty" : yaml_describe(node));
    }
    if (!yaml_text(node, &text, &err)) {
        return rule_fault_err(in->findings, &err);
    }
    for (size_t i = 0; i < *count; i++) {
        if (str_equal(items[i], text)) {
            return rule_fault(in->findings, node->line, node->column,
                              "'%.*s' stands there twice; once is enough",
                              STR_FORMAT(rule_shown(text)));
        }
    }
    return rule_copy(in, node, text, &items[(*count)++]);
}

bool rule_take_list(struct rule_reading *in, const struct yaml_node *node, const char *what,
                    struct str **out, size_t *count)
{
    enum { MOST = 1000 };
    size_t most = node->kind == YAML_LIST ? node->count : 1;
    *count = 0;
    if (node->kind == YAML_MAP || most == 0 || most > MOST) {
        return rule_fault(in->findings, node->line, node->column,
                          "%s must be a list of 1 to %d texts", what, (int)MOST);
    }
    *out = arena_array(in->loader->compiler.atoms->arena, most, sizeof **out);
    if (*out == NULL) {
        return rule_fault(in->findings, node->line, node->column, "the rules are too large");
    }
    if (node->kind == YAML_SCALAR) {
        return put_once(in, node, what, *out, count);
    }
    bool done = true;
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        done = put_once(in, item, what, *out, count) && done;
    }
    return done;
}

bool rule_take_name(struct rule_reading *in, const char *name, const char *must,
                    const char *const *names, struct str *out)
{
    if (!rule_take(in, name, must, out)) {
        return false;
    }
    if (out->len == 0 || rule_is_one_of(*out, names)) {
        return true;
    }
    const struct yaml_node *node = yaml_get(in->root, name);
    const char *near = rule_nearest(*out, names);
    struct buf all = BUF_EMPTY;
    for (const char *const *one = names; *one != NULL; one++) {
        buf_printf(&all, "%s%s", one == names ? "" : one[1] == NULL ? " or " : ", ", *one);
    }
    rule_fault(in->findings, node->line, node->column, "%s '%.*s' is unknown; %s%s", name,
               STR_FORMAT(rule_shown(*out)), near != NULL ? "did you mean " : "it is ",
               near != NULL ? near : all.bytes);
    buf_fini(&all);
    return false;
}

bool rule_is_one_of(struct str text, const char *const *names)
{
    while (*names != NULL && !str_is(text, *names)) {
        names++;
    }
    return *names != NULL;
}
