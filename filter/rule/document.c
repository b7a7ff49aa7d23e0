/* One document: a rule, a filter or a correlation. */
#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/mem.h"
#include "filter/base/yaml.h"
#include "filter/rule/basis.h"
#include "filter/rule/compiler.h"
#include "filter/rule/findings.h"
#include "filter/rule/loader.h"
#include "filter/rule/program.h"
#include "filter/rule/release.h"
#include "filter/rule/rule.h"
#include "filter/rule/sample.h"

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
    done = rule_head_read(in) && done;
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

bool rule_document_read(struct rule_loader *loader, const struct yaml_node *root)
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
    draft.rule->content = rule_hash_tree(root);
    /* Of filters too: what they say, lists and all, is part of the rules that they narrow. */
    draft.rule->document = rule_hash_document(&loader->compiler, root, &draft.rule->content);
    struct rule_reading in = {.loader = loader,
                              .findings = findings,
                              .root = root,
                              .rule = draft.rule,
                              .is_strict = loader->basis != NULL};
    if (yaml_get(root, "filter") != NULL || yaml_get(root, "correlation") != NULL) {
        return read_other(&in);
    }
    bool done = rule_head_read(&in);
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
    draft.detection = rule_hash_tree(yaml_get(root, "detection"));
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
