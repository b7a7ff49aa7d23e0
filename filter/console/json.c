#include "filter/console/json.h"

#include "filter/base/clock.h"
#include "filter/base/hash.h"
#include "filter/console/page.h"

/* A comma, unless the object or array was just opened. */
static void join(struct buf *out)
{
    char last = out->len > 0 ? out->bytes[out->len - 1] : '{';
    if (last != '{' && last != '[') {
        buf_put_char(out, ',');
    }
}

static void put_name(struct buf *out, const char *name)
{
    join(out);
    buf_printf(out, "\"%s\":", name);
}

static void put_text(struct buf *out, const char *name, struct str value)
{
    if (value.len > 0) {
        buf_put_json_field(out, name, value);
    }
}

static void put_int(struct buf *out, const char *name, int64_t value)
{
    put_name(out, name);
    buf_put_int(out, value);
}

static void put_bool(struct buf *out, const char *name, bool value)
{
    put_name(out, name);
    buf_put_string(out, value ? "true" : "false");
}

static void put_time(struct buf *out, const char *name, int64_t time_ms)
{
    char text[CLOCK_TEXT];
    if (time_ms != CLOCK_NEVER) {
        buf_put_json_field(out, name, str_of(clock_format(time_ms, text)));
    }
}

static void put_summary(struct buf *out, const struct casebook_case *one)
{
    char hex[HASH_HEX];
    put_int(out, "id", one->id);
    put_int(out, "version", one->version);
    put_text(out, "class", str_of(rule_class_name(one->class)));
    put_text(out, "state", str_of(casebook_state_name(one->state)));
    put_time(out, "opened", one->opened_ms);
    put_time(out, "since", one->since_ms);
    put_time(out, "deadline", one->deadline_ms);
    put_text(out, "rule_id", one->rule_id);
    put_text(out, "rule_title", one->rule_title);
    put_text(out, "revision", str_of(hash_format(&one->revision, hex)));
    put_text(out, "excerpt", one->excerpt);
    put_int(out, "copies", (int64_t)one->copies);
    put_text(out, "claimed_by", one->claimed_by);
    put_bool(out, "demo", one->is_demo);
}

void json_queue(struct buf *out, const struct place *place, const struct casebook_case *cases,
                size_t count, bool has_more)
{
    buf_put_char(out, '{');
    put_int(out, "page", place->page);
    put_bool(out, "has_more", has_more);
    if (has_more && count > 0) {
        const struct casebook_case *last = &cases[count - 1];
        const struct casebook_after after = {.is_fraud = last->class == RULE_FRAUD,
                                             .opened_ms = last->opened_ms,
                                             .order_ms = last->order_ms,
                                             .id = last->id};
        put_name(out, "next");
        buf_put_char(out, '"');
        place_put_after(&after, out);
        buf_put_char(out, '"');
    }
    put_name(out, "cases");
    buf_put_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        join(out);
        buf_put_char(out, '{');
        put_summary(out, &cases[i]);
        buf_put_char(out, '}');
    }
    buf_put_string(out, "]}\n");
}

static void put_evidence(struct buf *out, const struct rule_evidence *evidence)
{
    join(out);
    buf_put_char(out, '{');
    put_text(out, "url", evidence->url);
    put_text(out, "publisher", evidence->publisher);
    put_time(out, "published", evidence->published_ms);
    put_text(out, "impersonates", evidence->impersonates);
    put_time(out, "valid_from", evidence->valid_from_ms);
    put_time(out, "valid_until", evidence->valid_until_ms);
    put_text(out, "sha256", evidence->sha256);
    put_text(out, "claim", evidence->claim);
    put_text(out, "rating", evidence->rating);
    put_time(out, "rated", evidence->rated_ms);
    buf_put_char(out, '}');
}

static void put_rule(struct buf *out, const struct casebook_rule *rule)
{
    char hex[HASH_HEX];
    join(out);
    buf_put_char(out, '{');
    put_text(out, "id", rule->id);
    put_text(out, "title", rule->title);
    put_text(out, "description", rule->description);
    put_text(out, "level", rule->level);
    put_text(out, "revision", str_of(hash_format(&rule->revision, hex)));
    put_name(out, "evidence");
    buf_put_char(out, '[');
    for (size_t i = 0; i < rule->evidence_count; i++) {
        put_evidence(out, &rule->evidence[i]);
    }
    buf_put_string(out, "]}");
}

