#include "filter/console/page_rules.h"

#include <stdio.h>
#include <string.h>

#include "filter/base/clock.h"
#include "filter/console/flagged.h"
#include "filter/console/page_case.h"
#include "filter/console/page_form.h"
#include "filter/console/page_table.h"
#include "filter/console/when.h"

void page_rules_open(const struct page *page, const struct rulebook_reading *reading)
{
    static const enum message heads[] = {MSG_RULE,      MSG_CLASS, MSG_STATE, MSG_HITS,
                                         MSG_DISMISSED, MSG_COST,  MSG_LINT};
    page_open(page, "rules-page", message_text(page->language, MSG_RULES));
    page_title(page, MSG_RULES, MSG_RULES_HINT);
    if (reading == NULL) {
        HTML(page->html, "<p class=\"empty\" role=\"status\">");
        page_say(page, MSG_RULES_LOADING);
        HTML(page->html, "</p>");
        return;
    }
    if (reading->set == NULL) {
        HTML(page->html, "<div class=\"said refused\" role=\"alert\"><strong>");
        page_say(page, MSG_RULES_BROKEN);
        HTML(page->html, "</strong> <code>");
        html_cut(page->html, str_of(reading->err.file), 200);
        HTML(page->html, ":");
        html_int(page->html, reading->err.line);
        HTML(page->html, "</code> ");
        html_foreign(page->html, str_of(reading->err.message), 800);
        HTML(page->html, "</div>");
        return;
    }
    page_table_open(page, heads, sizeof heads / sizeof *heads);
}

static void put_standing(const struct page *page, const struct casebook_rule_standing *standing)
{
    struct html *html = page->html;
    if (standing->is_released) {
        page_say(page, standing->is_shipped ? MSG_RULE_SHIPPED : MSG_RULE_RELEASED);
    } else {
        page_say(page, standing->is_submitted ? MSG_RULE_SUBMITTED : MSG_RULE_SHADOW);
    }
    HTML(html, "<small>");
    html_foreign(html, str_of(standing->submitter), 80);
    if (standing->releaser[0] != '\0') {
        HTML(html, " + ");
        html_foreign(html, str_of(standing->releaser), 80);
    }
    HTML(html, "</small>");
}

static void put_ways(const struct page *page, const struct page_rule *rule)
{
    char numbers[2][24];
    snprintf(numbers[0], sizeof numbers[0], "%zu", rule->fast);
    snprintf(numbers[1], sizeof numbers[1], "%zu", rule->slow);
    message_say_with(page->html, page->language, MSG_WAYS,
                     (const struct str[]){str_of(numbers[0]), str_of(numbers[1])}, 2);
}

void page_rules_row(const struct page *page, const struct page_rule *rule)
{
    struct html *html = page->html;
    struct place there = page_place(page, ROUTE_RULE);
    bool is_named = place_is_name(rule->rule->id);
    HTML(html, "<tr>");
    page_cell(page, "what", MSG_RULE);
    if (is_named) {
        memcpy(there.name, rule->rule->id.at, rule->rule->id.len);
        HTML(html, "<a");
        place_link(html, &there);
        HTML(html, ">");
    }
    html_foreign(html, rule->rule->title, 160);
    if (is_named) {
        HTML(html, "</a>");
    }
    HTML(html, "<span class=\"rule\">");
    html_cut(html, rule->rule->file, 120);
    HTML(html, "</span></td>");
    page_cell(page, "", MSG_CLASS);
    page_badge(page, rule->rule->class);
    HTML(html, "</td>");
    page_cell(page, rule->standing.is_released ? "state live" : "state", MSG_STATE);
    put_standing(page, &rule->standing);
    HTML(html, "</td>");
    page_cell(page, "number", MSG_HITS);
    html_int(html, (int64_t)rule->counts.flagged);
    if (rule->standing.shadow_hits > 0) {
        HTML(html, "<small>");
        message_say_int(html, page->language, MSG_SHADOW_HITS, (int64_t)rule->standing.shadow_hits);
        HTML(html, "</small>");
    }
    HTML(html, "</td>");
    page_cell(page, "number", MSG_DISMISSED);
    html_int(html, (int64_t)rule->counts.dismissed);
    HTML(html, " / ");
    html_int(html, (int64_t)rule->counts.cases);
    HTML(html, "</td>");
    page_cell(page, rule->slow > 0 ? "bad" : "", MSG_COST);
    put_ways(page, rule);
    HTML(html, "</td>");
    page_cell_int(page, MSG_LINT, (int64_t)rule->findings);
    HTML(html, "</tr>\n");
}

