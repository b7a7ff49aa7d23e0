#include "filter/base/arena.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/yaml.h"
#include "filter/rule/atoms.h"
#include "filter/rule/cidr.h"
#include "filter/rule/compiler.h"
#include "filter/rule/findings.h"
#include "filter/rule/key.h"
#include "filter/rule/limits.h"
#include "filter/rule/nearest.h"
#include "filter/rule/program.h"
#include "filter/rule/regex.h"
#include "filter/rule/value.h"

enum { TRIED_ERRORS = 20, TRIED_SLOW = 100 };

bool rule_item_put(struct rule_compiler *compiler, const struct yaml_node *node,
                   const struct rule_atom *atom, struct rule_parts *parts)
{
    struct rule_part part = {.node = NULL};
    if (parts->count == RULE_VALUES_MAX) {
        return rule_fault(compiler->findings, node->line, node->column,
                          "more than %d values in one place; split the rule", (int)RULE_VALUES_MAX);
    }
    if (!rule_node_atom(compiler->atoms->arena, rule_atoms_intern(compiler->atoms, atom), &part)) {
        return rule_fault_full(compiler, node);
    }
    rule_parts_put(parts, part);
    return true;
}

bool rule_item_fail(struct rule_compiler *compiler, const struct yaml_node *node, struct str value,
                    const struct err *err)
{
    if (str_equal(value, node->text)) {
        return rule_fault(compiler->findings, node->line, node->column, "'%.*s': %s",
                          STR_FORMAT(rule_shown(value)), err->message);
    }
    return rule_fault(compiler->findings, node->line, node->column, "'%.*s' of '%.*s': %s",
                      STR_FORMAT(rule_shown(value)), STR_FORMAT(rule_shown(node->text)),
                      err->message);
}

static bool is_word_at(struct str text, size_t at)
{
    unsigned char c = (unsigned char)text.at[at];
    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || c == '_';
}

static bool has_wildcard(struct str glob)
{
    return memchr(glob.at, RULE_ANY_RUN, glob.len) != NULL ||
           memchr(glob.at, RULE_ANY_ONE, glob.len) != NULL;
}

static bool words_pattern(enum text_view_kind view, struct str glob, struct arena *arena,
                          struct str *pattern, struct err *err)
{
    struct str text = str_trim(glob);
    bool has_word = false;
    if (has_wildcard(text)) {
        return err_set(err, "'words' matches whole words as they are; for * and ? use contains, or "
                            "escape them as \\* and \\?");
    }
    for (size_t i = 0; i < text.len; i++) {
        has_word = has_word || is_word_at(text, i);
    }
    if (!has_word) {
        return err_set(err, "'words' needs a letter or digit; for other signs use contains");
    }
    return rule_value_fold(view, text, arena, pattern, err);
}

/* The glob with the wildcards that contains, startswith or endswith put around it. */
static void put_around(const struct rule_key *key, struct str glob, struct buf *out)
{
    bool is_keyword = key->field.len == 0 && !rule_key_has(key, RULE_MODIFIER_STARTSWITH) &&
                      !rule_key_has(key, RULE_MODIFIER_ENDSWITH);
    bool is_open = is_keyword || rule_key_has(key, RULE_MODIFIER_CONTAINS);
    if ((is_open || rule_key_has(key, RULE_MODIFIER_ENDSWITH)) &&
        (glob.len == 0 || glob.at[0] != RULE_ANY_RUN)) {
        buf_put_char(out, RULE_ANY_RUN);
    }
    buf_put_str(out, glob);
    if ((is_open || rule_key_has(key, RULE_MODIFIER_STARTSWITH)) &&
        (out->len == 0 || out->bytes[out->len - 1] != RULE_ANY_RUN)) {
        buf_put_char(out, RULE_ANY_RUN);
    }
}

static bool is_post_text(const struct rule_key *key)
{
    return str_is(key->field, "text") || str_is(key->field, "title");
}