static void put_post(struct buf *out, const struct casebook_post *post)
{
    join(out);
    buf_put_char(out, '{');
    put_text(out, "source", post->source);
    put_text(out, "id", post->id);
    put_text(out, "url", post->url);
    put_text(out, "title", post->title);
    put_text(out, "text", post->text);
    put_text(out, "lang", post->lang);
    put_time(out, "published", post->published_ms);
    put_time(out, "flagged", post->flagged_ms);
    put_text(out, "ruleset", post->ruleset);
    put_text(out, "found", post->found);
    put_name(out, "spans");
    buf_put_char(out, '[');
    for (size_t i = 0; i < post->span_count; i++) {
        join(out);
        buf_put_char(out, '{');
        put_text(out, "field", post->spans[i].field);
        put_int(out, "start", (int64_t)post->spans[i].span.start);
        put_int(out, "end", (int64_t)post->spans[i].span.end);
        buf_put_char(out, '}');
    }
    buf_put_char(out, ']');
    put_name(out, "links");
    buf_put_char(out, '[');
    for (size_t i = 0; i < post->link_count; i++) {
        join(out);
        buf_put_json(out, post->links[i]);
    }
    buf_put_string(out, "]}");
}

static void put_event(struct buf *out, const struct casebook_event *event)
{
    join(out);
    buf_put_char(out, '{');
    put_int(out, "seq", event->seq);
    put_time(out, "time", event->time_ms);
    put_text(out, "actor", event->actor);
    put_text(out, "action", event->action);
    if (event->detail.len > 0) {
        put_name(out, "detail"); /* JSON already */
        buf_put_str(out, event->detail);
    }
    buf_put_char(out, '}');
}

/* From page `number` of `size` each: opens the list and says which of `count` are in it. */
static size_t open_list(struct buf *out, const char *name, unsigned number, size_t size,
                        size_t count, size_t *end)
{
    size_t first = (size_t)(number - 1) * size;
    put_name(out, name);
    buf_put_char(out, '[');
    first = first < count ? first : count;
    *end = count - first > size ? first + size : count;
    return first;
}

void json_case(struct buf *out, const struct place *place, const struct casebook_page *one)
{
    size_t end, i;
    buf_put_char(out, '{');
    put_summary(out, &one->summary);
    put_int(out, "rule_count", (int64_t)one->rule_count);
    i = open_list(out, "rules", place->rules, PAGE_RULES, one->rule_count, &end);
    for (; i < end; i++) {
        put_rule(out, &one->rules[i]);
    }
    buf_put_char(out, ']');
    put_int(out, "post_count", (int64_t)one->post_count);
    i = open_list(out, "posts", place->copies, PAGE_COPIES, one->post_count, &end);
    for (; i < end; i++) {
        put_post(out, &one->posts[i]);
    }
    buf_put_char(out, ']');
    put_int(out, "event_count", (int64_t)one->event_count);
    i = open_list(out, "events", place->events, PAGE_EVENTS, one->event_count, &end);
    for (; i < end; i++) {
        put_event(out, &one->events[one->event_count - 1 - i]);
    }
    buf_put_char(out, ']');
    if (one->proposal.len > 0) {
        put_text(out, "proposal_kind", one->proposal_kind);
        put_name(out, "proposal"); /* JSON already */
        buf_put_str(out, one->proposal);
    }
    put_text(out, "entry_id", one->entry_id);
    put_text(out, "entry_state", one->entry_state);
    buf_put_string(out, "}\n");
}

/* The phrase of a status (RFC 9110, section 15). */
static const char *phrase(unsigned status)
{
    static const struct {
        unsigned status;
        const char *phrase;
    } phrases[] = {
        {400, "Bad Request"},       {401, "Unauthorized"},           {403, "Forbidden"},
        {404, "Not Found"},         {405, "Method Not Allowed"},     {413, "Content Too Large"},
        {414, "URI Too Long"},      {415, "Unsupported Media Type"}, {421, "Misdirected Request"},
        {429, "Too Many Requests"}, {503, "Service Unavailable"},
    };
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
        if (phrases[i].status == status) {
            return phrases[i].phrase;
        }
    }
    return "Error";
}

void json_problem(struct buf *out, unsigned status, const char *name, struct str detail)
{
    buf_put_char(out, '{');
    put_text(out, "type", STR("about:blank"));
    put_text(out, "title", str_of(phrase(status)));
    put_int(out, "status", status);
    put_text(out, "detail", detail);
    put_text(out, "error", str_of(name));
    buf_put_string(out, "}\n");
}
