/* Reading verdicts back, as from a stranger. */
#include <jansson.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/text/url.h"
#include "filter/text/utf8.h"
#include "filter/verdict/verdict.h"

enum {
    DIGITS = 2 * HASH_BYTES,
    MAX_URL = 4 * URL_MAX_BYTES, /* percent-encoding makes three bytes of one */
    MAX_RULES = 20000,
    MAX_SPANS = 65536,
    MAX_EVIDENCE = 256,
    MAX_NAME = 1 << 18
};

struct reader {
    struct arena *arena;
    struct verdict *verdict;
    const char *place; /* what is being read, for messages: "post", "link", … */
    struct err *err;
};

static bool too_large(struct reader *in)
{
    return err_set(in->err, "the verdict is too large for its arena");
}

static bool expect(struct reader *in, const json_t *value, json_type type)
{
    static const char *const names[] = {"an object", "an array", "a string", "an integer"};
    return (value != NULL && json_typeof(value) == type) ||
           err_set(in->err, "%s is %s; %s belongs there", in->place,
                   value == NULL ? "missing" : "of another type", names[type]);
}

/* An object with no other keys than these; a NULL ends the list. */
static bool only(struct reader *in, json_t *object, const char *const *allowed)
{
    const char *key;
    json_t *value;
    if (!expect(in, object, JSON_OBJECT)) {
        return false;
    }
    json_object_foreach(object, key, value)
    {
        size_t i = 0;
        while (allowed[i] != NULL && strcmp(allowed[i], key) != 0) {
            i++;
        }
        if (allowed[i] == NULL) {
            return err_set(in->err, "%s has a field that is not known", in->place);
        }
    }
    return true;
}

/* A string of at most `most` bytes into the arena; `*text` stays empty if there is none. */
static bool text(struct reader *in, const json_t *object, const char *name, size_t most,
                 struct str *text)
{
    const json_t *value = json_object_get(object, name);
    if (value == NULL) {
        return true;
    }
    if (!json_is_string(value)) {
        return err_set(in->err, "'%s' of %s is not a string", name, in->place);
    }
    size_t len = json_string_length(value);
    if (len > most) {
        return err_set(in->err, "'%s' of %s has %zu bytes; the most is %zu", name, in->place, len,
                       most);
    }
    text->at = arena_copy(in->arena, json_string_value(value), len);
    text->len = len;
    return text->at != NULL || too_large(in);
}

/* The same for one that must be there. */
static bool some_text(struct reader *in, const json_t *object, const char *name, size_t most,
                      struct str *out)
{
    return text(in, object, name, most, out) &&
           (out->len > 0 || err_set(in->err, "'%s' of %s is missing", name, in->place));
}

static bool time_of(struct reader *in, const json_t *object, const char *name, int64_t *time_ms)
{
    struct str written = {.len = 0};
    *time_ms = CLOCK_NEVER;
    return text(in, object, name, CLOCK_TEXT, &written) &&
           (written.len == 0 || clock_parse(written, time_ms) ||
            err_set(in->err, "'%s' of %s is not a time in RFC 3339", name, in->place));
}

static bool hash_of(struct reader *in, const json_t *object, const char *name, struct hash *hash)
{
    struct str hex = {.len = 0};
    if (!some_text(in, object, name, DIGITS, &hex)) {
        return false;
    }
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < hex.len; i++) {
        const char *digit = hex.at[i] != '\0' ? strchr(digits, hex.at[i]) : NULL;
        if (digit == NULL || hex.len != DIGITS) {
            return err_set(in->err, "'%s' of %s is not %d lower-case hexadecimal digits", name,
                           in->place, DIGITS);
        }
        unsigned char half = (unsigned char)(digit - digits);
        hash->bytes[i / 2] = (unsigned char)(i % 2 == 0 ? half << 4 : hash->bytes[i / 2] | half);
    }
    return true;
}

/* The elements of a list, zeroed in the arena; `*count` of at least `least`, at most `most`. */
static void *elements(struct reader *in, const json_t *list, size_t least, size_t most, size_t size,
                      size_t *count)
{
    if (!expect(in, list, JSON_ARRAY)) {
        return NULL;
    }
    *count = json_array_size(list);
    if (*count < least || *count > most) {
        err_set(in->err, "%zu times %s; it takes %zu to %zu", *count, in->place, least, most);
        return NULL;
    }
    void *array = arena_array(in->arena, *count > 0 ? *count : 1, size);
    if (array == NULL) {
        too_large(in);
    }
    return array;
}

