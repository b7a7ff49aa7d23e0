#include <assert.h>
#include <strings.h>

#include "filter/base/buf.h"
#include "filter/base/yaml.h"
#include "filter/rule/atoms.h"
#include "filter/rule/compiler.h"
#include "filter/rule/findings.h"
#include "filter/rule/limits.h"
#include "filter/rule/nearest.h"
#include "filter/rule/program.h"

/* What a condition is made of; words are names, patterns and operators alike. */
enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_BAD };

struct token {
    enum token_kind kind;
    struct str text;
    size_t at;
};

struct parser {
    struct rule_compiler *compiler;
    struct rule_searches *searches;
    const struct yaml_node *node;
    struct str text;
    struct token token; /* the next one */
    unsigned depth;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_part(char c)
{
    return !is_space(c) && c != '(' && c != ')' && c != '|';
}

static void next(struct parser *in)
{
    size_t at = in->token.at + in->token.text.len;
    while (at < in->text.len && is_space(in->text.at[at])) {
        at++;
    }
    size_t end = at;
    enum token_kind kind = TOKEN_END;
    if (at < in->text.len && !is_part(in->text.at[at])) {
        end = at + 1;
        kind = in->text.at[at] == '('   ? TOKEN_OPEN
               : in->text.at[at] == ')' ? TOKEN_CLOSE
                                        : TOKEN_BAD;
    }
    while (kind == TOKEN_END && end < in->text.len && is_part(in->text.at[end])) {
        end++;
    }
    if (end > at && kind == TOKEN_END) {
        kind = TOKEN_WORD;
    }
    in->token = (struct token){.kind = kind, .text = str_part(in->text, at, end), .at = at};
}

/*
 * The column of byte `at` of the condition. Where the file does not have it letter for letter in
 * one line (a folded block), the column of its start is the best there is.
 */
static unsigned column_of(const struct parser *in, size_t at)
{
    struct str source = in->compiler->source;
    size_t start = 0;
    for (unsigned line = 1; line < in->node->line && start < source.len; line++) {
        const char *end = memchr(source.at + start, '\n', source.len - start);
        start = end != NULL ? (size_t)(end - source.at) + 1 : source.len;
    }
    start += in->node->column - 1;
    bool is_quoted = start < source.len && (source.at[start] == '\'' || source.at[start] == '"');
    start += is_quoted;
    if (start > source.len || at > source.len - start ||
        memcmp(source.at + start, in->text.at, at) != 0) {
        return in->node->column;
    }
    return in->node->column + is_quoted + (unsigned)at;
}

static bool fail_aggregation(struct parser *in)
{
    struct buf modern = BUF_EMPTY;
    rule_dropped_aggregation(str_part(in->text, in->token.at + 1, in->text.len),
                             in->searches->timeframe, &modern);
    bool done =
        rule_fault(in->compiler->findings, in->node->line, column_of(in, in->token.at),
                   "condition: '|' is not part of Sigma 2; %.*s", STR_FORMAT(buf_str(&modern)));
    buf_fini(&modern);
    return done;
}

static bool fail(struct parser *in, const char *right)
{
    bool is_end = in->token.kind == TOKEN_END;
    if (in->token.kind == TOKEN_BAD) {
        return fail_aggregation(in);
    }
    return rule_fault(in->compiler->findings, in->node->line, column_of(in, in->token.at),
                      "condition: %s%.*s%s; %s", is_end ? "the end" : "'",
                      STR_FORMAT(rule_shown(in->token.text)), is_end ? "" : "'", right);
}

static bool is_word(const struct parser *in, const char *word)
{
    return in->token.kind == TOKEN_WORD && in->token.text.len == strlen(word) &&
           strncasecmp(in->token.text.at, word, in->token.text.len) == 0;
}

static bool is_operator(const struct parser *in)
{
    return is_word(in, "and") || is_word(in, "or") || is_word(in, "not") || is_word(in, "of");
}

/* Whether `name` matches a pattern with '*', the greedy way with one step back. */
static bool matches(struct str name, struct str pattern)
{
    size_t n = 0, p = 0, star = SIZE_MAX, from = 0;
    while (n < name.len) {
        if (p < pattern.len && pattern.at[p] == '*') {
            star = p++;
            from = n;
        } else if (p < pattern.len && pattern.at[p] == name.at[n]) {
            p++;
            n++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            n = ++from;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.at[p] == '*') {
        p++;
    }
    return p == pattern.len;
}

/* A node that stands for search `index` until the condition is known to be sound. */
static bool put_search(struct parser *in, size_t index, struct rule_parts *parts)
{
    struct rule_part part = {.node = NULL};
    if (!rule_node_atom(in->compiler->atoms->arena, (uint32_t)index, &part)) {
        return fail(in, "the set is too large");
    }
    in->searches->items[index].is_used = true;
    part.size = in->searches->items[index].part.size;
    rule_parts_put(parts, part);
    return true;
}

static bool join(struct parser *in, enum rule_node_kind kind, struct rule_parts *parts,
                 struct rule_part *out)
{
    return rule_node_join(in->compiler->atoms->arena, kind, parts, out) ||
           fail(in, "the condition is too large when written out");
}

static bool fail_no_search(struct parser *in)
{
    struct str word = in->token.text;
    const struct rule_search *near = NULL;
    unsigned nearest = (unsigned)word.len / 2 + 1;
    for (size_t i = 0; i < in->searches->count; i++) {
        unsigned distance = rule_distance(word, in->searches->items[i].name);
        if (distance < nearest) {
            nearest = distance;
            near = &in->searches->items[i];
        }
    }
    return rule_fault(in->compiler->findings, in->node->line, column_of(in, in->token.at),
                      "condition: there is no search identifier '%.*s' under detection%s%.*s%s",
                      STR_FORMAT(rule_shown(word)), near != NULL ? "; did you mean '" : "",
                      STR_FORMAT(near != NULL ? near->name : STR("")), near != NULL ? "'?" : "");
}

/*
 * `1 of pattern`, `all of pattern`, `any of them`; the token is behind "of". A pattern is as
 * "them", restricted to what fits it: what has _ in front is meant only where the pattern has it
 * too.
 */
static bool parse_of(struct parser *in, enum rule_node_kind kind, struct rule_part *out)
{
    struct rule_parts parts = {.items = NULL};
    bool done = true, is_them = is_word(in, "them");
    if (in->token.kind != TOKEN_WORD || is_operator(in)) {
        return fail(in, "behind 'of' comes 'them', a name, or a pattern as selection*");
    }
    struct str pattern = is_them ? STR("*") : in->token.text;
    for (size_t i = 0; done && i < in->searches->count; i++) {
        struct str name = in->searches->items[i].name;
        bool is_hidden = name.len > 0 && name.at[0] == '_' && pattern.at[0] != '_';
        if (!is_hidden && matches(name, pattern)) {
            done = put_search(in, i, &parts);
        }
    }
    if (done && parts.count == 0) {
        done = rule_fault(in->compiler->findings, in->node->line, column_of(in, in->token.at),
                          "condition: no search identifier fits '%.*s'; there are %zu under "
                          "detection, those with _ in front are meant by _* alone",
                          STR_FORMAT(rule_shown(in->token.text)), in->searches->count);
    }
    done = done && join(in, kind, &parts, out);
    rule_parts_fini(&parts);
    next(in);
    return done;
}

static bool parse_or(struct parser *in, struct rule_part *out);

static bool is_quantifier(struct str word)
{
    size_t digits = 0;
    while (digits < word.len && word.at[digits] >= '0' && word.at[digits] <= '9') {
        digits++;
    }
    return digits == word.len || (word.len == 3 && (strncasecmp(word.at, "all", 3) == 0 ||
                                                    strncasecmp(word.at, "any", 3) == 0));
}

/* A name, or `1 of …`: which it is shows behind the word. */
static bool parse_word(struct parser *in, struct rule_part *out)
{
    struct token word = in->token;
    next(in);
    if (is_quantifier(word.text) && is_word(in, "of")) {
        next(in);
        if (strncasecmp(word.text.at, "all", 3) == 0) {
            return parse_of(in, RULE_NODE_AND, out);
        }
        if (strncasecmp(word.text.at, "any", 3) == 0 || str_is(word.text, "1")) {
            return parse_of(in, RULE_NODE_OR, out);
        }
        in->token = word;
        return fail(in, "only '1 of', 'any of' and 'all of' are known");
    }
    struct rule_parts parts = {.items = NULL};
    for (size_t i = 0; i < in->searches->count; i++) {
        if (str_equal(in->searches->items[i].name, word.text)) {
            bool done = put_search(in, i, &parts) && join(in, RULE_NODE_OR, &parts, out);
            rule_parts_fini(&parts);
            return done;
        }
    }
    in->token = word;
    if (memchr(word.text.at, '*', word.text.len) != NULL) {
        return fail(in, "a pattern stands behind 'of', as in '1 of selection*'");
    }
    return fail_no_search(in);
}

/* The recursion below is bounded by RULE_CONDITION_DEEPEST. NOLINTBEGIN(misc-no-recursion) */
static bool parse_not(struct parser *in, struct rule_part *out)
{
    bool done;
    if (in->depth == RULE_CONDITION_DEEPEST) {
        return fail(in,
                    "brackets and nots nest deeper than 64; name the parts as search identifiers");
    }
    in->depth++;
    if (is_word(in, "not")) {
        next(in);
        done = parse_not(in, out) && (rule_node_not(in->compiler->atoms->arena, *out, out) ||
                                      fail(in, "the set is too large"));
    } else if (in->token.kind == TOKEN_OPEN) {
        next(in);
        done = parse_or(in, out);
        if (done && in->token.kind != TOKEN_CLOSE) {
            done = fail(in, "a closing bracket ')', 'and' or 'or' belongs here");
        }
        next(in);
    } else if (in->token.kind == TOKEN_WORD && !is_operator(in)) {
        done = parse_word(in, out);
    } else {
        done = fail(in, "a search identifier, 'not', '1 of' or '(' belongs here");
    }
    in->depth--;
    return done;
}

static bool parse_and(struct parser *in, struct rule_part *out)
{
    struct rule_parts parts = {.items = NULL};
    struct rule_part part = {.node = NULL};
    bool done = parse_not(in, &part);
    for (;;) {
        if (done) {
            rule_parts_put(&parts, part);
        }
        if (!done || !is_word(in, "and")) {
            break;
        }
        next(in);
        done = parse_not(in, &part);
    }
    done = done && join(in, RULE_NODE_AND, &parts, out);
    rule_parts_fini(&parts);
    return done;
}

static bool parse_or(struct parser *in, struct rule_part *out)
{
    struct rule_parts parts = {.items = NULL};
    struct rule_part part = {.node = NULL};
    bool done = parse_and(in, &part);
    for (;;) {
        if (done) {
            rule_parts_put(&parts, part);
        }
        if (!done || !is_word(in, "or")) {
            break;
        }
        next(in);
        done = parse_and(in, &part);
    }
    done = done && join(in, RULE_NODE_OR, &parts, out);
    rule_parts_fini(&parts);
    return done;
}
/* NOLINTEND(misc-no-recursion) */

static bool parse_text(struct rule_compiler *compiler, struct rule_searches *searches,
                       const struct yaml_node *node, struct rule_part *out)
{
    struct parser in = {.compiler = compiler, .searches = searches, .node = node};
    if (node->kind != YAML_SCALAR || node->type == YAML_NULL || node->text.len == 0) {
        return rule_fault(compiler->findings, node->line, node->column,
                          "'condition' must be a text as 'selection and not filter', not %s",
                          node->kind == YAML_SCALAR ? "empty" : yaml_describe(node));
    }
    if (node->text.len > RULE_CONDITION_MAX) {
        return rule_fault(compiler->findings, node->line, node->column,
                          "a condition of %zu bytes; at most %d are read, name its parts as search "
                          "identifiers",
                          node->text.len, (int)RULE_CONDITION_MAX);
    }
    in.text = node->text;
    in.token = (struct token){.text = str_part(in.text, 0, 0)};
    next(&in);
    if (!parse_or(&in, out)) {
        return false;
    }
    return in.token.kind == TOKEN_END || fail(&in, "before it belongs 'and' or 'or'");
}

/* The same tree over atoms: what stood for a search is that search. */
static bool lower(struct rule_compiler *compiler, const struct rule_searches *searches,
                  const struct rule_node *from,
                  struct rule_part *out) /* NOLINT(misc-no-recursion) */
{
    struct rule_parts parts = {.items = NULL};
    struct arena *arena = compiler->atoms->arena;
    if (from->kind == RULE_NODE_ATOM) {
        *out = searches->items[from->atom].part;
        return true;
    }
    bool done = true;
    assert(from->child_count > 0);
    for (size_t i = 0; done && i < from->child_count; i++) {
        struct rule_part part = {.node = NULL};
        done = lower(compiler, searches, from->children[i], &part);
        rule_parts_put(&parts, part);
    }
    if (done) {
        assert(parts.count > 0);
        done = from->kind == RULE_NODE_NOT ? rule_node_not(arena, parts.items[0], out)
                                           : rule_node_join(arena, from->kind, &parts, out);
    }
    rule_parts_fini(&parts);
    return done;
}

/* Several conditions are joined by OR (Sigma rules specification, "Condition"). */
static bool parse_all(struct rule_compiler *compiler, struct rule_searches *searches,
                      const struct yaml_node *node, struct rule_part *out)
{
    if (node->kind != YAML_LIST) {
        return parse_text(compiler, searches, node, out);
    }
    struct rule_parts parts = {.items = NULL};
    bool done = true;
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        struct rule_part part = {.node = NULL};
        if (parse_text(compiler, searches, item, &part)) {
            rule_parts_put(&parts, part);
        } else {
            done = false;
        }
    }
    if (done && parts.count == 0) {
        done = rule_fault(compiler->findings, node->line, node->column,
                          "'condition' is an empty list; write one as 'selection and not filter'");
    }
    if (done && !rule_node_join(compiler->atoms->arena, RULE_NODE_OR, &parts, out)) {
        done = rule_fault(compiler->findings, node->line, node->column,
                          "condition: too large when written out");
    }
    rule_parts_fini(&parts);
    return done;
}

bool rule_condition_compile(struct rule_compiler *compiler, const struct yaml_node *detection,
                            struct rule_searches *searches, const struct rule_node **out)
{
    const struct yaml_node *node = yaml_get(detection, "condition");
    struct rule_part tree = {.node = NULL}, lowered = {.node = NULL};
    size_t errors = compiler->findings->errors;
    if (node == NULL) {
        return rule_fault(compiler->findings, detection->key_line, detection->key_column,
                          "'detection' has no condition; add one, as 'condition: selection'");
    }
    if (!parse_all(compiler, searches, node, &tree)) {
        return false;
    }
    assert(tree.node != NULL);
    rule_lint_unused(compiler, searches);
    bool can_fail = rule_lint_table(compiler, searches, node, tree.node);
    for (size_t i = 0; i < searches->count; i++) {
        if (searches->items[i].is_used && searches->items[i].part.node == NULL) {
            return false; /* its own finding says why */
        }
    }
    if (!lower(compiler, searches, tree.node, &lowered)) {
        return rule_fault(compiler->findings, node->line, node->column,
                          "condition: too large when written out");
    }
    if (can_fail) {
        rule_lint_negation(compiler, node, lowered.node);
    }
    *out = lowered.node;
    return compiler->findings->errors == errors;
}
