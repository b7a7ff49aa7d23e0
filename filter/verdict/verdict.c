#include "filter/verdict/verdict.h"

#include <assert.h>

#include "filter/rule/release.h"
#include "filter/text/url.h"

static void put_text(struct buf *out, const char *name, struct str value)
{
    if (value.len > 0) {
        buf_put_json_field(out, name, value);
    }
}

static void put_time(struct buf *out, const char *name, int64_t time_ms)
{
    char text[CLOCK_TEXT];
    if (time_ms != CLOCK_NEVER) {
        buf_put_json_field(out, name, str_of(clock_format(time_ms, text)));
    }
}

static void put_hash(struct buf *out, const char *name, const struct hash *hash)
{
    char text[HASH_HEX];
    buf_put_json_field(out, name, str_of(hash_format(hash, text)));
}

/* Opens `"name":[` behind what is there. */
static void open_list(struct buf *out, const char *name)
{
    buf_put_char(out, ',');
    buf_put_json(out, str_of(name));
    buf_put_string(out, ":[");
}

static void put_evidence(struct buf *out, enum rule_class class, const struct rule_evidence *one)
{
    buf_put_char(out, '{');
    put_text(out, "url", one->url);
    put_text(out, "publisher", one->publisher);
    /* Which times a class has: the others are not set. */
    switch (class) {
    case RULE_FRAUD:
        put_time(out, "published", one->published_ms);
        break;
    case RULE_PROCEDURE:
        put_time(out, "published", one->published_ms);
        put_time(out, "valid_from", one->valid_from_ms);
        put_time(out, "valid_until", one->valid_until_ms);
        break;
    case RULE_CLAIM:
        put_time(out, "rated", one->rated_ms);
        break;
    }
    put_text(out, "impersonates", one->impersonates);
    put_text(out, "sha256", one->sha256);
    put_text(out, "claim", one->claim);
    put_text(out, "rating", one->rating);
    buf_put_char(out, '}');
}

static void put_case_fields(struct buf *out, const struct rule *rule)
{
    put_hash(out, "revision", &rule->revision);
    put_hash(out, "document", &rule->document);
    put_text(out, "description", rule->description);
    open_list(out, "evidence");
    for (size_t i = 0; i < rule->evidence_count; i++) {
        if (i > 0) {
            buf_put_char(out, ',');
        }
        put_evidence(out, rule->class, &rule->evidence[i]);
    }
    buf_put_char(out, ']');
}

/* Spans up to `max_len` bytes of `out`; an author's never (limit 5). */
static void put_spans(struct buf *out, const struct rule_hit *hit, size_t max_len)
{
    open_list(out, "spans");
    for (size_t i = 0; i < hit->span_count; i++) {
        const struct rule_span *span = &hit->spans[i];
        size_t before = out->len;
        if (strcmp(span->field, post_field_name(POST_AUTHOR_NAME)) == 0) {
            continue;
        }
        if (out->bytes[out->len - 1] != '[') {
            buf_put_char(out, ',');
        }
        buf_put_char(out, '{');
        buf_put_json_field(out, "field", str_of(span->field));
        buf_printf(out, ",\"start\":%zu,\"end\":%zu", span->span.start, span->span.end);
        buf_put_json_field(out, "text", span->text);
        buf_put_char(out, '}');
        if (out->len > max_len) {
            out->len = before;
            break;
        }
    }
    buf_put_char(out, ']');
}

static void put_rule(struct buf *out, enum verdict_form form, const struct rule_hit *hit,
                     size_t max_len)
{
    const struct rule *rule = hit->rule;
    buf_put_char(out, '{');
    buf_put_json_field(out, "id", rule->id);
    buf_put_json_field(out, "title", rule->title);
    buf_put_json_field(out, "class", str_of(rule_class_name(rule->class)));
    put_text(out, "level", rule->level);
    if (form == VERDICT_CASE) {
        put_case_fields(out, rule);
        put_text(out, "found", hit->found);
    }
    put_spans(out, hit, max_len);
    buf_put_char(out, '}');
}

