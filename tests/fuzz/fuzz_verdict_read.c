/*
 * A verdict that is read, written and read again says the same. (The writer here is the shortest
 * one: the real one writes from rules.)
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/verdict/verdict.h"
#include "tests/fuzz/fuzz.h"

static void put(struct buf *out, const char *name, struct str text)
{
    if (text.len > 0) {
        buf_put_json_field(out, name, text);
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

static void put_rule(struct buf *out, const struct verdict_rule *rule)
{
    buf_put_char(out, '{');
    put(out, "id", rule->id);
    put(out, "title", rule->title);
    put(out, "class", str_of(rule_class_name(rule->class)));
    put(out, "level", rule->level);
    put_hash(out, "revision", &rule->revision);
    put_hash(out, "document", &rule->document);
    put(out, "description", rule->description);
    buf_put_string(out, ",\"evidence\":[");
    for (size_t i = 0; i < rule->evidence_count; i++) {
        const struct rule_evidence *one = &rule->evidence[i];
        buf_put_string(out, i > 0 ? ",{" : "{");
        put(out, "url", one->url);
        put(out, "publisher", one->publisher);
        put_time(out, "published", one->published_ms);
        put(out, "impersonates", one->impersonates);
        put_time(out, "valid_from", one->valid_from_ms);
        put_time(out, "valid_until", one->valid_until_ms);
        put(out, "sha256", one->sha256);
        put(out, "claim", one->claim);
        put(out, "rating", one->rating);
        put_time(out, "rated", one->rated_ms);
        buf_put_char(out, '}');
    }
    buf_put_string(out, "],\"spans\":[");
    for (size_t i = 0; i < rule->span_count; i++) {
        const struct verdict_span *span = &rule->spans[i];
        buf_put_string(out, i > 0 ? ",{" : "{");
        put(out, "field", span->field);
        put(out, "text", span->text);
        buf_printf(out, ",\"start\":%zu,\"end\":%zu}", span->span.start, span->span.end);
    }
    buf_put_string(out, "]}");
}

static void put_findings(struct buf *out, const struct verdict *verdict)
{
    buf_put_string(out, "\"links\":[");
    for (size_t i = 0; i < verdict->link_count; i++) {
        const struct verdict_link *link = &verdict->links[i];
        buf_put_string(out, i > 0 ? ",{" : "{");
        put(out, "original", link->original);
        put(out, "url", link->url);
        put(out, "host", link->host);
        put(out, "domain", link->domain);
        buf_put_char(out, '}');
    }
    buf_put_char(out, ']');
    put_hash(out, "key", &verdict->key);
    put(out, "ruleset", verdict->ruleset);
    buf_put_string(out, ",\"rules\":[");
    for (size_t i = 0; i < verdict->rule_count; i++) {
        if (i > 0) {
            buf_put_char(out, ',');
        }
        put_rule(out, &verdict->rules[i]);
    }
    buf_put_char(out, ']');
}

static void write_whole(struct buf *out, const struct verdict *verdict)
{
    struct buf findings = BUF_EMPTY;
    put_findings(&findings, verdict);
    verdict_write_post(out, &verdict->post, buf_str(&findings));
    buf_fini(&findings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(64 << 20);
    struct verdict first, second;
    struct err err = ERR_NONE;
    struct buf once = BUF_EMPTY, twice = BUF_EMPTY;
    if (verdict_read(arena, (struct str){(const char *)data, size}, &first, &err)) {
        assert(first.rule_count > 0 && first.post.fields[POST_AUTHOR_NAME].len == 0);
        for (size_t i = 0; i < first.rule_count; i++) {
            assert(first.rules[i].evidence_count > 0);
        }
        write_whole(&once, &first);
        if (!verdict_read(arena, buf_str(&once), &second, &err)) {
            fprintf(stderr, "%s\n%s\n", err.message, once.bytes);
            abort();
        }
        write_whole(&twice, &second);
        assert(str_equal(buf_str(&once), buf_str(&twice)));
    } else {
        assert(err.message[0] != '\0');
    }
    buf_fini(&once);
    buf_fini(&twice);
    arena_free(arena);
    return 0;
}
