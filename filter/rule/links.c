/* Which rules filters and correlations name, once all of them are read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/hash.h"
#include "filter/base/mem.h"
#include "filter/rule/atoms.h"
#include "filter/rule/correlation.h"
#include "filter/rule/findings.h"
#include "filter/rule/loader.h"
#include "filter/rule/nearest.h"
#include "filter/rule/program.h"
#include "filter/rule/rule.h"

/* A rule or correlation under its id or its name. */
struct target {
    struct str key;
    struct rule_draft *draft;
    struct rule_correlation *correlation;
};

struct linking {
    struct rule_loader *loader;
    struct rule_findings *findings; /* NULL: what is not there is left out */
    struct target *targets;         /* sorted by key */
    size_t count;
};

static int compare_targets(const void *left, const void *right)
{
    const struct target *a = left, *b = right;
    return str_compare(a->key, b->key);
}

static void put_target(struct linking *in, struct str key, struct rule_draft *draft,
                       struct rule_correlation *correlation)
{
    if (key.len > 0) {
        in->targets[in->count++] =
            (struct target){.key = key, .draft = draft, .correlation = correlation};
    }
}

static void gather(struct linking *in)
{
    struct rule_loader *loader = in->loader;
    in->targets = mem_zero(2 * (loader->count + loader->correlation_count), sizeof *in->targets);
    for (size_t i = 0; i < loader->count; i++) {
        put_target(in, loader->drafts[i].rule->id, &loader->drafts[i], NULL);
        put_target(in, loader->drafts[i].rule->name, &loader->drafts[i], NULL);
    }
    for (size_t i = 0; i < loader->correlation_count; i++) {
        put_target(in, loader->correlations[i]->head->id, NULL, loader->correlations[i]);
        put_target(in, loader->correlations[i]->head->name, NULL, loader->correlations[i]);
    }
    if (in->count > 1) {
        qsort(in->targets, in->count, sizeof *in->targets, compare_targets);
    }
}

