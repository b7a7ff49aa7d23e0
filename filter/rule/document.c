#include <ctype.h>
#include <stdlib.h>
#include <utf8proc.h>

#include "filter/base/buf.h"
#include "filter/base/mem.h"
#include "filter/rule/internal.h"
#include "filter/rule/release.h"
#include "filter/text/utf8.h"

enum { TREE_MAX = 64 << 20 }; /* bytes of one file's YAML tree */

static const char *const top_keys[] = {
    "title",       "id",     "related",    "name",  "taxonomy", "status",         "description",
    "license",     "author", "references", "date",  "modified", "logsource",      "detection",
    "fields",      "level",  "tags",       "scope", "basis",    "falsepositives", "tests",
    "correlation", "filter", NULL};
static const char *const levels[] = {"informational", "low", "medium", "high", "critical", NULL};
static const char *const statuses[] = {"stable",     "test",        "experimental",
                                       "deprecated", "unsupported", NULL};

static bool is_one_of(struct str text, const char *const *names)
{
    while (*names != NULL && !str_is(text, *names)) {
        names++;
    }
    return *names != NULL;
}

/* The tree in one unambiguous form, so that layout and comments do not change the hash. */
static void put_tree(const struct yaml_node *node, struct buf *out) /* NOLINT(misc-no-recursion) */
{
    buf_printf(out, "%d:%d:%zu:", (int)node->kind, (int)node->type,
               node->kind == YAML_SCALAR ? node->text.len : node->count);
    if (node->kind == YAML_SCALAR) {
        buf_put_str(out, node->text);
        return;
    }
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        buf_printf(out, "%zu:", item->key.len);
        buf_put_str(out, item->key);
        put_tree(item, out);
    }
}

static struct hash hash_tree(const struct yaml_node *root)
{
    struct buf form = BUF_EMPTY;
    put_tree(root, &form);
    struct hash hash = hash_sha256(buf_str(&form));
    buf_fini(&form);
    return hash;
}

/* The hash of each list that the text names: %NAME%. */
static void put_named(const struct rule_lists *lists, struct str text, struct buf *out)
{
    const char *from = text.len > 0 ? memchr(text.at, '%', text.len) : NULL;
    while (from != NULL) {
        size_t start = (size_t)(from - text.at) + 1;
        const char *to = memchr(from + 1, '%', text.len - start);
        const struct rule_list *list =
            to != NULL ? rule_lists_get(lists, str_part(text, start, (size_t)(to - text.at)))
                       : NULL;
        if (list != NULL) {
            buf_put(out, list->hash.bytes, HASH_BYTES);
        }
        from = to;
    }
}

/* As deep as YAML nests. */
static void put_lists(const struct rule_lists *lists, const struct yaml_node *node,
                      struct buf *out) /* NOLINT(misc-no-recursion) */
{
    if (node->kind == YAML_SCALAR) {
        put_named(lists, node->text, out);
    }
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        put_lists(lists, item, out);
    }
}

/* An edit of a list changes what its rules find as much as one of the rules themselves. */
static struct hash hash_with_lists(const struct rule_compiler *compiler,
                                   const struct yaml_node *root, const struct hash *content)
{
    struct buf form = BUF_EMPTY;
    buf_put(&form, content->bytes, HASH_BYTES);
    put_lists(compiler->lists, root, &form);
    struct hash hash = hash_sha256(buf_str(&form));
    buf_fini(&form);
    return hash;
}

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

