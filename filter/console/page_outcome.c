/* What came of a case besides an entry: the correction, or the referral and what its recipient
 * said. */
#include <jansson.h>
#include <stdio.h>

#include "filter/base/clock.h"
#include "filter/console/flagged.h"
#include "filter/console/page_case.h"
#include "filter/console/site_correction.h"
#include "filter/console/when.h"

enum { COST_NAME = 400, COST_CLAIM = 1200, COST_TEXT = 3000, COST_REASON = 1500 };

static struct str text_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return (struct str){.at = json_string_value(value), .len = json_string_length(value)};
}

static void put_line(const struct page *page, enum message term, struct str value, size_t cost)
{
    if (value.len > 0) {
        page_term(page, term);
        HTML(page->html, "<dd>");
        html_foreign(page->html, value, cost);
        HTML(page->html, "</dd>");
    }
}

static void put_when(const struct page *page, enum message term, int64_t time_ms)
{
    page_term(page, term);
    HTML(page->html, "<dd>");
    when_put(page->html, page->language, time_ms);
    HTML(page->html, "</dd>");
}

/* The newest row of that action; NULL: there is none among those that are shown. */
static const struct casebook_event *find_event(const struct casebook_page *one,
                                               enum casebook_action action)
{
    for (size_t i = one->event_count; i > 0; i--) {
        if (str_is(one->events[i - 1].action, casebook_action_name(action))) {
            return &one->events[i - 1];
        }
    }
    return NULL;
}

/* What they wrote back, or until when it is waited for. */
static void put_answer(const struct page *page, const struct casebook_page *one)
{
    const struct casebook_event *sent = find_event(one, ACTION_REFER),
                                *reply = find_event(one, ACTION_REPLY);
    if (sent != NULL) {
        put_when(page, MSG_OUTCOME_SENT, sent->time_ms);
    }
    if (one->summary.state == CASE_REFERRED) {
        page_term(page, MSG_OUTCOME_WAITS);
        HTML(page->html, "<dd>");
        when_put_deadline(page->html, page->language, one->summary.deadline_ms, page->now_ms);
        HTML(page->html, "</dd>");
    } else if (one->summary.state == CASE_UNANSWERED) {
        page_term(page, MSG_OUTCOME_ANSWER);
        HTML(page->html, "<dd>");
        page_say(page, MSG_STATE_OF_CASE_UNANSWERED);
        HTML(page->html, "</dd>");
    }
    if (reply != NULL) {
        json_t *detail = json_loadb(reply->detail.at, reply->detail.len, 0, NULL);
        put_line(page, MSG_OUTCOME_ANSWER, text_of(detail, "reason"), COST_REASON);
        json_decref(detail);
    }
}

static enum message message_of_recipient(struct str kind)
{
    return str_is(kind, "hosting")      ? MSG_RECIPIENT_HOSTING
           : str_is(kind, "supervisor") ? MSG_RECIPIENT_SUPERVISOR
                                        : MSG_RECIPIENT_PLATFORM;
}

static void put_file(const struct page *page, enum place_route route, enum message label)
{
    struct place there = page_place(page, route);
    there.case_id = page->place->case_id;
    HTML(page->html, "<a class=\"button\" download=\"download\"");
    place_link(page->html, &there);
    HTML(page->html, ">");
    page_say(page, label);
    HTML(page->html, "</a> ");
}

/* What has to be told to whom it went, and the files for it. */
static void put_pack(const struct page *page, const struct casebook_page *one)
{
    enum casebook_state state = one->summary.state;
    bool is_over = state == CASE_WITHDRAWN || state == CASE_VOID;
    if (page->visitor == NULL || find_event(one, ACTION_REFER) == NULL || state == CASE_PURGED) {
        return;
    }
    if (is_over || one->summary.is_disputed) {
        HTML(page->html, "<p class=\"demo\">");
        page_say(page, is_over ? MSG_OUTCOME_TELL_WITHDRAWN : MSG_OUTCOME_TELL_DISPUTED);
        HTML(page->html, "</p>");
    }
    HTML(page->html, "<p class=\"buttons\">");
    put_file(page, ROUTE_PACK, MSG_OUTCOME_PACK);
    put_file(page, ROUTE_PACK_JSON, MSG_OUTCOME_PACK_JSON);
    HTML(page->html, "</p>");
}

static void put_referral(const struct page *page, const struct casebook_page *one,
                         const json_t *signed_json)
{
    const json_t *to = json_object_get(signed_json, "recipient");
    HTML(page->html, "<dl class=\"facts\">");
    page_term(page, MSG_RECIPIENT);
    HTML(page->html, "<dd>");
    html_foreign(page->html, text_of(to, "name"), COST_NAME);
    HTML(page->html, " <small>");
    page_say(page, message_of_recipient(text_of(to, "kind")));
    HTML(page->html, "</small></dd>");
    put_line(page, MSG_CLAIMED, text_of(signed_json, "claim"), COST_CLAIM);
    page_term(page, MSG_REFERRED_URL);
    HTML(page->html, "<dd>");
    flagged_link(page->html, text_of(signed_json, "url"), COST_NAME);
    HTML(page->html, "</dd>");
    put_answer(page, one);
    HTML(page->html, "</dl>");
    put_pack(page, one);
}

static void put_correction(const struct page *page, const struct casebook_page *one,
                           const json_t *signed_json)
{
    const struct casebook_event *published = find_event(one, ACTION_CORRECT);
    char path[SITE_CORRECTION_PATH];
    HTML(page->html, "<dl class=\"facts\">");
    put_line(page, MSG_CLAIMED, text_of(signed_json, "claim"), COST_CLAIM);
    put_line(page, MSG_CORRECTION_TEXT, text_of(signed_json, "text"), COST_TEXT);
    put_line(page, MSG_CORRECTION_TEXT_EN, text_of(signed_json, "text_en"), COST_TEXT);
    if (published != NULL) {
        put_when(page, MSG_OUTCOME_PUBLISHED, published->time_ms);
        page_term(page, MSG_OUTCOME_PAGE);
        HTML(page->html, "<dd><code>");
        html_text(page->html, site_correction_path(one->summary.id, path));
        HTML(page->html, "</code></dd>");
    }
    HTML(page->html, "</dl>");
}

void page_case_outcome(const struct page *page, const struct casebook_page *one)
{
    bool is_referral = str_is(one->proposal_kind, "referral");
    if (one->proposal.len == 0 || (!is_referral && !str_is(one->proposal_kind, "correction"))) {
        return;
    }
    json_t *signed_json = json_loadb(one->proposal.at, one->proposal.len, 0, NULL);
    HTML(page->html, "<section id=\"outcome\"><h2>");
    page_say(page, is_referral ? MSG_KIND_REFERRAL : MSG_KIND_CORRECTION);
    HTML(page->html, "</h2>");
    if (is_referral) {
        put_referral(page, one, signed_json);
    } else {
        put_correction(page, one, signed_json);
    }
    HTML(page->html, "</section>\n");
    json_decref(signed_json);
}
