/* A case: its post, why it was flagged, its times, what was proposed, its copies and history. */
#include "filter/console/page_case.h"

#include <jansson.h>
#include <stdio.h>

#include "filter/base/clock.h"
#include "filter/console/page_notes.h"
#include "filter/console/when.h"

enum { COST_TITLE = 240, COST_NAME = 80, COST_DETAIL = 160, COST_PROPOSAL = 2000 };

static void put_times(const struct page *page, const struct casebook_case *summary)
{
    struct html *html = page->html;
    HTML(html, "<dl class=\"times\"");
    HTML_ATTRIBUTE(html, "aria-label", message_text(page->language, MSG_TIMES));
    HTML(html, "><div>");
    page_term(page, MSG_DEADLINE);
    HTML(html, "<dd>");
    when_put_deadline(html, page->language, summary->deadline_ms, page->now_ms);
    if (summary->deadline_ms != CLOCK_NEVER && summary->deadline_ms > page->now_ms) {
        HTML(html, "<small>");
        page_say(page, summary->state == CASE_CLAIMED || summary->state == CASE_HELD
                           ? MSG_GOES_BACK
                           : MSG_RELEASES);
        HTML(html, "</small>");
    }
    HTML(html, "</dd></div><div>");
    page_term(page, MSG_OPENED);
    HTML(html, "<dd>");
    when_put_ago(html, page->language, summary->opened_ms, page->now_ms);
    HTML(html, "</dd></div><div>");
    page_term(page, MSG_SINCE);
    HTML(html, "<dd>");
    when_put_ago(html, page->language, summary->since_ms, page->now_ms);
    HTML(html, "</dd></div><div>");
    page_term(page, MSG_COPIES);
    HTML(html, "<dd>");
    html_int(html, (int64_t)summary->copies);
    HTML(html, "</dd></div>");
    if (summary->claimed_by.len > 0) {
        HTML(html, "<div>");
        page_term(page, MSG_CLAIMED_BY);
        HTML(html, "<dd>");
        html_foreign(html, summary->claimed_by, COST_NAME);
        HTML(html, "</dd></div>");
    }
    HTML(html, "</dl>\n");
}

static void put_title(const struct page *page, const struct casebook_case *summary)
{
    struct html *html = page->html;
    HTML(html, "<div class=\"top\"><div><p class=\"badges\">");
    page_badge(page, summary->class);
    HTML(html, " <span class=\"state\">");
    page_say(page, message_of_state(summary->state));
    HTML(html, "</span>");
    if (summary->is_demo) {
        HTML(html, " <span class=\"state\">");
        page_say(page, MSG_DEMO);
        HTML(html, "</span>");
    }
    HTML(html, "</p><h1>");
    page_say(page, MSG_CASE);
    HTML(html, " ");
    html_int(html, summary->id);
    HTML(html, "</h1><p class=\"hint\">");
    html_foreign(html, summary->rule_title, COST_TITLE);
    HTML(html, "</p></div></div>");
}

/* The word for `value`, or the value itself if we have none. */
static void put_word(const struct page *page, const char *const *names, const enum message *words,
                     size_t count, struct str value)
{
    for (size_t i = 0; i < count; i++) {
        if (str_is(value, names[i])) {
            page_say(page, words[i]);
            return;
        }
    }
    html_foreign(page->html, value, COST_NAME);
}

static void put_proposal(const struct page *page, const struct casebook_page *one)
{
    static const char *const kinds[] = {"entry", "correction", "referral"};
    static const enum message kind_words[] = {MSG_KIND_ENTRY, MSG_KIND_CORRECTION,
                                              MSG_KIND_REFERRAL};
    static const char *const states[] = {"active",  "provisional", "suspended",
                                         "removed", "lapsed",      "expired"};
    static const enum message state_words[] = {MSG_ENTRY_ACTIVE,    MSG_ENTRY_PROVISIONAL,
                                               MSG_ENTRY_SUSPENDED, MSG_ENTRY_REMOVED,
                                               MSG_ENTRY_LAPSED,    MSG_ENTRY_EXPIRED};
    struct html *html = page->html;
    if (one->proposal.len == 0) {
        return;
    }
    HTML(html, "<section class=\"proposal\" id=\"proposal\"><h2>");
    page_say(page, MSG_PROPOSAL);
    HTML(html, ": ");
    put_word(page, kinds, kind_words, 3, one->proposal_kind);
    HTML(html, "</h2>");
    if (one->entry_id.len > 0) {
        HTML(html, "<p>");
        page_say(page, MSG_ENTRY);
        HTML(html, " <code>");
        html_cut(html, one->entry_id, COST_NAME);
        HTML(html, "</code>: <strong>");
        put_word(page, states, state_words, 6, one->entry_state);
        HTML(html, "</strong></p>");
    }
    HTML(html, "<details><summary>");
    page_say(page, MSG_PROPOSAL_BYTES);
    HTML(html, "</summary><pre><bdi>");
    html_cut(html, one->proposal, COST_PROPOSAL);
    HTML(html, "</bdi></pre></details></section>\n");
}

/* Rows of the log that are no moves of a case. */
static const char *const row_names[] = {
    "user",          "disable",        "key",         "certify",      "revoke",
    "move",          "factor",         "sector",      "tie",          "season",
    "season_end",    "claims",         "mask",        "token",        "token_end",
    "rules_version", "rules_rollback", "rule_submit", "rule_release", "rule_withdraw"};
