#include "filter/console/page_alike.h"

#include <stdio.h>
#include <string.h>

#include "filter/console/diff.h"
#include "filter/console/flagged.h"
#include "filter/console/page_form.h"
#include "filter/console/page_table.h"
#include "filter/console/when.h"

enum { COST_DIFF = 1100 };

void page_alike_open(const struct page *page)
{
    static const enum message heads[] = {MSG_RULE, MSG_CLASS, MSG_CASES, MSG_COPIES, MSG_AGE};
    page_open(page, "alike-page", message_text(page->language, MSG_ALIKE_TITLE));
    page_title(page, MSG_ALIKE_TITLE, MSG_ALIKE_HINT);
    page_table_open(page, heads, sizeof heads / sizeof *heads);
}

/* A rule's id as a part of an address; false if it cannot be one. */
static bool place_rule(const struct page *page, struct str rule_id, struct place *there)
{
    *there = page_place(page, ROUTE_ALIKE_RULE);
    if (rule_id.len == 0 || rule_id.len > PLACE_NAME_MOST) {
        return false;
    }
    memcpy(there->name, rule_id.at, rule_id.len);
    return place_is_name(rule_id);
}

void page_alike_group(const struct page *page, const struct casebook_look_group *group)
{
    struct html *html = page->html;
    struct place there;
    bool is_linked = place_rule(page, group->rule_id, &there);
    HTML(html, "<tr>");
    page_cell(page, "what", MSG_RULE);
    if (is_linked) {
        HTML(html, "<a");
        place_link(html, &there);
        HTML(html, ">");
    }
    html_foreign(html, group->rule_title, 200);
    if (is_linked) {
        HTML(html, "</a>");
    }
    HTML(html, "</td>");
    page_cell(page, "", MSG_CLASS);
    page_badge(page, group->class);
    HTML(html, "</td>");
    page_cell_int(page, MSG_CASES, group->cases);
    page_cell_int(page, MSG_COPIES, group->copies);
    page_cell(page, "when", MSG_AGE);
    when_put_age(html, page->language, group->oldest_ms, page->now_ms);
    HTML(html, "</td></tr>\n");
}

static struct str words_of(const struct casebook_look_alike *one)
{
    return one->text.len > 0 ? one->text : one->title;
}

static void put_case(const struct page *page, const struct casebook_look_alike *cases, size_t which)
{
    struct html *html = page->html;
    const struct casebook_look_alike *one = &cases[which];
    bool may_choose = page->visitor->role == ROLE_TEAM;
    HTML(html, "<li>");
    if (may_choose) {
        HTML(html, "<label class=\"choice\"><input type=\"checkbox\" name=\"case\"");
        HTML_NUMBER(html, "value", one->id);
        HTML(html, "/> ");
    }
    page_say(page, MSG_CASE);
    HTML(html, " ");
    html_int(html, one->id);
    if (may_choose) {
        HTML(html, "</label>");
    }
    HTML(html, " <span class=\"hint\">");
    when_put_age(html, page->language, one->opened_ms, page->now_ms);
    HTML(html, " · ");
    page_case_link(page, one->id);
    HTML(html, "</span>");
    if (may_choose) {
        char name[40];
        snprintf(name, sizeof name, "version-%lld", (long long)one->id);
        page_form_hidden_number_(page, name, one->version);
    }
    HTML(html, "<p class=\"diff\">");
    diff_put(html, which == 0 ? words_of(one) : words_of(&cases[0]), words_of(one), COST_DIFF);
    HTML(html, "</p></li>\n");
}