/* Such a text that must be one of `names`. */
static bool take_name(struct rule_reading *in, const char *name, const char *must,
                      const char *const *names, struct str *out)
{
    if (!rule_take(in, name, must, out)) {
        return false;
    }
    if (out->len == 0 || is_one_of(*out, names)) {
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

/* RFC 9562: 8-4-4-4-12 hexadecimal digits, in lower case so that equal ids look equal. */
static bool is_uuid(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        char c = text.at[i];
        if (is_dash ? c != '-' : !isdigit((unsigned char)c) && !(c >= 'a' && c <= 'f')) {
            return false;
        }
    }
    return text.len == 36;
}

static bool take_id(struct rule_reading *in)
{
    static const char must[] = "give it a UUID, as `saring rules new` does";
    if (!rule_take(in, "id", must, &in->rule->id)) {
        return false;
    }
    if (in->is_strict && !is_uuid(in->rule->id)) {
        const struct yaml_node *node = yaml_get(in->root, "id");
        return rule_fault(in->findings, node->line, node->column,
                          "id '%.*s' is not a UUID in lower case, as "
                          "0f15a5b4-cdfb-4152-b795-684d4238a74f",
                          STR_FORMAT(rule_shown(in->rule->id)));
    }
    if (in->rule->id.len == 0) { /* plain Sigma may have none */
        struct buf id = BUF_EMPTY;
        buf_printf(&id, "%.*s:%u", STR_FORMAT(in->rule->file), in->root->line);
        in->rule->id.at = arena_copy(in->loader->compiler.atoms->arena, id.bytes, id.len);
        in->rule->id.len = id.len;
        buf_fini(&id);
    }
    return in->rule->id.at != NULL;
}

static bool check_date(struct rule_reading *in, const char *name)
{
    struct str text = STR("");
    int64_t time_ms;
    if (!in->is_strict || !rule_take(in, name, NULL, &text)) {
        return !in->is_strict;
    }
    const struct yaml_node *node = yaml_get(in->root, name);
    return text.len == 0 || clock_parse(text, &time_ms) ||
           rule_fault(in->findings, node->line, node->column,
                      "%s '%.*s' is not a date; write it as 2026-11-24", name,
                      STR_FORMAT(rule_shown(text)));
}

static bool take_logsource(struct rule_reading *in)
{
    static const char *const names[] = {"category", "product", "service"};
    const struct yaml_node *node = yaml_get(in->root, "logsource");
    struct rule_logsource *logsource = &in->rule->logsource;
    struct str *parts[] = {&logsource->category, &logsource->product, &logsource->service};
    for (size_t i = 0; node != NULL && i < sizeof parts / sizeof *parts; i++) {
        const struct yaml_node *part = yaml_get(node, names[i]);
        if (part != NULL && part->kind == YAML_SCALAR && part->type != YAML_NULL &&
            !rule_copy(in, part, part->text, parts[i])) {
            return false;
        }
    }
    const struct yaml_node *category = yaml_get(node, "category");
    if (!in->is_strict || yaml_get(in->root, "correlation") != NULL) {
        return true; /* a correlation is about what its rules are about */
    }
    if (node == NULL) {
        rule_warn(in->findings, in->root->line, in->root->column,
                  "no logsource; write logsource: { category: post }");
        return true;
    }
    if (category == NULL || category->kind != YAML_SCALAR || !str_is(category->text, "post")) {
        return rule_fault(in->findings, node->line, node->column,
                          "this rule is not about posts; write logsource: { category: post }");
    }
    return true;
}

static void check_keys(struct rule_reading *in)
{
    for (const struct yaml_node *node = in->root->first; node != NULL; node = node->next) {
        const char *near =
            is_one_of(node->key, top_keys) ? NULL : rule_nearest(node->key, top_keys);
        if (in->is_strict && near != NULL && rule_distance(node->key, str_of(near)) <= 2) {
            rule_warn(in->findings, node->key_line, node->key_column,
                      "unknown key '%.*s' is ignored; did you mean '%s'?",
                      STR_FORMAT(rule_shown(node->key)), near);
        }
    }
}

static const char must_level[] = "write low, medium, high or critical";

static bool read_head(struct rule_reading *in)
{
    struct rule *rule = in->rule;
    bool done = rule_take(in, "title", "say in one line what it flags", &rule->title);
    done = take_id(in) && done;
    done = rule_take(in, "name", NULL, &rule->name) && done;
    const char *level = yaml_get(in->root, "filter") != NULL ? NULL : must_level;
    done = take_name(in, "level", level, levels, &rule->level) && done;
    done = take_name(in, "status", NULL, statuses, &rule->status) && done;
    done = rule_take(in, "description", NULL, &rule->description) && done;
    done = check_date(in, "date") && done;
    done = check_date(in, "modified") && done;
    done = take_logsource(in) && done;
    check_keys(in);
    return done;
}

/* People read a condition by its names. */
static bool keep_names(struct rule_reading *in, const struct rule_searches *searches)
{
    struct arena *arena = in->loader->compiler.atoms->arena;
    struct rule_named *names = arena_array(arena, searches->count, sizeof *names);
    bool done = names != NULL;
    for (size_t i = 0; done && i < searches->count; i++) {
        const struct rule_search *search = &searches->items[i];
        if (search->is_used) {
            struct rule_named *named = &names[in->rule->search_count++];
            named->name.at = arena_copy(arena, search->name.at, search->name.len);
            named->name.len = search->name.len;
            named->node = search->part.node;
            done = named->name.at != NULL;
        }
    }
    in->rule->searches = names;
    return done ||
           rule_fault(in->findings, in->root->line, in->root->column, "the rules are too large");
}

static bool read_detection(struct rule_reading *in)
{
    const struct yaml_node *node = yaml_get(in->root, "detection");
    struct rule_compiler *compiler = &in->loader->compiler;
    struct rule_searches searches = {.items = NULL};
    if (node == NULL) {
        return rule_fault(in->findings, in->root->line, in->root->column,
                          "no detection; write search identifiers and a condition");
    }
    bool done = rule_detection_compile(compiler, node, NULL, &searches);
    if (node->kind == YAML_MAP) {
        done = rule_condition_compile(compiler, node, &searches, &in->rule->condition) && done;
    }
    done = done && keep_names(in, &searches);
    rule_searches_fini(&searches);
    return done;
}

/* The class decides what detection may read, so basis comes first. */
static bool read_basis(struct rule_reading *in, struct rule_draft *draft)
{
    in->loader->compiler.may_read_author = true;
    if (!in->is_strict) {
        return true;
    }
    const struct yaml_node *node = yaml_get(in->root, "basis");
    if (node == NULL) {
        return rule_fault(
            in->findings, in->root->line, in->root->column,
            "no basis; a rule needs class fraud, procedure or claim and its evidence");
    }
    bool done = rule_basis_read(in->loader->basis, node, in->loader->compiler.atoms->arena,
                                in->findings, in->rule, &draft->is_active);
    in->loader->compiler.may_read_author = !done || in->rule->class == RULE_FRAUD;
    return done;
}

static bool read_tests(struct rule_reading *in, struct rule_draft *draft)
{
    const struct yaml_node *node = yaml_get(in->root, "tests");
    if (!in->is_strict) {
        return true;
    }
    if (node == NULL) {
        rule_warn(in->findings, in->root->line, in->root->column,
                  "no tests; write tests: with posts under match and pass");
        return true;
    }
    return rule_samples_read(node, in->loader->scratch, in->findings, &draft->tests);
}

/* A filter or a correlation, which say something of other rules. */
static bool read_other(struct rule_reading *in)
{
    static const char *const own[] = {"basis", "tests", "detection"};
    const struct yaml_node *filter = yaml_get(in->root, "filter");
    const struct yaml_node *correlation = yaml_get(in->root, "correlation");
    const char *what = filter != NULL ? "filter" : "correlation";
    bool done = true;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        const struct yaml_node *node = yaml_get(in->root, own[i]);
        if (node != NULL) {
            done = rule_fault(in->findings, node->key_line, node->key_column,
                              "'%s' beside '%s'; a %s has that of the rules it names, so take it "
                              "out, or make two documents of it, with --- between",
                              own[i], what, what);
        }
    }
    if (filter != NULL && correlation != NULL) {
        done = rule_fault(in->findings, correlation->key_line, correlation->key_column,
                          "'filter' and 'correlation' in one document; make two of it, with --- "
                          "between");
    }
    done = read_head(in) && done;
    done =
        (filter != NULL ? rule_filter_read(in, filter) : rule_correlation_read(in, correlation)) &&
        done;
    return done;
}