void page_rules_draft(const struct page *page, const struct casebook_claim *claim, struct str text,
                      bool is_first)
{
    enum { TITLE_COST = 300, DRAFT_MOST = 2500 };
    struct html *html = page->html;
    if (is_first) {
        HTML(html, "<h2 id=\"drafts\">");
        page_say(page, MSG_DRAFTS);
        HTML(html, "</h2><p class=\"hint\">");
        page_say(page, MSG_DRAFTS_HINT);
        HTML(html, "</p>");
    }
    HTML(html, "<details class=\"draft\"><summary>");
    html_foreign(html, claim->claim, TITLE_COST);
    HTML(html, " · ");
    html_foreign(html, claim->publisher, TITLE_COST);
    HTML(html, "</summary><p><code>saring claims draft ");
    html_int(html, claim->id);
    HTML(html, "</code></p>");
    if (text.len <= DRAFT_MOST) { /* half a file is none: a longer one is the command's */
        HTML(html, "<pre>");
        html_text(html, text);
        HTML(html, "</pre>");
    }
    HTML(html, "</details>\n");
}

void page_rules_findings(const struct page *page, const struct rulebook_reading *reading,
                         struct str file)
{
    enum { MOST = 12 };
    struct html *html = page->html;
    size_t shown = 0;
    for (size_t i = 0; i < reading->finding_count && shown < MOST; i++) {
        const struct rulebook_finding *one = &reading->findings[i];
        if (file.len > 0 && !str_is(file, one->err.file)) {
            continue;
        }
        if (shown++ == 0) {
            HTML(html, "<section id=\"lint\"><h2>");
            page_say(page, MSG_LINT);
            HTML(html, "</h2><ul class=\"lint\">");
        }
        if (one->is_error) {
            HTML(html, "<li class=\"bad\"><code>");
        } else {
            HTML(html, "<li><code>");
        }
        html_cut(html, str_of(one->err.file), 120);
        HTML(html, ":");
        html_int(html, one->err.line);
        HTML(html, "</code> ");
        html_foreign(html, str_of(one->err.message), 400);
        HTML(html, "</li>");
    }
    if (shown > 0) {
        HTML(html, "</ul></section>");
    }
}

static void put_hit(const struct page *page, const struct rule_hit *hit)
{
    struct html *html = page->html;
    HTML(html, "<li>");
    page_badge(page, hit->rule->class);
    HTML(html, " ");
    html_foreign(html, hit->rule->title, 160);
    for (size_t i = 0; i < hit->span_count && i < 6; i++) {
        HTML(html, " <mark>");
        html_cut(html, hit->spans[i].text, 120);
        HTML(html, "</mark>");
    }
    HTML(html, "</li>");
}

void page_rules_try(const struct page *page, struct str text, bool was_tried,
                    const struct rule_match *match)
{
    struct html *html = page->html;
    struct place there = page_place(page, ROUTE_TRY);
    HTML(html, "<section id=\"try\"><h2>");
    page_say(page, MSG_TRY);
    HTML(html, "</h2>");
    if (was_tried && match != NULL) {
        HTML(html, "<div class=\"said\" role=\"status\"><strong>");
        message_say_int(html, page->language, MSG_TRIED, (int64_t)match->hit_count);
        HTML(html, "</strong></div><ul class=\"plain hits\">");
        for (size_t i = 0; i < match->hit_count && i < 20; i++) {
            put_hit(page, &match->hits[i]);
        }
        HTML(html, "</ul>");
    }
    page_form_open(page, &there, "act-form");
    page_field(page, &(struct page_field){.name = "text",
                                          .label = MSG_TRY_TEXT,
                                          .hint = MSG_TRY_HINT,
                                          .value = text,
                                          .most = 8000,
                                          .rows = 4});
    page_button(page, NULL, "main", MSG_TRY_SEND);
    HTML(html, "</form></section>");
}
