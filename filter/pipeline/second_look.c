#include "filter/pipeline/second_look.h"

#include <assert.h>
#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/verdict/verdict.h"

/* A post matched, and its active hits. */
struct view {
    struct rule_matcher *matcher;
    struct rule_hit *kept;
    size_t room;
    struct rule_match match;
    const struct text_link *links;
    size_t link_count;
    bool is_read, may_keep;
};

struct second_look {
    struct verdict_cache *cache;
    struct verdict_redis *redis;
    struct hash_key decision_key;
    struct shadow *shadow;       /* not told: the workers counted already */
    struct correlate *correlate; /* NULL: none */
    struct view before, after;
    struct rule_hit *merged, *loud;
    size_t merged_room, loud_room;
    struct text_link named[POST_MAX_LINKS];
    struct buf rules, findings, verdict;
};

struct second_look *second_look_new(struct verdict_cache *cache, struct verdict_redis *redis,
                                    struct correlate *correlate,
                                    const struct hash_key *decision_key)
{
    struct second_look *look = mem_zero(1, sizeof *look);
    look->cache = cache;
    look->redis = redis;
    look->correlate = correlate;
    look->decision_key = *decision_key;
    look->shadow = shadow_new();
    look->before.matcher = rule_matcher_new();
    look->after.matcher = rule_matcher_new();
    return look;
}

void second_look_free(struct second_look *look)
{
    if (look == NULL) {
        return;
    }
    rule_matcher_free(look->before.matcher);
    rule_matcher_free(look->after.matcher);
    free(look->before.kept);
    free(look->after.kept);
    free(look->merged);
    free(look->loud);
    shadow_free(look->shadow);
    buf_fini(&look->rules);
    buf_fini(&look->findings);
    buf_fini(&look->verdict);
    free(look);
}

/* False if no released rule matches, or the post is one that no rule takes. */
static bool match(struct second_look *look, struct view *view, const struct ruleset *rules,
                  const struct post *post)
{
    struct rule_match all;
    struct err err = ERR_NONE;
    view->match.hit_count = 0;
    view->is_read = false;
    if (!rule_match_post(view->matcher, rules->set, post, &all, &err)) {
        return false;
    }
    mem_grow(&view->kept, &view->room, all.hit_count, sizeof *view->kept);
    size_t shadows = ruleset_keep_active(rules, &all, view->kept, &view->match, look->shadow);
    view->is_read = true;
    view->may_keep = all.faults == 0 && shadows == 0;
    view->link_count = rule_matcher_links(view->matcher, &view->links);
    return view->match.hit_count > 0;
}

static bool has_rule(const struct rule_match *hits, const struct rule *rule)
{
    for (size_t i = 0; i < hits->hit_count; i++) {
        if (hits->hits[i].rule == rule) {
            return true;
        }
    }
    return false;
}

static struct rule_match merge(struct second_look *look)
{
    const struct rule_match *before = &look->before.match, *after = &look->after.match;
    size_t count = 0;
    mem_grow(&look->merged, &look->merged_room, before->hit_count + after->hit_count,
             sizeof *look->merged);
    for (size_t i = 0; i < before->hit_count; i++) {
        look->merged[count++] = before->hits[i];
    }
    for (size_t i = 0; i < after->hit_count; i++) {
        if (!has_rule(before, after->hits[i].rule)) {
            look->merged[count++] = after->hits[i];
        }
    }
    return (struct rule_match){.hits = look->merged, .hit_count = count};
}

/* The post with what was found among its links, as far as a post may have so many. */
static void add_targets(const struct second_look_link *found, size_t count, struct post *post,
                        struct str links[POST_MAX_LINKS])
{
    size_t total = 0;
    for (; total < post->link_count && total < POST_MAX_LINKS; total++) {
        links[total] = post->links[total];
    }
    for (size_t i = 0; i < count && total < POST_MAX_LINKS; i++) {
        links[total++] = found[i].target;
    }
    post->links = links;
    post->link_count = total;
}