void verdict_write_rules(struct buf *out, enum verdict_form form, const struct rule_set *set,
                         const struct rule_match *match)
{
    /* The last half of the room is for rules whose spans no longer fit. */
    size_t spans_end = form == VERDICT_CASE ? out->len + VERDICT_MAX_RULES_BYTES / 2 : SIZE_MAX;
    size_t end = form == VERDICT_CASE ? out->len + VERDICT_MAX_RULES_BYTES : SIZE_MAX;
    assert(match->hit_count > 0);
    buf_put_string(out, "\"ruleset\":");
    buf_put_json(out, str_of(rule_set_id(set)));
    open_list(out, "rules");
    for (size_t i = 0; i < match->hit_count; i++) {
        size_t before = out->len;
        if (i > 0) {
            buf_put_char(out, ',');
        }
        put_rule(out, form, &match->hits[i], spans_end);
        if (i > 0 && out->len >= end) {
            out->len = before;
            break;
        }
    }
    buf_put_char(out, ']');
}

static void put_links(struct buf *out, const struct text_link *links, size_t count)
{
    size_t end = out->len + VERDICT_MAX_LINKS_BYTES;
    for (size_t i = 0; i < count; i++) {
        size_t before = out->len;
        if (i > 0) {
            buf_put_char(out, ',');
        }
        buf_put_char(out, '{');
        buf_put_json_field(out, "original", links[i].original);
        buf_put_json_field(out, "url", links[i].url);
        buf_put_json_field(out, "host", links[i].host);
        buf_put_json_field(out, "domain", links[i].domain);
        buf_put_char(out, '}');
        if (out->len > end) {
            out->len = before;
            break;
        }
    }
}

void verdict_write_findings(struct buf *out, const struct text_link *links, size_t link_count,
                            const struct hash *key, struct str rules)
{
    buf_put_string(out, "\"links\":[");
    put_links(out, links, link_count);
    buf_put_char(out, ']');
    put_hash(out, "key", key);
    buf_put_char(out, ',');
    buf_put_str(out, rules);
}

void verdict_write_post(struct buf *out, const struct post *post, struct str findings)
{
    buf_put_string(out, "{\"post\":{");
    put_text(out, "id", post->id);
    put_text(out, "source", post->source);
    if (post->url.len <= URL_MAX_BYTES) {
        put_text(out, "url", post->url);
    }
    put_text(out, "title", post->fields[POST_TITLE]);
    put_text(out, "text", post->fields[POST_TEXT]);
    put_text(out, "lang", post->lang);
    put_time(out, "published", post->published_ms);
    put_time(out, "fetched", post->fetched_ms);
    buf_put_string(out, "},");
    buf_put_str(out, findings);
    buf_put_char(out, '}');
}

void verdict_write(struct buf *out, const struct post *post, const struct text_link *links,
                   size_t link_count, const struct hash *key, struct str rules)
{
    struct buf findings = BUF_EMPTY;
    if (key == NULL) {
        verdict_write_post(out, post, rules);
        return;
    }
    verdict_write_findings(&findings, links, link_count, key, rules);
    verdict_write_post(out, post, buf_str(&findings));
    buf_fini(&findings);
}

struct hash verdict_key(const struct hash_key *secret, struct rule_matcher *matcher)
{
    struct str parts[2 + POST_MAX_LINKS];
    const struct text_link *links;
    size_t count = rule_matcher_links(matcher, &links);
    assert(count <= POST_MAX_LINKS);
    parts[0] = rule_matcher_folded(matcher, POST_TITLE);
    parts[1] = rule_matcher_folded(matcher, POST_TEXT);
    for (size_t i = 0; i < count; i++) {
        parts[2 + i] = links[i].url;
    }
    return hash_keyed(secret, parts, 2 + count);
}

struct hash verdict_rule_release(const struct verdict_rule *rule)
{
    const struct rule_release form = {
        .document = rule->document,
        .revision = rule->revision,
        .class = rule->class,
        .id = rule->id,
        .title = rule->title,
        .description = rule->description,
        .level = rule->level,
        .evidence = rule->evidence,
        .evidence_count = rule->evidence_count,
    };
    return rule_release_hash(&form);
}