/* Globs that are sound, and hardly what the writer wanted. */
static void check_glob(struct rule_compiler *compiler, const struct yaml_node *node,
                       const struct rule_key *key, struct str pattern)
{
    if (!compiler->is_strict) {
        return;
    }
    if (pattern.len == 1 && pattern.at[0] == RULE_ANY_RUN) {
        rule_warn(compiler->findings, node->line, node->column,
                  "'*' matches every post that has this field; write what it must hold, or exists");
    } else if (is_post_text(key) && !has_wildcard(pattern)) {
        rule_warn(compiler->findings, node->line, node->column,
                  "this matches only a post that says '%.*s' and nothing else; use words or "
                  "contains",
                  STR_FORMAT(rule_shown(node->text)));
    }
}

static enum text_view_kind view_of(const struct rule_compiler *compiler, const struct rule_key *key)
{
    return compiler->reads_events ? TEXT_RAW : rule_key_view(key);
}

/* One text with its wildcards read, as an atom; `value` is how the rule or list has it. */
static bool put_glob(struct rule_compiler *compiler, const struct rule_key *key, uint32_t field,
                     const struct yaml_node *node, struct str value, struct str glob,
                     struct rule_parts *parts)
{
    struct err err = ERR_NONE;
    struct rule_atom atom = {.field = field, .view = view_of(compiler, key), .op = RULE_GLOB};
    bool done;
    if (compiler->reads_events) {
        atom.flags = rule_event_flags(key, node);
    }
    if (rule_key_has(key, RULE_MODIFIER_WORDS)) {
        atom.op = RULE_WORDS;
        done = words_pattern(atom.view, glob, compiler->atoms->arena, &atom.pattern, &err);
    } else {
        struct buf around = BUF_EMPTY;
        put_around(key, glob, &around);
        done = rule_value_fold(atom.view, buf_str(&around), compiler->atoms->arena, &atom.pattern,
                               &err);
        buf_fini(&around);
        if (done) {
            check_glob(compiler, node, key, atom.pattern);
        }
    }
    if (done && (atom.flags & RULE_CASELESS) != 0 &&
        !rule_value_caseless(atom.pattern, compiler->atoms->arena, &atom.pattern)) {
        return rule_fault_full(compiler, node);
    }
    return done ? rule_item_put(compiler, node, &atom, parts)
                : rule_item_fail(compiler, node, value, &err);
}

static bool put_exists(struct rule_compiler *compiler, uint32_t field, const struct yaml_node *node,
                       bool exists, struct rule_parts *parts)
{
    struct rule_atom atom = {.field = field,
                             .view = TEXT_RAW,
                             .op = RULE_EXISTS,
                             .pattern = exists ? STR("true") : STR("false")};
    return rule_item_put(compiler, node, &atom, parts);
}

/* A null of a rule for events. */
static bool put_null(struct rule_compiler *compiler, const struct rule_key *key, uint32_t field,
                     const struct yaml_node *node, struct rule_parts *parts)
{
    struct rule_atom atom = {
        .field = field, .view = TEXT_RAW, .op = RULE_NULL, .pattern = STR("null")};
    uint64_t fine = UINT64_C(1) << RULE_MODIFIER_NEQ | UINT64_C(1) << RULE_MODIFIER_ALL |
                    UINT64_C(1) << RULE_MODIFIER_CASED;
    if ((key->modifiers & ~fine) != 0 || key->field.len == 0) {
        return rule_fault(
            compiler->findings, node->line, node->column,
            "null is a field without a value, so no modifier fits it; write '' for an "
            "empty text");
    }
    return rule_item_put(compiler, node, &atom, parts);
}