/* The links as they were matched; one that was found has the short link as its original form. */
static void name_links(struct second_look *look, const struct second_look_link *found, size_t count)
{
    const struct view *after = &look->after;
    assert(after->link_count <= POST_MAX_LINKS);
    for (size_t i = 0; i < after->link_count; i++) {
        look->named[i] = after->links[i];
        for (size_t k = 0; i >= look->before.link_count && k < count; k++) {
            if (str_equal(after->links[i].original, found[k].target)) {
                look->named[i].original = found[k].original;
                break;
            }
        }
    }
}

/* So that a copy of the post has its links at once. */
static void keep(const struct second_look *look, const struct ruleset *rules,
                 const struct post *post)
{
    struct str findings = buf_str(&look->findings);
    verdict_cache_put(look->cache,
                      verdict_cache_key(look->cache, &rules->identity, &rules->fields, post),
                      findings);
    /* Where a rule may have read an author's name, the verdict stays in this memory. */
    bool may_travel = !rules->fields.author_name || post->fields[POST_AUTHOR_NAME].len == 0;
    if (look->redis != NULL && may_travel) {
        struct hash name = verdict_redis_key(look->redis, &rules->identity, &rules->fields, post);
        verdict_redis_store(look->redis, &name, findings);
    }
}

/* Counts the post by the sites that it leads to. False if nothing flags it. */
static bool write_rules(struct second_look *look, const struct ruleset *rules,
                        const struct post *post, const struct rule_match *merged,
                        bool is_correlated)
{
    const struct view *after = &look->after;
    struct rule_match loud = *merged;
    if (is_correlated) {
        const struct correlate_post of = {.post = post,
                                          .matcher = after->is_read ? after->matcher
                                                                    : look->before.matcher,
                                          .as_posted = look->before.matcher,
                                          .match = merged,
                                          .loud = &loud};
        mem_grow(&look->loud, &look->loud_room, merged->hit_count, sizeof *look->loud);
        ruleset_drop_silent(rules, look->loud, &loud);
        if (correlate_put(look->correlate, &of, &look->rules)) {
            return true;
        }
    }
    if (loud.hit_count > 0) {
        verdict_write_rules(&look->rules, VERDICT_CASE, rules->set, &loud);
    }
    return loud.hit_count > 0;
}

bool second_look(struct second_look *look, const struct ruleset *rules, const struct post *post,
                 const struct second_look_link *links, size_t link_count, struct str *verdict)
{
    struct view *before = &look->before, *after = &look->after;
    const struct text_link *named = NULL;
    struct str all_links[POST_MAX_LINKS];
    struct post longer = *post;
    after->match.hit_count = 0;
    after->is_read = false;
    if (!match(look, before, rules, post)) {
        return false;
    }
    bool is_kept = false;
    size_t named_count = before->link_count;
    add_targets(links, link_count, &longer, all_links);
    if (link_count > 0 && (match(look, after, rules, &longer) || after->is_read)) {
        name_links(look, links, link_count);
        named = look->named;
        named_count = after->link_count;
        is_kept = before->may_keep && after->may_keep;
    }
    struct rule_match merged = merge(look);
    bool is_correlated = look->correlate != NULL && ruleset_is_correlated(rules, &merged);
    buf_clear(&look->rules);
    if (!write_rules(look, rules, post, &merged, is_correlated)) {
        return false;
    }
    struct hash key = verdict_key(&look->decision_key, before->matcher);
    buf_clear(&look->findings);
    buf_clear(&look->verdict);
    verdict_write_findings(&look->findings, named != NULL ? named : before->links, named_count,
                           &key, buf_str(&look->rules));
    verdict_write_post(&look->verdict, post, buf_str(&look->findings));
    if (is_kept && !is_correlated) { /* what a cache knows no correlation would count */
        keep(look, rules, post);
    }
    *verdict = buf_str(&look->verdict);
    return true;
}