void rule_seal(struct rule *rule)
{
    rule->release =
        rule_release_hash(&(struct rule_release){.document = rule->document,
                                                 .revision = rule->revision,
                                                 .class = rule->class,
                                                 .id = rule->id,
                                                 .title = rule->title,
                                                 .description = rule->description,
                                                 .level = rule->level,
                                                 .evidence = rule->evidence,
                                                 .evidence_count = rule->evidence_count});
}

static bool read_document(struct rule_loader *loader, const struct yaml_node *root)
{
    struct arena *arena = loader->compiler.atoms->arena;
    struct rule_findings *findings = loader->compiler.findings;
    if (root->kind != YAML_MAP) {
        return rule_fault(findings, root->line, root->column,
                          "a rule is a map of title, detection and more, not %s",
                          yaml_describe(root));
    }
    struct rule_draft draft = {.rule = arena_alloc(arena, sizeof *draft.rule), .is_active = true};
    const char *file = arena_copy(arena, findings->file, strlen(findings->file));
    if (draft.rule == NULL || file == NULL) {
        return rule_fault(findings, root->line, root->column, "the rules are too large");
    }
    draft.rule->file = str_of(file);
    draft.rule->line = root->line;
    draft.rule->content = hash_tree(root);
    /* Of filters too: what they say, lists and all, is part of the rules that they narrow. */
    draft.rule->document = hash_with_lists(&loader->compiler, root, &draft.rule->content);
    struct rule_reading in = {.loader = loader,
                              .findings = findings,
                              .root = root,
                              .rule = draft.rule,
                              .is_strict = loader->basis != NULL};
    if (yaml_get(root, "filter") != NULL || yaml_get(root, "correlation") != NULL) {
        return read_other(&in);
    }
    bool done = read_head(&in);
    done = read_basis(&in, &draft) && done;
    done = read_detection(&in) && done;
    done = read_tests(&in, &draft) && done;
    if (!done) {
        rule_samples_fini(&draft.tests);
        return false;
    }
    if (in.is_strict &&
        (str_is(draft.rule->status, "deprecated") || str_is(draft.rule->status, "unsupported"))) {
        draft.is_active = false;
    }
    draft.detection = hash_tree(yaml_get(root, "detection"));
    rule_seal(draft.rule);
    draft.own = draft.rule->condition;
    draft.searches = draft.rule->searches;
    draft.search_count = draft.rule->search_count;
    draft.content = draft.rule->content;
    draft.document = draft.rule->document;
    mem_grow(&loader->drafts, &loader->room, loader->count + 1, sizeof *loader->drafts);
    loader->drafts[loader->count++] = draft;
    return true;
}