static bool put_regex(struct rule_compiler *compiler, const struct rule_key *key, uint32_t field,
                      const struct yaml_node *node, struct str pattern, struct rule_parts *parts)
{
    struct err err = ERR_NONE, warning = ERR_NONE;
    struct rule_atom atom = {.field = field,
                             .view = view_of(compiler, key),
                             .op = RULE_REGEX,
                             .flags = (rule_key_has(key, RULE_MODIFIER_I) ? RULE_REGEX_I : 0U) |
                                      (rule_key_has(key, RULE_MODIFIER_M) ? RULE_REGEX_M : 0U) |
                                      (rule_key_has(key, RULE_MODIFIER_S) ? RULE_REGEX_S : 0U)};
    /* A load that has failed so often need not find out what else explodes; nor is slow. */
    enum rule_regex_trial trial = compiler->findings->errors >= TRIED_ERRORS ? RULE_NOT_TRIED
                                  : compiler->findings->slow >= TRIED_SLOW   ? RULE_TRIED_EXPLODING
                                                                             : RULE_TRIED_SLOW_TOO;
    if (!rule_regex_check(pattern, atom.flags, trial, &warning, &err)) {
        return rule_fault(compiler->findings, node->line, node->column, "regex '%.*s': %s",
                          STR_FORMAT(rule_shown(pattern)), err.message);
    }
    compiler->findings->slow += err_is_set(&warning);
    rule_regex_check_view(pattern, atom.view, compiler->atoms->arena, &warning);
    if (err_is_set(&warning)) {
        rule_warn(compiler->findings, node->line, node->column, "regex '%.*s': %s",
                  STR_FORMAT(rule_shown(pattern)), warning.message);
    }
    atom.pattern.at = arena_copy(compiler->atoms->arena, pattern.at, pattern.len);
    atom.pattern.len = pattern.len;
    return atom.pattern.at != NULL ? rule_item_put(compiler, node, &atom, parts)
                                   : rule_fault_full(compiler, node);
}

static bool put_cidr(struct rule_compiler *compiler, uint32_t field, const struct yaml_node *node,
                     struct rule_parts *parts)
{
    struct arena *arena = compiler->atoms->arena;
    struct rule_atom atom = {.field = field, .view = TEXT_RAW, .op = RULE_CIDR};
    struct rule_cidr range;
    struct err err = ERR_NONE;
    if (!rule_cidr_parse(node->text, &range, &err)) {
        return rule_item_fail(compiler, node, node->text, &err);
    }
    atom.pattern.at = arena_copy(arena, node->text.at, node->text.len);
    atom.pattern.len = node->text.len;
    return atom.pattern.at != NULL ? rule_item_put(compiler, node, &atom, parts)
                                   : rule_fault_full(compiler, node);
}

bool rule_item_text(struct rule_compiler *compiler, const struct rule_key *key, uint32_t field,
                    const struct yaml_node *node, struct str value, struct rule_parts *parts)
{
    struct err err = ERR_NONE;
    struct buf glob = BUF_EMPTY;
    struct rule_texts texts = {.items = NULL};
    if (compiler->reads_events && rule_event_compares(key)) {
        return rule_event_atom(compiler, key, field, node, value, parts);
    }
    rule_value_unescape(value, &glob);
    bool done = rule_encode(key, buf_str(&glob), &texts, &err) ||
                rule_item_fail(compiler, node, value, &err);
    for (size_t i = 0; done && i < texts.count; i++) {
        done = put_glob(compiler, key, field, node, value, buf_str(&texts.items[i]), parts);
    }
    rule_texts_fini(&texts);
    buf_fini(&glob);
    return done;
}