static bool read_post(struct reader *in, json_t *object)
{
    static const char *const keys[] = {"id",   "source",    "url",     "title", "text",
                                       "lang", "published", "fetched", NULL};
    struct post *post = &in->verdict->post;
    *post = POST_EMPTY;
    in->place = "post";
    if (!only(in, object, keys) || !text(in, object, "id", VERDICT_MAX_ID, &post->id) ||
        !text(in, object, "source", VERDICT_MAX_ID, &post->source) ||
        !text(in, object, "url", URL_MAX_BYTES, &post->url) ||
        !text(in, object, "title", POST_MAX_BYTES, &post->fields[POST_TITLE]) ||
        !text(in, object, "text", POST_MAX_BYTES, &post->fields[POST_TEXT]) ||
        !text(in, object, "lang", VERDICT_MAX_ID, &post->lang) ||
        !time_of(in, object, "published", &post->published_ms) ||
        !time_of(in, object, "fetched", &post->fetched_ms)) {
        return false;
    }
    return post->fields[POST_TITLE].len + post->fields[POST_TEXT].len <= POST_MAX_BYTES ||
           err_set(in->err, "the post's title and text are longer than %d bytes", POST_MAX_BYTES);
}

static bool read_links(struct reader *in, const json_t *list)
{
    static const char *const keys[] = {"original", "url", "host", "domain", NULL};
    in->place = "link";
    struct verdict_link *links =
        elements(in, list, 0, POST_MAX_LINKS, sizeof *links, &in->verdict->link_count);
    in->verdict->links = links;
    for (size_t i = 0; links != NULL && i < in->verdict->link_count; i++) {
        json_t *object = json_array_get(list, i);
        if (!only(in, object, keys) ||
            !text(in, object, "original", VERDICT_MAX_LINKS_BYTES, &links[i].original) ||
            !some_text(in, object, "url", MAX_URL, &links[i].url) ||
            !text(in, object, "host", URL_MAX_BYTES, &links[i].host) ||
            !text(in, object, "domain", URL_MAX_BYTES, &links[i].domain)) {
            return false;
        }
    }
    return links != NULL;
}

static bool marks(struct str original, const struct verdict_span *span)
{
    if (span->span.end > original.len || !utf8_is_boundary(original, span->span.start) ||
        !utf8_is_boundary(original, span->span.end)) {
        return false;
    }
    size_t len = span->span.end - span->span.start;
    return len == span->text.len &&
           (len == 0 || memcmp(original.at + span->span.start, span->text.at, len) == 0);
}

/*
 * A span marks a link's original or, of the address that a short link led to, its url; but links
 * that had no room were left out by the writer.
 */
static bool marks_link(const struct verdict *verdict, const struct verdict_span *span)
{
    size_t total = 0;
    for (size_t i = 0; i < verdict->link_count; i++) {
        const struct verdict_link *link = &verdict->links[i];
        if (marks(link->original, span) || marks(link->url, span)) {
            return true;
        }
        total += link->original.len + link->url.len + link->host.len + link->domain.len;
    }
    enum { MOST_GROWTH = 6, NEXT = 1 << 16 }; /* of a byte in JSON; of one link that had no room */
    return (total + NEXT) * MOST_GROWTH > VERDICT_MAX_LINKS_BYTES;
}

static bool read_span(struct reader *in, json_t *object, struct verdict_span *span)
{
    static const char *const keys[] = {"field", "start", "end", "text", NULL};
    in->place = "span";
    if (!only(in, object, keys) || !some_text(in, object, "field", MAX_NAME, &span->field) ||
        !text(in, object, "text", POST_MAX_BYTES, &span->text) ||
        !expect(in, json_object_get(object, "start"), JSON_INTEGER) ||
        !expect(in, json_object_get(object, "end"), JSON_INTEGER)) {
        return false;
    }
    json_int_t start = json_integer_value(json_object_get(object, "start"));
    json_int_t end = json_integer_value(json_object_get(object, "end"));
    if (start < 0 || end < start || end > POST_MAX_BYTES) {
        return err_set(in->err, "a span from %lld to %lld is none", (long long)start,
                       (long long)end);
    }
    span->span = (struct text_span){.start = (size_t)start, .end = (size_t)end};
    const struct post *post = &in->verdict->post;
    bool is_true = false;
    if (str_is(span->field, post_field_name(POST_TITLE))) {
        is_true = marks(post->fields[POST_TITLE], span);
    } else if (str_is(span->field, post_field_name(POST_TEXT))) {
        is_true = marks(post->fields[POST_TEXT], span);
    } else if (str_is(span->field, "link")) {
        is_true = marks_link(in->verdict, span);
    } else {
        return err_set(in->err, "a span's field must be title, text or link");
    }
    return is_true || err_set(in->err, "a span does not mark the text it says");
}

