#include <stdlib.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/base/post.h"
#include "filter/base/yaml.h"
#include "filter/rule/findings.h"
#include "filter/rule/sample.h"

void rule_samples_fini(struct rule_samples *samples)
{
    free(samples->items);
    *samples = (struct rule_samples){.items = NULL};
}

/* One reading of `tests:`. */
struct reading {
    struct arena *arena;
    struct rule_findings *findings;
    struct rule_samples *out;
};

static bool copy_text(struct reading *in, const struct yaml_node *node, struct str *out)
{
    struct err err = ERR_NONE;
    if (!yaml_text(node, out, &err)) {
        return rule_fault_err(in->findings, &err);
    }
    out->at = arena_copy(in->arena, out->at, out->len);
    return out->at != NULL ||
           rule_fault(in->findings, node->line, node->column, "the tests are too large");
}

static bool copy_links(struct reading *in, const struct yaml_node *node, struct post *post)
{
    if (node->kind != YAML_LIST || node->count > POST_MAX_LINKS) {
        return rule_fault(in->findings, node->line, node->column,
                          "'links' must be a list of at most %d URLs", (int)POST_MAX_LINKS);
    }
    struct str *links = arena_array(in->arena, node->count, sizeof *links);
    if (links == NULL) {
        return rule_fault(in->findings, node->line, node->column, "the tests are too large");
    }
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        if (!copy_text(in, item, &links[post->link_count])) {
            return false;
        }
        post->link_count++;
    }
    post->links = links;
    return true;
}

static bool read_post(struct reading *in, const struct yaml_node *node, struct post *post)
{
    static const char *const allowed[] = {"text",   "title", "author_name", "lang",
                                          "source", "url",   "links",       NULL};
    struct err err = ERR_NONE;
    if (node->kind != YAML_MAP || node->count == 0) {
        return rule_fault(in->findings, node->line, node->column,
                          "a test is a post, as { text: '...' }, not %s",
                          node->kind == YAML_MAP ? "an empty map" : yaml_describe(node));
    }
    if (!yaml_only(node, allowed, &err)) {
        return rule_fault_err(in->findings, &err);
    }
    bool done = true;
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        if (str_is(item->key, "links")) {
            done = copy_links(in, item, post) && done;
            continue;
        }
        struct str *target = str_is(item->key, "lang")     ? &post->lang
                             : str_is(item->key, "source") ? &post->source
                                                           : &post->url;
        for (size_t field = 0; field < POST_FIELDS; field++) {
            if (str_is(item->key, post_field_name((enum post_field)field))) {
                target = &post->fields[field];
            }
        }
        done = copy_text(in, item, target) && done;
    }
    return done;
}

static bool read_list(struct reading *in, const struct yaml_node *node, bool must_match)
{
    bool done = true;
    if (node->kind != YAML_LIST) {
        return rule_fault(in->findings, node->line, node->column,
                          "'%.*s' must be a list of posts, not %s", STR_FORMAT(node->key),
                          yaml_describe(node));
    }
    if (node->count == 0) {
        return rule_fault(in->findings, node->line, node->column,
                          "'%.*s' is empty; write posts that %s", STR_FORMAT(node->key),
                          must_match ? "must match, one of them in disguised spelling"
                                     : "must pass: a warning, a complaint, an official notice");
    }
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        struct rule_sample sample = {.post = POST_EMPTY,
                                     .must_match = must_match,
                                     .line = item->line,
                                     .column = item->column};
        if (!read_post(in, item, &sample.post)) {
            done = false;
            continue;
        }
        mem_grow(&in->out->items, &in->out->room, in->out->count + 1, sizeof *in->out->items);
        in->out->items[in->out->count++] = sample;
    }
    return done;
}

bool rule_samples_read(const struct yaml_node *tests, struct arena *arena,
                       struct rule_findings *findings, struct rule_samples *out)
{
    static const char *const allowed[] = {"match", "pass", NULL};
    struct reading in = {.arena = arena, .findings = findings, .out = out};
    struct err err = ERR_NONE;
    if (tests->kind != YAML_MAP) {
        return rule_fault(findings, tests->line, tests->column,
                          "'tests' must be a map of match and pass, not %s", yaml_describe(tests));
    }
    if (!yaml_only(tests, allowed, &err)) {
        return rule_fault_err(findings, &err);
    }
    bool done = true;
    for (const char *const *name = allowed; *name != NULL; name++) {
        const struct yaml_node *list = yaml_get(tests, *name);
        if (list == NULL) {
            rule_warn(findings, tests->key_line, tests->key_column,
                      "'tests' has no '%s'; write posts that %s", *name,
                      name == allowed ? "must match" : "must pass");
        } else {
            done = read_list(&in, list, name == allowed) && done;
        }
    }
    return done;
}