static const enum message row_words[] = {
    MSG_ROW_USER,     MSG_ROW_DISABLE,     MSG_ROW_KEY,          MSG_ROW_CERTIFY,
    MSG_ROW_REVOKE,   MSG_ROW_MOVE,        MSG_ROW_FACTOR,       MSG_ROW_SECTOR,
    MSG_ROW_TIE,      MSG_ROW_SEASON,      MSG_ROW_SEASON_END,   MSG_ROW_CLAIMS,
    MSG_ROW_MASK,     MSG_ROW_TOKEN,       MSG_ROW_TOKEN_END,    MSG_ROW_RULES,
    MSG_ROW_ROLLBACK, MSG_ROW_RULE_SUBMIT, MSG_ROW_RULE_RELEASE, MSG_ROW_RULE_WITHDRAW};
enum { ROW_NAMES = sizeof row_names / sizeof *row_names };
_Static_assert(ROW_NAMES == sizeof row_words / sizeof *row_words, "a word for each");

void page_case_action(const struct page *page, struct str name)
{
    enum casebook_action action;
    if (str_is(name, "refused")) {
        page_say(page, MSG_ACTION_REFUSED);
    } else if (str_is(name, "sign_in_refused")) {
        page_say(page, MSG_ACTION_SIGN_IN_REFUSED);
    } else if (str_is(name, "join")) {
        page_say(page, MSG_ACTION_JOIN);
    } else if (str_is(name, "evidence")) {
        page_say(page, MSG_ACTION_EVIDENCE);
    } else if (str_is(name, "note")) {
        page_say(page, MSG_ACTION_NOTE);
    } else if (casebook_action_parse(name, &action)) {
        page_say(page, message_of_action(action));
    } else {
        put_word(page, row_names, row_words, ROW_NAMES, name);
    }
}

void page_case_actor(const struct page *page, struct str name)
{
    static const char *const names[] = {"clock", "machine", "operator"};
    static const enum message words[] = {MSG_ACTOR_CLOCK, MSG_ACTOR_MACHINE, MSG_ACTOR_OPERATOR};
    put_word(page, names, words, 3, name);
}

/* What an event says in words; the rest of its detail is in the JSON. */
void page_case_detail(const struct page *page, struct str detail)
{
    static const struct {
        const char *name;
        enum message word;
    } words[] = {{"reason", MSG_REASON}, {"why", MSG_REFUSED_BECAUSE}, {"conflict", MSG_CONFLICT}};
    struct html *html = page->html;
    json_t *object = json_loadb(detail.at, detail.len, 0, NULL);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        json_t *value = json_object_get(object, words[i].name);
        if (json_is_string(value)) {
            struct str text = {.at = json_string_value(value), .len = json_string_length(value)};
            HTML(html, "<p class=\"hint\"><b>");
            page_say(page, words[i].word);
            HTML(html, "</b> ");
            html_foreign(html, text, COST_DETAIL);
            HTML(html, "</p>");
        }
    }
    json_decref(object);
}

static void put_event(const struct page *page, const struct casebook_event *event)
{
    struct html *html = page->html;
    HTML(html, "<li>");
    when_put(html, page->language, event->time_ms);
    HTML(html, " <strong>");
    page_case_action(page, event->action);
    HTML(html, "</strong> <span class=\"hint\">");
    page_case_actor(page, event->actor);
    HTML(html, "</span>");
    page_case_detail(page, event->detail);
    HTML(html, "</li>");
}

/* The newest first: what happened last is why somebody looks. */
void page_case_history(const struct page *page, const struct casebook_page *one)
{
    struct html *html = page->html;
    struct place place = *page->place;
    size_t first = (size_t)(place.events - 1) * PAGE_EVENTS;
    HTML(html, "<section class=\"history\" id=\"history\"><h2>");
    page_say(page, MSG_HISTORY);
    HTML(html, "</h2><ol>");
    for (size_t i = first; i < one->event_count && i < first + PAGE_EVENTS; i++) {
        put_event(page, &one->events[one->event_count - 1 - i]);
    }
    HTML(html, "</ol>");
    page_turn(page, MSG_HISTORY_PAGES, &place, &place.events,
              first + PAGE_EVENTS < one->event_count);
    HTML(html, "</section>\n");
}

void page_case(const struct page *page, const struct casebook_page *one,
               const struct casebook_chances *chances, const struct page_case_more *more)
{
    struct html *html = page->html;
    char title[64];
    snprintf(title, sizeof title, "%s %lld", message_text(page->language, MSG_CASE).at,
             (long long)one->summary.id);
    page_open(page, "case-page", str_of(title));
    put_title(page, &one->summary);
    put_times(page, &one->summary);
    page_case_before(page, one);
    HTML(html, "<div class=\"columns\"><div>");
    page_case_post(page, one);
    page_case_copies(page, one);
    HTML(html, "</div><div>");
    if (chances != NULL) {
        page_case_act(page, one, chances);
    }
    page_case_why(page, one);
    if (more != NULL) {
        page_case_claims(page, more);
        page_case_captures(page, one, more);
        page_notes_beside(page, &one->summary, more->notes, more->note_count, more->more_notes);
    }
    page_case_objections(page, one);
    page_case_outcome(page, one);
    put_proposal(page, one);
    page_case_history(page, one);
    HTML(html, "</div></div>");
    page_close(page);
}
