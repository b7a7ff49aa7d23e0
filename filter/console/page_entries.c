#include "filter/console/page_entries.h"

#include <jansson.h>
#include <stdio.h>

#include "filter/base/clock.h"
#include "filter/console/flagged.h"
#include "filter/console/page_table.h"
#include "filter/console/when.h"

enum message page_entry_state(enum casebook_entry_state state)
{
    switch (state) {
    case ENTRY_NONE:
        return MSG_STATE_OF_CASE_NONE;
    case ENTRY_ACTIVE:
        return MSG_ENTRY_ACTIVE;
    case ENTRY_PROVISIONAL:
        return MSG_ENTRY_PROVISIONAL;
    case ENTRY_SUSPENDED:
        return MSG_ENTRY_SUSPENDED;
    case ENTRY_REMOVED:
        return MSG_ENTRY_REMOVED;
    case ENTRY_LAPSED:
        return MSG_ENTRY_LAPSED;
    case ENTRY_EXPIRED:
        return MSG_ENTRY_EXPIRED;
    }
    return MSG_STATE;
}

void page_entry_target(const struct page *page, struct str json)
{
    json_t *object = json_loadb(json.at, json.len, 0, NULL);
    const json_t *target = json_object_get(object, "target"),
                 *scope = json_object_get(object, "scope");
    flagged_link(page->html, (struct str){json_string_value(target), json_string_length(target)},
                 240);
    HTML(page->html, " <small><code>");
    html_cut(page->html, (struct str){json_string_value(scope), json_string_length(scope)}, 20);
    HTML(page->html, "</code></small>");
    json_decref(object);
}

void page_entries_open(const struct page *page)
{
    static const enum message heads[] = {MSG_TARGET, MSG_STATE, MSG_START,
                                         MSG_END,    MSG_CASE,  MSG_TWO_PEOPLE};
    page_open(page, "entries-page", message_text(page->language, MSG_ENTRIES_TITLE));
    page_title(page, MSG_ENTRIES_TITLE, MSG_ENTRIES_HINT);
    page_table_open(page, heads, sizeof heads / sizeof *heads);
}

void page_entries_row(const struct page *page, const struct casebook_look_entry *entry)
{
    struct html *html = page->html;
    bool is_live = entry->state == ENTRY_ACTIVE || entry->state == ENTRY_PROVISIONAL;
    HTML(html, "<tr>");
    page_cell(page, "what", MSG_TARGET);
    page_entry_target(page, entry->json);
    HTML(html, "</td>");
    page_cell(page, is_live ? "state live" : "state", MSG_STATE);
    page_say(page, page_entry_state(entry->state));
    HTML(html, "</td>");
    page_cell(page, "when", MSG_START);
    when_put_ago(html, page->language, entry->since_ms, page->now_ms);
    HTML(html, "</td>");
    page_cell(page, "when", MSG_END);
    when_put_deadline(html, page->language,
                      is_live || entry->state == ENTRY_SUSPENDED ? entry->end_ms : CLOCK_NEVER,
                      page->now_ms);
    HTML(html, "</td>");
    page_cell(page, "", MSG_CASE);
    page_case_link(page, entry->case_id);
    HTML(html, "</td>");
    page_cell(page, "", MSG_TWO_PEOPLE);
    html_foreign(html, entry->reviewer, 80);
    HTML(html, " + ");
    html_foreign(html, entry->approver, 80);
    HTML(html, "</td></tr>\n");
}

void page_entries_serial(const struct page *page, struct str serial)
{
    struct html *html = page->html;
    HTML(html, "<section class=\"serial\"><h2>");
    page_say(page, MSG_SERIAL);
    HTML(html, "</h2><p>");
    if (serial.len > 0) {
        HTML(html, "<code>");
        html_cut(html, serial, 20);
        HTML(html, "</code> ");
        page_say(page, MSG_SERIAL_HINT);
    } else {
        page_say(page, MSG_SERIAL_NONE);
    }
    HTML(html, "</p></section>");
}