/* Sigma 1's way to say something once for several documents: none of them is a rule. */
static bool is_collection(struct rule_findings *findings, const struct yaml_node *root)
{
    const struct yaml_node *action = root->kind == YAML_MAP ? yaml_get(root, "action") : NULL;
    if (action == NULL) {
        return false;
    }
    rule_fault(findings, action->key_line, action->key_column,
               "'action: %.*s' is not part of Sigma 2; write title, logsource, detection and "
               "condition out in each document, and what must happen together as correlation: { "
               "type: temporal, rules: [names of the documents], timespan: 5m }",
               STR_FORMAT(rule_shown(action->kind == YAML_SCALAR ? action->text : STR("…"))));
    return true;
}

/* How much of the text is UTF-8 before the first byte that is not. */
static size_t valid_bytes(struct str text)
{
    size_t good = 0, len = 0;
    while (good < text.len && len <= 4) {
        len = 1;
        while (len <= 4 && good + len <= text.len &&
               !utf8_is_valid(str_part(text, good, good + len))) {
            len++;
        }
        len = good + len <= text.len ? len : 5;
        good += len <= 4 ? len : 0;
    }
    return good;
}

/* libyaml would name a byte; people look for a line. */
static bool check_bytes(struct rule_findings *findings, struct str yaml)
{
    if (yaml.len > RULE_FILE_MAX) {
        return rule_fault(findings, 0, 0, "%zu bytes; a rule file has at most %d, split it",
                          yaml.len, (int)RULE_FILE_MAX);
    }
    struct rule_lines lines = {.text = yaml};
    struct str text;
    while (rule_next_line(&lines, &text)) {
        const char *nul = text.len > 0 ? memchr(text.at, '\0', text.len) : NULL;
        if (nul != NULL) {
            return rule_fault(findings, lines.number, (unsigned)(nul - text.at) + 1,
                              "a NUL byte; this is not a text file");
        }
        if (!utf8_is_valid(text)) {
            return rule_fault(findings, lines.number, (unsigned)valid_bytes(text) + 1,
                              "not UTF-8; save the file as UTF-8");
        }
    }
    return true;
}