/* All that one scalar stands for, joined by OR. */
static bool compile_value(struct rule_compiler *compiler, const struct rule_key *key,
                          uint32_t field, const struct yaml_node *node, struct rule_part *out)
{
    struct rule_parts parts = {.items = NULL};
    bool done;
    if (node->kind != YAML_SCALAR) {
        done = rule_fault(compiler->findings, node->line, node->column,
                          "%s where a value belongs; write a text, or a list of texts",
                          yaml_describe(node));
    } else if (node->text.len > RULE_VALUE_MAX) {
        done = rule_fault(compiler->findings, node->line, node->column,
                          "a value of %zu bytes; at most %d are matched", node->text.len,
                          (int)RULE_VALUE_MAX);
    } else if (rule_key_has(key, RULE_MODIFIER_EXISTS)) {
        bool exists = false;
        struct err err = ERR_NONE;
        done = yaml_bool(node, &exists, &err)
                   ? put_exists(compiler, field, node, exists, &parts)
                   : rule_fault(compiler->findings, node->line, node->column,
                                "'exists' is true or false, not %s", yaml_describe(node));
    } else if (compiler->reads_events && node->type == YAML_NULL) {
        done = put_null(compiler, key, field, node, &parts);
    } else if (!compiler->reads_events && (node->type == YAML_NULL || node->text.len == 0)) {
        done = key->modifiers == 0 || key->modifiers == UINT64_C(1) << RULE_MODIFIER_NEQ
                   ? put_exists(compiler, field, node, false, &parts)
                   : rule_fault(compiler->findings, node->line, node->column,
                                "an empty value with a modifier matches nothing or everything; "
                                "fill it in");
    } else if (rule_key_has(key, RULE_MODIFIER_RE)) {
        done = put_regex(compiler, key, field, node, node->text, &parts);
    } else if (rule_key_has(key, RULE_MODIFIER_CIDR) && !compiler->reads_events) {
        done = put_cidr(compiler, field, node, &parts);
    } else if (rule_key_has(key, RULE_MODIFIER_EXPAND)) {
        done = rule_expand(compiler, key, field, node, &parts);
    } else {
        done = rule_item_text(compiler, key, field, node, node->text, &parts);
    }
    if (done && !rule_node_join(compiler->atoms->arena, RULE_NODE_OR, &parts, out)) {
        done = rule_fault_full(compiler, node);
    }
    rule_parts_fini(&parts);
    return done;
}

static void warn_needless(struct rule_compiler *compiler, const struct yaml_node *node,
                          const struct rule_atom *narrow, const struct rule_atom *wide)
{
    struct buf text = BUF_EMPTY;
    const struct rule_atom *both[] = {narrow, wide};
    buf_put_char(&text, '\'');
    for (size_t i = 0; i < 2; i++) {
        struct str shown = rule_shown(both[i]->pattern);
        for (size_t at = 0; at < shown.len; at++) {
            char c = shown.at[at];
            buf_put_char(&text, c == RULE_ANY_RUN ? '*' : c == RULE_ANY_ONE ? '?' : c);
        }
        buf_put_string(&text, i == 0 ? "' is needless: '" : "' beside it matches wherever it does");
    }
    rule_warn(compiler->findings, node->line, node->column, "%.*s; take it out",
              STR_FORMAT(buf_str(&text)));
    buf_fini(&text);
}

/*
 * A value that is there already, perhaps spelled otherwise, or that another one makes needless;
 * long lists are not walked.
 */
static void check_twice(struct rule_compiler *compiler, const struct yaml_node *node,
                        const struct rule_parts *parts, struct rule_part part, bool is_any)
{
    enum { FEW = 500 };
    const struct rule_atom *atoms = compiler->atoms->items;
    if (!compiler->is_strict || part.node->kind != RULE_NODE_ATOM || parts->count > FEW) {
        return;
    }
    for (size_t i = 0; i < parts->count; i++) {
        const struct rule_node *other = parts->items[i].node;
        if (other->kind == RULE_NODE_ATOM && other->atom == part.node->atom) {
            rule_warn(compiler->findings, node->line, node->column,
                      "'%.*s' is in this list already, once folded; take it out",
                      STR_FORMAT(rule_shown(node->text)));
            return;
        }
        if (!is_any || other->kind != RULE_NODE_ATOM) {
            continue;
        }
        const struct rule_atom *one = &atoms[part.node->atom], *two = &atoms[other->atom];
        bool is_needless = rule_atom_is_needless(one, two);
        if (is_needless || rule_atom_is_needless(two, one)) {
            warn_needless(compiler, node, is_needless ? one : two, is_needless ? two : one);
            return;
        }
    }
}

