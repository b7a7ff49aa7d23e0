#include "filter/cli/review_json.h"

#include "filter/base/clock.h"
#include "filter/base/hash.h"

static void put_time_field(struct buf *out, const char *name, int64_t time_ms)
{
    char text[CLOCK_TEXT];
    if (time_ms != CLOCK_NEVER) {
        buf_put_json_field(out, name, str_of(clock_format(time_ms, text)));
    }
}

static void put_summary(const struct casebook_case *one, struct buf *out)
{
    buf_printf(out, "{\"id\":%lld,\"version\":%lld", (long long)one->id, (long long)one->version);
    buf_put_json_field(out, "class", str_of(rule_class_name(one->class)));
    buf_put_json_field(out, "state", str_of(casebook_state_name(one->state)));
    put_time_field(out, "opened", one->opened_ms);
    put_time_field(out, "since", one->since_ms);
    put_time_field(out, "deadline", one->deadline_ms);
    buf_put_json_field(out, "rule", one->rule_id);
    buf_put_json_field(out, "title", one->rule_title);
    buf_put_json_field(out, "level", one->level);
    buf_put_json_field(out, "excerpt", one->excerpt);
    buf_put_json_field(out, "claimed_by", one->claimed_by);
    buf_printf(out, ",\"copies\":%zu,\"demo\":%s", one->copies, one->is_demo ? "true" : "false");
}

void review_json_line(const struct casebook_case *one, struct buf *out)
{
    put_summary(one, out);
    buf_put_string(out, "}\n");
}

static void put_rules(const struct casebook_page *page, struct buf *out)
{
    buf_put_string(out, ",\"rules\":[");
    for (size_t i = 0; i < page->rule_count; i++) {
        const struct casebook_rule *rule = &page->rules[i];
        char hex[HASH_HEX];
        buf_put_string(out, i > 0 ? ",{" : "{");
        buf_put_json_field(out, "id", rule->id);
        buf_put_json_field(out, "title", rule->title);
        buf_put_json_field(out, "description", rule->description);
        buf_put_json_field(out, "level", rule->level);
        buf_put_json_field(out, "revision", str_of(hash_format(&rule->revision, hex)));
        buf_put_string(out, ",\"evidence\":[");
        for (size_t k = 0; k < rule->evidence_count; k++) {
            buf_put_string(out, k > 0 ? ",{" : "{");
            buf_put_json_field(out, "url", rule->evidence[k].url);
            buf_put_json_field(out, "publisher", rule->evidence[k].publisher);
            buf_put_char(out, '}');
        }
        buf_put_string(out, "]}");
    }
    buf_put_char(out, ']');
}

static void put_post(const struct casebook_post *post, struct buf *out)
{
    buf_put_char(out, '{');
    buf_printf(out, "\"number\":%lld", (long long)post->number);
    buf_put_json_field(out, "source", post->source);
    buf_put_json_field(out, "id", post->id);
    buf_put_json_field(out, "url", post->url);
    buf_put_json_field(out, "title", post->title);
    buf_put_json_field(out, "text", post->text);
    put_time_field(out, "published", post->published_ms);
    put_time_field(out, "flagged", post->flagged_ms);
    if (post->found.len > 0) {
        buf_put_json_field(out, "found", post->found);
    }
    buf_put_string(out, ",\"spans\":[");
    for (size_t i = 0; i < post->span_count; i++) {
        buf_put_string(out, i > 0 ? ",{" : "{");
        buf_put_json_field(out, "field", post->spans[i].field);
        buf_printf(out, ",\"start\":%zu,\"end\":%zu}", post->spans[i].span.start,
                   post->spans[i].span.end);
    }
    buf_put_string(out, "],\"links\":[");
    for (size_t i = 0; i < post->link_count; i++) {
        buf_put_string(out, i > 0 ? "," : "");
        buf_put_json(out, post->links[i]);
    }
    buf_put_string(out, "]}");
}

static void put_history(const struct casebook_page *page, struct buf *out)
{
    buf_put_string(out, ",\"history\":[");
    for (size_t i = 0; i < page->event_count; i++) {
        const struct casebook_event *event = &page->events[i];
        buf_printf(out, "%s{\"seq\":%lld", i > 0 ? "," : "", (long long)event->seq);
        put_time_field(out, "time", event->time_ms);
        buf_put_json_field(out, "actor", event->actor);
        buf_put_json_field(out, "action", event->action);
        /* A JSON object already, and canonical: the log's own. */
        buf_put_string(out, ",\"detail\":");
        buf_put_str(out, event->detail.len > 0 ? event->detail : STR("{}"));
        buf_put_char(out, '}');
    }
    buf_put_char(out, ']');
}

static void put_more(const struct casebook_page *page, struct buf *out)
{
    const struct casebook_before *before = &page->before;
    buf_put_json_field(out, "offered_by", page->offered_by);
    buf_printf(out, ",\"lane\":%s,\"disputed\":%s", page->is_lane ? "true" : "false",
               page->summary.is_disputed ? "true" : "false");
    if (page->merged_into != 0) {
        buf_printf(out, ",\"merged_into\":%lld", (long long)page->merged_into);
    }
    if (before->case_id != 0) {
        buf_printf(out, ",\"like\":{\"id\":%lld", (long long)before->case_id);
        buf_put_json_field(out, "how", str_of(casebook_likeness_name(before->how)));
        buf_put_json_field(out, "state", str_of(casebook_state_name(before->state)));
        buf_put_json_field(out, "reason", before->reason);
        buf_put_char(out, '}');
    }
    buf_put_string(out, ",\"appeals\":[");
    for (size_t i = 0; i < page->objection_count; i++) {
        const struct casebook_objection *one = &page->objections[i];
        buf_printf(out, "%s{\"id\":%lld,\"number\":%lld", i > 0 ? "," : "", (long long)one->id,
                   (long long)one->number);
        buf_put_json_field(out, "state", str_of(casebook_appeal_state_name(one->state)));
        put_time_field(out, "lodged", one->lodged_ms);
        put_time_field(out, "deadline", one->deadline_ms);
        buf_put_json_field(out, "ground", one->ground);
        buf_put_json_field(out, "reason", one->reason);
        buf_put_json_field(out, "decided_by", one->decided_by);
        buf_put_char(out, '}');
    }
    buf_put_char(out, ']');
}

void review_json(const struct casebook_page *page, struct buf *out)
{
    put_summary(&page->summary, out);
    put_rules(page, out);
    buf_put_string(out, ",\"posts\":[");
    for (size_t i = 0; i < page->post_count; i++) {
        buf_put_string(out, i > 0 ? "," : "");
        put_post(&page->posts[i], out);
    }
    buf_put_char(out, ']');
    put_history(page, out);
    buf_put_json_field(out, "proposal_kind", page->proposal_kind);
    buf_put_json_field(out, "proposal", page->proposal);
    buf_put_json_field(out, "entry", page->entry_id);
    buf_put_json_field(out, "entry_state", page->entry_state);
    put_time_field(out, "entry_due", page->entry_due_ms);
    put_more(page, out);
    buf_put_string(out, "}\n");
}