void page_alike_rule(const struct page *page, const struct casebook_look_alike *cases, size_t count,
                     bool has_more)
{
    struct html *html = page->html;
    struct place place = *page->place, here = *page->place;
    bool may_choose = page->visitor->role == ROLE_TEAM;
    here.said[0] = '\0';
    page_open(page, "alike-page", message_text(page->language, MSG_ALIKE_TITLE));
    HTML(html, "<div class=\"top\"><div><h1>");
    page_say(page, MSG_ALIKE_TITLE);
    HTML(html, "</h1><p class=\"hint\">");
    if (count > 0) {
        html_foreign(html, cases[0].rule_title, 200);
        HTML(html, ". ");
    }
    page_say(page, MSG_ALIKE_RULE_HINT);
    HTML(html, "</p></div></div>");
    if (count == 0) {
        HTML(html, "<p class=\"empty\">");
        page_say(page, MSG_QUEUE_EMPTY);
        HTML(html, "</p>");
        page_close(page);
        return;
    }
    HTML(html, "<section>");
    if (may_choose) {
        page_form_open(page, &here, "act-form");
    }
    HTML(html, "<ol class=\"alike\">");
    for (size_t i = 0; i < count; i++) {
        put_case(page, cases, i);
    }
    HTML(html, "</ol>");
    if (may_choose) {
        page_field(page, &(struct page_field){
                             .name = "reason",
                             .label = MSG_REASON_FIELD,
                             .hint = MSG_BULK_HINT,
                             .value = page->visitor->is_refused ? page->visitor->typed : STR(""),
                             .most = CASEBOOK_STATEMENT_MOST,
                             .rows = 3});
        page_button(page, NULL, "main", MSG_BULK_DISMISS);
        HTML(html, "</form>");
    }
    HTML(html, "</section>");
    page_turn(page, MSG_PAGES, &place, &place.page, has_more);
    page_close(page);
}

static void put_copy(const struct page *page, const struct casebook_page *one, size_t which,
                     bool may_choose)
{
    struct html *html = page->html;
    const struct casebook_post *post = &one->posts[which], *first = &one->posts[0];
    HTML(html, "<li>");
    if (may_choose) {
        HTML(html, "<label class=\"choice\"><input type=\"checkbox\" name=\"post\"");
        HTML_NUMBER(html, "value", post->number);
        HTML(html, "/> ");
    }
    html_foreign(html, post->source, 80);
    if (may_choose) {
        HTML(html, "</label>");
    }
    HTML(html, " <span class=\"hint\">");
    when_put(html, page->language, post->flagged_ms);
    HTML(html, "</span><p class=\"diff\">");
    diff_put(html, which == 0 ? post->text : first->text, post->text, COST_DIFF);
    HTML(html, "</p></li>\n");
}

static void put_split(const struct page *page, const struct casebook_page *one,
                      const struct casebook_chances *chances)
{
    PAGE_HIDDEN_NUMBER(page, "version", one->summary.version);
    PAGE_HIDDEN_NUMBER(page, "lease", chances->lease);
    page_field(page, &(struct page_field){.name = "reason",
                                          .label = MSG_REASON_FIELD,
                                          .hint = MSG_SPLIT_HINT,
                                          .value = page->visitor->is_refused ? page->visitor->typed
                                                                             : STR(""),
                                          .most = CASEBOOK_STATEMENT_MOST,
                                          .rows = 2,
                                          .is_optional = true});
    page_button(page, "preview", "", MSG_DO_SPLIT);
    HTML(page->html, "</form>");
}

void page_copies(const struct page *page, const struct casebook_page *one,
                 const struct casebook_chances *chances)
{
    struct html *html = page->html;
    struct place place = *page->place, here = *page->place;
    size_t first = (size_t)(place.page - 1) * PAGE_ALIKE_ROWS;
    bool may_split = (chances->actions & (UINT64_C(1) << ACTION_SPLIT)) != 0 && one->post_count > 1;
    here.said[0] = '\0';
    page_open(page, "alike-page", message_text(page->language, MSG_NEAR_COPIES));
    HTML(html, "<div class=\"top\"><div><h1>");
    page_say(page, MSG_NEAR_COPIES);
    HTML(html, ": ");
    page_case_link(page, one->summary.id);
    HTML(html, "</h1><p class=\"hint\">");
    page_say(page, MSG_DIFF_HINT);
    HTML(html, "</p></div></div><section>");
    if (may_split) {
        page_form_open(page, &here, "act-form");
    }
    HTML(html, "<ol class=\"alike\">");
    for (size_t i = first; i < one->post_count && i < first + PAGE_ALIKE_ROWS; i++) {
        put_copy(page, one, i, may_split);
    }
    HTML(html, "</ol>");
    if (may_split) {
        put_split(page, one, chances);
    }
    HTML(html, "</section>");
    page_turn(page, MSG_COPIES_PAGES, &place, &place.page,
              first + PAGE_ALIKE_ROWS < one->post_count);
    page_close(page);
}
