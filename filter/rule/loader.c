/* Files into documents, documents into a program. */
#include <stdlib.h>
#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/base/yaml.h"
#include "filter/rule/atoms.h"
#include "filter/rule/correlation.h"
#include "filter/rule/findings.h"
#include "filter/rule/limits.h"
#include "filter/rule/lists.h"
#include "filter/rule/loader.h"
#include "filter/rule/program.h"
#include "filter/rule/rule.h"
#include "filter/rule/sample.h"
#include "filter/text/utf8.h"

enum { TREE_MAX = 64 << 20 }; /* bytes of one file's YAML tree */

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

/* What stands between a "---" and another one, or behind the last: no rule, and no mistake. */
static bool is_nothing(const struct yaml_node *root)
{
    return root->kind == YAML_SCALAR && root->type == YAML_NULL && root->text.len == 0;
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
    size_t read = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_nothing(roots[i])) {
            continue;
        }
        if (is_collection(findings, roots[i])) {
            done = false;
            break;
        }
        read++;
        done = rule_document_read(loader, roots[i]) && done;
    }
    if (done && read == 0) {
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