bool rule_loader_add(struct rule_loader *loader, struct str yaml)
{
    struct rule_findings *findings = loader->compiler.findings;
    struct yaml_node **roots = NULL;
    size_t count = 0;
    struct err err = ERR_NONE;
    if (!check_bytes(findings, yaml)) {
        return false;
    }
    yaml = rule_without_mark(yaml);
    struct arena *tree = arena_new(TREE_MAX);
    loader->compiler.source = yaml;
    bool done = yaml_parse(tree, yaml, &roots, &count, &err) || rule_fault_err(findings, &err);
    count = done ? count : 0;
    for (size_t i = 0; i < count; i++) {
        if (is_collection(findings, roots[i])) {
            done = false;
            break;
        }
        done = read_document(loader, roots[i]) && done;
    }
    if (done && count == 0) {
        done = rule_fault(findings, 1, 1,
                          "no rule here; a rule is a map of title, detection and more");
    }
    loader->compiler.source = STR("");
    arena_free(tree);
    return done;
}

static int compare_ids(const void *left, const void *right)
{
    const struct rule *a = *(const struct rule *const *)left;
    const struct rule *b = *(const struct rule *const *)right;
    int order = str_compare(a->id, b->id);
    if (order == 0) {
        order = str_compare(a->file, b->file);
    }
    return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

static int compare_correlations(const void *left, const void *right)
{
    const struct rule_correlation *a = *(const struct rule_correlation *const *)left;
    const struct rule_correlation *b = *(const struct rule_correlation *const *)right;
    return compare_ids(&a->head, &b->head);
}

bool rule_loader_program(struct rule_loader *loader, struct rule_program *program)
{
    struct rule_atoms *atoms = loader->compiler.atoms;
    struct arena *arena = atoms->arena;
    struct str *fields = arena_array(arena, atoms->field_count, sizeof *fields);
    struct rule_atom *items = arena_array(arena, atoms->count, sizeof *items);
    const struct rule **rules = arena_array(arena, loader->count, sizeof *rules);
    size_t correlated = 0;
    const struct rule_correlation **correlations =
        arena_array(arena, loader->correlation_count, sizeof(struct rule_correlation *));
    if (fields == NULL || items == NULL || rules == NULL || correlations == NULL) {
        return false;
    }
    if (atoms->count > 0) {
        memcpy(fields, atoms->fields, atoms->field_count * sizeof *fields);
        memcpy(items, atoms->items, atoms->count * sizeof *items);
    }
    size_t active = 0;
    for (size_t i = 0; i < loader->count; i++) {
        if (loader->drafts[i].is_active) {
            rules[active++] = loader->drafts[i].rule;
        }
    }
    if (active > 1) {
        qsort(rules, active, sizeof *rules, compare_ids);
    }
    for (size_t i = 0; i < loader->correlation_count; i++) {
        if (loader->correlations[i]->is_whole) {
            correlations[correlated++] = loader->correlations[i];
        }
    }
    if (correlated > 1) {
        qsort(correlations, correlated, sizeof *correlations, compare_correlations);
    }
    *program = (struct rule_program){.fields = fields,
                                     .field_count = atoms->field_count,
                                     .atoms = items,
                                     .atom_count = atoms->count,
                                     .rules = rules,
                                     .rule_count = active,
                                     .correlations = correlations,
                                     .correlation_count = correlated};
    return true;
}

void rule_loader_fini(struct rule_loader *loader)
{
    for (size_t i = 0; i < loader->count; i++) {
        rule_samples_fini(&loader->drafts[i].tests);
    }
    free(loader->drafts);
    free(loader->filters);
    free(loader->correlations);
    loader->drafts = NULL;
    loader->filters = NULL;
    loader->correlations = NULL;
    loader->count = loader->room = 0;
    loader->filter_count = loader->filter_room = 0;
    loader->correlation_count = loader->correlation_room = 0;
}