/* The first of the targets with this key; NULL if there is none. */
static struct target *find(const struct linking *in, struct str key)
{
    size_t low = 0, high = in->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_compare(in->targets[middle].key, key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < in->count && str_equal(in->targets[low].key, key) ? &in->targets[low] : NULL;
}

static bool has_next(const struct linking *in, const struct target *target)
{
    size_t next = (size_t)(target - in->targets) + 1;
    return next < in->count && str_equal(in->targets[next].key, target->key);
}

/* Where a rule is named, in the file of `head`. */
struct mention {
    const struct rule *head;
    struct str name;
    unsigned line, column;
};

static bool fail(const struct linking *in, struct mention at, const char *message)
{
    if (in->findings == NULL) {
        return true;
    }
    in->findings->file = at.head->file.at;
    rule_fault(in->findings, at.line, at.column, "rule '%.*s' %s", STR_FORMAT(rule_shown(at.name)),
               message);
    in->findings->file = NULL;
    return false;
}

/* That the rule named is not there, `of` what; with the name that is most like it. */
static bool fail_missing(const struct linking *in, struct mention at, const char *of)
{
    struct str near = STR("");
    unsigned nearest = 4; /* further away it is another name */
    for (size_t i = 0; i < in->count; i++) {
        unsigned distance = rule_distance(at.name, in->targets[i].key);
        if (distance < nearest) {
            nearest = distance;
            near = in->targets[i].key;
        }
    }
    char message[160];
    snprintf(message, sizeof message, "of this %s is not there%s%.*s%s", of,
             near.len > 0 ? "; did you mean '" : "", STR_FORMAT(rule_shown(near)),
             near.len > 0 ? "'?" : "");
    return fail(in, at, message);
}

static struct mention at_head(const struct rule *head)
{
    return (struct mention){.head = head, .name = head->id, .line = head->line, .column = 1};
}

/* A part of a filter's logsource that it has must be the rule's. */
static bool covers(struct str filter, struct str rule)
{
    return filter.len == 0 || str_equal(filter, rule);
}

static bool is_about(const struct rule_logsource *filter, const struct rule_logsource *rule)
{
    return covers(filter->category, rule->category) && covers(filter->product, rule->product) &&
           covers(filter->service, rule->service);
}

/* A rule that is filtered is another one. */
static void join_hash(struct hash *of, const struct hash *with)
{
    unsigned char both[2 * HASH_BYTES];
    memcpy(both, of->bytes, HASH_BYTES);
    memcpy(both + HASH_BYTES, with->bytes, HASH_BYTES);
    *of = hash_sha256((struct str){.at = (const char *)both, .len = sizeof both});
}

/* The draft's condition `and not` the filter's, which people see under the filter's title. */
static bool narrow(struct arena *arena, struct rule_draft *draft, const struct rule_filter *filter)
{
    struct rule *rule = draft->rule;
    struct rule_part part = {.node = filter->condition, .size = 1}, out = {.node = NULL};
    struct rule_parts parts = {.items = NULL};
    struct rule_named *names = arena_array(arena, rule->search_count + 1, sizeof *names);
    bool done = names != NULL && rule_node_not(arena, part, &part);
    rule_parts_put(&parts, (struct rule_part){.node = rule->condition, .size = 1});
    rule_parts_put(&parts, part);
    done = done && rule_node_join(arena, RULE_NODE_AND, &parts, &out);
    rule_parts_fini(&parts);
    if (!done) {
        return false;
    }
    if (rule->search_count > 0) {
        memcpy(names, rule->searches, rule->search_count * sizeof *names);
    }
    names[rule->search_count] =
        (struct rule_named){.name = filter->head->title, .node = filter->condition};
    rule->condition = out.node;
    rule->searches = names;
    rule->search_count++;
    join_hash(&rule->content, &filter->head->content);
    join_hash(&rule->document, &filter->head->document);
    rule_seal(rule);
    return true;
}

/* Ids name what they are of to people and logs, so each is there once. */
static bool check_ids(struct linking *in)
{
    struct rule_loader *loader = in->loader;
    bool done = true;
    for (size_t i = 0; i < loader->correlation_count; i++) {
        const struct rule *head = loader->correlations[i]->head;
        if (has_next(in, find(in, head->id))) {
            done = fail(in, at_head(head), "is there twice; give each document its own id") && done;
        }
    }
    for (size_t i = 0; i < loader->filter_count; i++) {
        const struct rule *head = loader->filters[i].head;
        bool is_twice = find(in, head->id) != NULL;
        for (size_t other = 0; other < i && !is_twice; other++) {
            is_twice = str_equal(loader->filters[other].head->id, head->id);
        }
        if (is_twice) {
            done = fail(in, at_head(head), "is there twice; give each document its own id") && done;
        }
    }
    return done;
}

static bool apply(struct linking *in, const struct rule_filter *filter)
{
    struct arena *arena = in->loader->compiler.atoms->arena;
    bool done = true;
    for (size_t i = 0; i < filter->rule_count; i++) {
        struct target *target = find(in, filter->rules[i]);
        const struct mention at = {.head = filter->head,
                                   .name = filter->rules[i],
                                   .line = filter->line,
                                   .column = filter->column};
        if (target == NULL || target->draft == NULL) {
            done = (target == NULL
                        ? fail_missing(in, at, "filter")
                        : fail(in, at, "of this filter is a correlation; filter its rules")) &&
                   done;
            continue;
        }
        if (!is_about(&filter->head->logsource, &target->draft->rule->logsource)) {
            done = fail(in, at, "of this filter has another logsource than the filter") && done;
            continue;
        }
        if (!narrow(arena, target->draft, filter)) {
            return false;
        }
    }
    return done;
}

static bool resolve(struct linking *in, struct rule_correlation *correlation)
{
    bool done = true;
    correlation->is_whole = true;
    for (size_t i = 0; i < correlation->rule_count; i++) {
        struct rule_correlated *one = &correlation->rules[i];
        struct target *target = find(in, one->name);
        const struct mention at = {
            .head = correlation->head, .name = one->name, .line = one->line, .column = one->column};
        one->rule = NULL;
        one->correlation = NULL;
        if (target == NULL || (target->draft != NULL && !target->draft->is_active)) {
            correlation->is_whole = false;
            /* An expired rule is no mistake: the correlation sleeps with it. */
            done = (target != NULL || fail_missing(in, at, "correlation")) && done;
        } else if (has_next(in, target)) {
            correlation->is_whole = false;
            done =
                fail(in, at, "of this correlation is there twice; give each its own name") && done;
        } else if (target->draft != NULL) {
            one->rule = target->draft->rule;
        } else {
            one->correlation = target->correlation;
        }
    }
    return done;
}

/* Correlations of correlations of …, at most this deep: no cycle, and no stack to overflow. */
enum { DEEPEST = 16 };

/* One round of finding out how deep they are and what is whole; false once nothing changes. */
static bool spread(struct rule_loader *loader)
{
    bool changes = false;
    for (size_t i = 0; i < loader->correlation_count; i++) {
        struct rule_correlation *correlation = loader->correlations[i];
        unsigned depth = 0;
        bool is_whole = correlation->is_whole;
        for (size_t r = 0; r < correlation->rule_count; r++) {
            const struct rule_correlation *inner = correlation->rules[r].correlation;
            if (inner != NULL) {
                depth = inner->depth + 1 > depth ? inner->depth + 1 : depth;
                is_whole = is_whole && inner->is_whole;
            }
        }
        depth = depth < DEEPEST ? depth : DEEPEST;
        changes = changes || depth != correlation->depth || is_whole != correlation->is_whole;
        correlation->depth = depth;
        correlation->is_whole = is_whole;
    }
    return changes;
}

static bool link_correlations(struct linking *in)
{
    struct rule_loader *loader = in->loader;
    bool done = true;
    for (size_t i = 0; i < loader->correlation_count; i++) {
        loader->correlations[i]->depth = 0;
        done = resolve(in, loader->correlations[i]) && done;
    }
    for (unsigned round = 0; round <= 2 * DEEPEST && spread(loader); round++) {
    }
    for (size_t i = 0; i < loader->correlation_count; i++) {
        struct rule_correlation *correlation = loader->correlations[i];
        if (correlation->depth == DEEPEST) {
            correlation->is_whole = false;
            done = fail(in, at_head(correlation->head),
                        "correlates itself, or correlations more than 16 deep") &&
                   done;
        }
    }
    for (unsigned depth = 0; done && depth < DEEPEST; depth++) {
        for (size_t i = 0; i < loader->correlation_count; i++) {
            struct rule_correlation *correlation = loader->correlations[i];
            if (correlation->is_whole && correlation->depth == depth) {
                done = rule_correlation_inherit(correlation, in->loader->compiler.atoms->arena,
                                                in->findings) &&
                       done;
            }
        }
    }
    return done;
}

bool rule_loader_link(struct rule_loader *loader, struct rule_findings *findings)
{
    struct linking in = {.loader = loader, .findings = findings};
    bool done = true;
    gather(&in);
    for (size_t i = 0; i < loader->count; i++) { /* as it was read: linking may be done again */
        struct rule_draft *draft = &loader->drafts[i];
        draft->rule->condition = draft->own;
        draft->rule->searches = draft->searches;
        draft->rule->search_count = draft->search_count;
        draft->rule->content = draft->content;
        if (memcmp(&draft->rule->document, &draft->document, sizeof(struct hash)) != 0) {
            draft->rule->document = draft->document;
            rule_seal(draft->rule);
        }
    }
    done = check_ids(&in);
    for (size_t i = 0; i < loader->filter_count; i++) {
        done = apply(&in, &loader->filters[i]) && done;
    }
    done = link_correlations(&in) && done;
    free(in.targets);
    return done;
}