void page_urgent_open(const struct page *page, int64_t live)
{
    struct html *html = page->html;
    char numbers[2][24];
    page_open(page, "urgent-page", message_text(page->language, MSG_URGENT_TITLE));
    page_title(page, MSG_URGENT_TITLE, MSG_URGENT_RULES);
    snprintf(numbers[0], sizeof numbers[0], "%lld", (long long)live);
    snprintf(numbers[1], sizeof numbers[1], "%d", CASEBOOK_LANE_MOST);
    HTML(html, "<p class=\"cap\"><progress max=\"10\"");
    HTML_NUMBER(html, "value", live);
    HTML(html, "></progress> ");
    message_say_with(html, page->language, MSG_URGENT_CAP,
                     (const struct str[]){str_of(numbers[0]), str_of(numbers[1])}, 2);
    HTML(html, "</p>");
}

void page_urgent_row(const struct page *page, const struct casebook_look_entry *entry)
{
    struct html *html = page->html;
    HTML(html, "<section class=\"lane\"><h2>");
    page_countdown(page, entry->due_ms);
    HTML(html, "</h2><p>");
    page_entry_target(page, entry->json);
    HTML(html, "</p><p class=\"hint\">");
    page_case_link(page, entry->case_id);
    HTML(html, " · ");
    page_say(page, page_entry_state(entry->state));
    HTML(html, " · ");
    html_foreign(html, entry->reviewer, 80);
    HTML(html, " + ");
    html_foreign(html, entry->approver, 80);
    HTML(html, "</p></section>");
}

void page_urgent_call(const struct page *page, const struct shapes_call *call)
{
    HTML(page->html, "<li><b>");
    html_foreign(page->html, call->name, 80);
    HTML(page->html, "</b> <span class=\"hint\">");
    html_foreign(page->html, call->organisation, 200);
    HTML(page->html, "</span></li>");
}

static enum message appeal_state(enum casebook_appeal_state state)
{
    switch (state) {
    case APPEAL_NONE:
        return MSG_STATE_OF_CASE_NONE;
    case APPEAL_ASKED:
        return MSG_APPEAL_ASKED;
    case APPEAL_LODGED:
        return MSG_APPEAL_LODGED;
    case APPEAL_UPHELD:
        return MSG_APPEAL_UPHELD;
    case APPEAL_OVERTURNED:
        return MSG_APPEAL_OVERTURNED;
    case APPEAL_ABUSIVE:
        return MSG_APPEAL_ABUSIVE;
    case APPEAL_DECLINED:
        return MSG_APPEAL_DECLINED;
    }
    return MSG_STATE;
}

void page_appeals_open(const struct page *page)
{
    page_open(page, "appeals-page", message_text(page->language, MSG_APPEALS_TITLE));
    page_title(page, MSG_APPEALS_TITLE, MSG_APPEALS_HINT);
}

static void put_decision(const struct page *page, const struct casebook_objection *one)
{
    struct html *html = page->html;
    HTML(html, "<p><strong>");
    page_say(page, appeal_state(one->state));
    HTML(html, "</strong> ");
    when_put(html, page->language, one->since_ms);
    HTML(html, " <span class=\"hint\">");
    html_foreign(html, one->decided_by, 80);
    HTML(html, "</span></p><p>");
    html_foreign(html, one->reason, 1200);
    HTML(html, "</p>");
}

void page_appeals_row(const struct page *page, const struct casebook_appeal *appeal)
{
    struct html *html = page->html;
    const struct casebook_objection *one = &appeal->objection;
    bool waits = one->state == APPEAL_LODGED || one->state == APPEAL_ASKED;
    struct place there = page_place(page, ROUTE_APPEAL);
    there.case_id = one->id;
    HTML(html, "<section class=\"appeal\"><div class=\"top\"><h2>");
    page_badge(page, appeal->class);
    HTML(html, " ");
    page_case_link(page, appeal->case_id);
    HTML(html, "</h2>");
    if (waits) {
        HTML(html, "<p class=\"lease\">");
        page_countdown(page, one->deadline_ms);
        HTML(html, "</p>");
    }
    HTML(html, "</div><p class=\"hint\">");
    page_say(page, MSG_APPEAL_GROUND);
    HTML(html, " ");
    when_put_ago(html, page->language, one->lodged_ms, page->now_ms);
    HTML(html, "</p><blockquote class=\"post\"><p class=\"post-text\">");
    html_foreign(html, one->ground, 1000);
    HTML(html, "</p></blockquote>");
    if (waits) {
        HTML(html, "<p><a class=\"button\"");
        place_link(html, &there);
        HTML(html, ">");
        page_say(page, MSG_APPEAL_OPEN);
        HTML(html, "</a></p>");
    } else {
        put_decision(page, one);
    }
    HTML(html, "</section>");
}