static bool read_spans(struct reader *in, const json_t *list, struct verdict_rule *rule)
{
    in->place = "spans";
    struct verdict_span *spans = elements(in, list, 0, MAX_SPANS, sizeof *spans, &rule->span_count);
    rule->spans = spans;
    for (size_t i = 0; spans != NULL && i < rule->span_count; i++) {
        if (!read_span(in, json_array_get(list, i), &spans[i])) {
            return false;
        }
    }
    return spans != NULL;
}

static bool read_evidence(struct reader *in, const json_t *list, struct verdict_rule *rule)
{
    static const char *const keys[] = {"url",    "publisher", "published",  "impersonates",
                                       "sha256", "claim",     "valid_from", "valid_until",
                                       "rating", "rated",     NULL};
    in->place = "evidence";
    struct rule_evidence *all =
        elements(in, list, 1, MAX_EVIDENCE, sizeof *all, &rule->evidence_count);
    rule->evidence = all;
    for (size_t i = 0; all != NULL && i < rule->evidence_count; i++) {
        json_t *object = json_array_get(list, i);
        struct rule_evidence *one = &all[i];
        if (!only(in, object, keys) || !some_text(in, object, "url", URL_MAX_BYTES, &one->url) ||
            !text(in, object, "publisher", MAX_NAME, &one->publisher) ||
            !time_of(in, object, "published", &one->published_ms) ||
            !text(in, object, "impersonates", MAX_NAME, &one->impersonates) ||
            !time_of(in, object, "valid_from", &one->valid_from_ms) ||
            !time_of(in, object, "valid_until", &one->valid_until_ms) ||
            !text(in, object, "sha256", DIGITS, &one->sha256) ||
            !text(in, object, "claim", MAX_NAME, &one->claim) ||
            !text(in, object, "rating", MAX_NAME, &one->rating) ||
            !time_of(in, object, "rated", &one->rated_ms)) {
            return false;
        }
    }
    return all != NULL;
}

static bool read_rule(struct reader *in, json_t *object, struct verdict_rule *rule)
{
    static const char *const keys[] = {"id",       "title",    "class",       "level",
                                       "revision", "document", "description", "evidence",
                                       "found",    "spans",    NULL};
    struct str class = {.len = 0};
    in->place = "rule";
    if (!only(in, object, keys) || !some_text(in, object, "id", MAX_NAME, &rule->id) ||
        !some_text(in, object, "title", MAX_NAME, &rule->title) ||
        !text(in, object, "level", MAX_NAME, &rule->level) ||
        !text(in, object, "description", MAX_NAME, &rule->description) ||
        !text(in, object, "found", VERDICT_MAX_FOUND, &rule->found) ||
        !some_text(in, object, "class", MAX_NAME, &class) ||
        !hash_of(in, object, "revision", &rule->revision) ||
        !hash_of(in, object, "document", &rule->document)) {
        return false;
    }
    if (!rule_class_parse(class, &rule->class)) {
        return err_set(in->err, "a rule's class must be fraud, procedure or claim");
    }
    return read_evidence(in, json_object_get(object, "evidence"), rule) &&
           read_spans(in, json_object_get(object, "spans"), rule);
}

static bool read_rules(struct reader *in, const json_t *list)
{
    in->place = "rules";
    struct verdict_rule *rules =
        elements(in, list, 1, MAX_RULES, sizeof *rules, &in->verdict->rule_count);
    in->verdict->rules = rules;
    for (size_t i = 0; rules != NULL && i < in->verdict->rule_count; i++) {
        if (!read_rule(in, json_array_get(list, i), &rules[i])) {
            return false;
        }
    }
    return rules != NULL;
}

bool verdict_read(struct arena *arena, struct str json, struct verdict *verdict, struct err *err)
{
    static const char *const keys[] = {"post", "links", "key", "ruleset", "rules", NULL};
    struct reader in = {.arena = arena, .verdict = verdict, .place = "verdict", .err = err};
    *verdict = (struct verdict){.post = POST_EMPTY};
    if (json.len > VERDICT_MAX_BYTES) {
        return err_set(err, "the verdict has %zu bytes; the most is %d", json.len,
                       VERDICT_MAX_BYTES);
    }
    /* jansson's own message may quote the input, so only the place is taken from it. */
    json_error_t fault;
    json_t *root = json_loadb(json.at != NULL ? json.at : "", json.len,
                              JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &fault);
    if (root == NULL) {
        return err_set(err, "the verdict is not JSON, at byte %d", fault.position);
    }
    bool done = only(&in, root, keys) && hash_of(&in, root, "key", &verdict->key) &&
                some_text(&in, root, "ruleset", DIGITS, &verdict->ruleset) &&
                read_post(&in, json_object_get(root, "post")) &&
                read_links(&in, json_object_get(root, "links")) &&
                read_rules(&in, json_object_get(root, "rules"));
    json_decref(root);
    return done;
}