static bool compile_values(struct rule_compiler *compiler, const struct rule_key *key,
                           uint32_t field, const struct yaml_node *node, struct rule_parts *parts)
{
    struct rule_part part = {.node = NULL};
    if (node->kind == YAML_SCALAR) {
        bool done = compile_value(compiler, key, field, node, &part);
        if (done) {
            rule_parts_put(parts, part);
        }
        return done;
    }
    if (node->kind == YAML_MAP) {
        return rule_fault(compiler->findings, node->line, node->column,
                          "a map below a field; write the inner name into the key, as link.host");
    }
    if (node->count == 0) {
        return rule_fault(compiler->findings, node->line, node->column,
                          "'%.*s' has no values and would never match; write at least one",
                          STR_FORMAT(rule_shown(node->key)));
    }
    bool done = true;
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        if (compile_value(compiler, key, field, item, &part)) {
            check_twice(compiler, item, parts, part, !rule_key_has(key, RULE_MODIFIER_ALL));
            rule_parts_put(parts, part);
        } else {
            done = false;
        }
    }
    return done;
}

static const char *const fields[] = {"text",     "title",     "author_name", "lang",      "source",
                                     "link.url", "link.host", "link.domain", "link.path", NULL};

static bool check_field(struct rule_compiler *compiler, const struct rule_key *key)
{
    if (!compiler->is_strict || key->field.len == 0) {
        return true;
    }
    if (str_is(key->field, "author_name") && !compiler->may_read_author) {
        return rule_fault(compiler->findings, key->line, key->column,
                          "'author_name' is for rules of class fraud only: nobody is watched for "
                          "who they are");
    }
    for (const char *const *field = fields; *field != NULL; field++) {
        if (str_is(key->field, *field)) {
            return true;
        }
    }
    const char *near = rule_nearest(key->field, fields);
    rule_warn(compiler->findings, key->line, key->column,
              "unknown field '%.*s' matches nothing; %s%s%s", STR_FORMAT(rule_shown(key->field)),
              near != NULL ? "did you mean '" : "posts have text, title, author_name, lang, source",
              near != NULL ? near : ", link.url, link.host, link.domain and link.path",
              near != NULL ? "'?" : "");
    return true;
}

bool rule_item_compile(struct rule_compiler *compiler, const struct rule_key *key,
                       const struct yaml_node *node, struct rule_part *out)
{
    uint32_t field = 0;
    struct str name = key->field.len > 0 || compiler->reads_events ? key->field : STR("text");
    struct rule_parts parts = {.items = NULL};
    if (!check_field(compiler, key)) {
        return false;
    }
    if (!rule_atoms_field(compiler->atoms, name, &field)) {
        return rule_fault_full(compiler, node);
    }
    bool is_all = rule_key_has(key, RULE_MODIFIER_ALL);
    bool done = compile_values(compiler, key, field, node, &parts);
    if (done && is_all && node->kind == YAML_SCALAR) {
        rule_warn(compiler->findings, key->line, key->column,
                  "'all' with a single value does nothing; drop it, or list several values");
    }
    if (done && (!rule_node_join(compiler->atoms->arena, is_all ? RULE_NODE_AND : RULE_NODE_OR,
                                 &parts, out) ||
                 (rule_key_has(key, RULE_MODIFIER_NEQ) &&
                  !rule_node_not(compiler->atoms->arena, *out, out)))) {
        done = rule_fault_full(compiler, node);
    }
    rule_parts_fini(&parts);
    return done;
}
