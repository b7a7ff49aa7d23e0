/* One rule: what it says, who stands behind it, what people made of its cases, and the steps. */
#include <stdio.h>

#include "filter/base/clock.h"
#include "filter/console/page_case.h"
#include "filter/console/page_form.h"
#include "filter/console/page_rules.h"
#include "filter/console/page_table.h"
#include "filter/console/when.h"

static void put_person(const struct page *page, enum message term, const char *who, int64_t when)
{
    if (who[0] == '\0') {
        return;
    }
    page_term(page, term);
    HTML(page->html, "<dd>");
    html_foreign(page->html, str_of(who), 80);
    HTML(page->html, ", ");
    when_put(page->html, page->language, when);
    HTML(page->html, "</dd>");
}

static void put_standing(const struct page *page, const struct page_rule *row)
{
    struct html *html = page->html;
    const struct casebook_rule_standing *standing = &row->standing;
    char hex[HASH_HEX];
    HTML(html, "<section id=\"standing\"><h2>");
    page_say(page, standing->is_released    ? MSG_RULE_RELEASED
                   : standing->is_submitted ? MSG_RULE_SUBMITTED
                                            : MSG_RULE_SHADOW);
    HTML(html, "</h2><dl class=\"facts\">");
    put_person(page, MSG_SUBMITTER, standing->submitter, standing->submitted_ms);
    put_person(page, MSG_RELEASER, standing->releaser, standing->released_ms);
    page_term(page, MSG_SHADOW_COUNT);
    HTML(html, "<dd>");
    html_int(html, (int64_t)standing->shadow_hits);
    HTML(html, "</dd>");
    page_term(page, MSG_RELEASE_HASH);
    HTML(html, "<dd><code>");
    html_text(html, str_of(hash_format(&row->rule->release, hex)));
    HTML(html, "</code></dd></dl>");
    if (place_is_name(row->rule->id)) {
        struct place queue = page_place(page, ROUTE_QUEUE);
        snprintf(queue.rule, sizeof queue.rule, "%.*s", STR_FORMAT(row->rule->id));
        queue.states = STATES_ALL;
        HTML(html, "<p><a");
        place_link(html, &queue);
        HTML(html, ">");
        page_say(page, MSG_CASES_OF_RULE);
        HTML(html, "</a></p>");
    }
    HTML(html, "</section>");
}

static void put_steps(const struct page *page, const struct page_rule *row)
{
    const struct page_visitor *visitor = page->visitor;
    const struct casebook_rule_standing *standing = &row->standing;
    bool is_team = visitor->role == ROLE_TEAM, is_other = visitor->role == ROLE_INDEPENDENT;
    bool submits = is_team && !standing->is_submitted;
    bool releases = (is_team || is_other) && standing->is_submitted &&
                    standing->releaser[0] == '\0' && !str_is(visitor->name, standing->submitter);
    bool withdraws =
        standing->is_submitted && (is_team || is_other || visitor->role == ROLE_APPEALS);
    struct place here = *page->place;
    char hex[HASH_HEX];
    here.said[0] = '\0';
    if (!submits && !releases && !withdraws) {
        return;
    }
    HTML(page->html, "<section class=\"act\" id=\"act\"><h2>");
    page_say(page, MSG_ACT);
    HTML(page->html, "</h2>");
    page_form_open(page, &here, "act-form");
    PAGE_HIDDEN(page, "release", str_of(hash_format(&row->rule->release, hex)));
    page_field(page, &(struct page_field){.name = "reason",
                                          .label = MSG_REASON_FIELD,
                                          .hint = MSG_RULE_REASON_HINT,
                                          .value = visitor->is_refused ? visitor->typed : STR(""),
                                          .most = CASEBOOK_STATEMENT_MOST,
                                          .rows = 3});
    HTML(page->html, "<p class=\"buttons\">");
    if (submits) {
        page_button(page, "rule_submit", "main", MSG_DO_SUBMIT);
    }
    if (releases) {
        page_button(page, "rule_release", "main", MSG_DO_RELEASE_RULE);
    }
    if (withdraws) {
        page_button(page, "rule_withdraw", "danger", MSG_DO_WITHDRAW_RULE);
    }
    HTML(page->html, "</p></form></section>");
}

static void put_revision_cell(const struct page *page, const struct hash *revision)
{
    char hex[HASH_HEX];
    page_cell(page, "", MSG_REVISION);
    HTML(page->html, "<code>");
    html_text(page->html, str_part(str_of(hash_format(revision, hex)), 0, 12));
    HTML(page->html, "</code></td>");
}

static void put_counts(const struct page *page, const struct page_rule_whole *whole)
{
    static const enum message heads[] = {MSG_REVISION,
                                         MSG_HITS,
                                         MSG_CASES,
                                         MSG_STATE_OF_CASE_DISMISSED,
                                         MSG_UPHELD,
                                         MSG_STATE_OF_CASE_REJECTED,
                                         MSG_STATE_OF_CASE_LAPSED};
    HTML(page->html, "<section id=\"counts\"><h2>");
    page_say(page, MSG_RULE_COUNTS);
    HTML(page->html, "</h2>");
    page_table_open(page, heads, sizeof heads / sizeof *heads);
    for (size_t i = 0; i < whole->revision_count; i++) {
        const struct page_rule_counts *one = &whole->revisions[i];
        HTML(page->html, "<tr>");
        put_revision_cell(page, &one->revision);
        page_cell_int(page, MSG_HITS, (int64_t)one->flagged);
        page_cell_int(page, MSG_CASES, (int64_t)one->cases);
        page_cell_int(page, MSG_STATE_OF_CASE_DISMISSED, (int64_t)one->dismissed);
        page_cell_int(page, MSG_UPHELD, (int64_t)one->upheld);
        page_cell_int(page, MSG_STATE_OF_CASE_REJECTED, (int64_t)one->rejected);
        page_cell_int(page, MSG_STATE_OF_CASE_LAPSED, (int64_t)one->lapsed);
        HTML(page->html, "</tr>");
    }
    page_table_close(page);
    HTML(page->html, "</section>");
}

static void put_reasons(const struct page *page, const struct page_rule_whole *whole)
{
    static const enum message heads[] = {MSG_REASON_FIELD, MSG_REVISION, MSG_DISMISSED};
    if (whole->reason_count == 0) {
        return;
    }
    HTML(page->html, "<section id=\"reasons\"><h2>");
    page_say(page, MSG_DISMISSAL_REASONS);
    HTML(page->html, "</h2>");
    page_table_open(page, heads, sizeof heads / sizeof *heads);
    for (size_t i = 0; i < whole->reason_count; i++) {
        HTML(page->html, "<tr>");
        page_cell_text(page, "what", MSG_REASON_FIELD, whole->reasons[i].reason, 300);
        put_revision_cell(page, &whole->reasons[i].revision);
        page_cell_int(page, MSG_DISMISSED, (int64_t)whole->reasons[i].count);
        HTML(page->html, "</tr>");
    }
    page_table_close(page);
    HTML(page->html, "</section>");
}

void page_rule(const struct page *page, const struct page_rule_whole *whole)
{
    enum { SOURCE_MOST = 9000 };
    struct html *html = page->html;
    const struct rule *rule = whole->row.rule;
    const struct casebook_rule shown = {.id = rule->id,
                                        .title = rule->title,
                                        .description = rule->description,
                                        .level = rule->level,
                                        .evidence = rule->evidence,
                                        .evidence_count = rule->evidence_count};
    const struct casebook_page one = {
        .summary = {.class = rule->class}, .rules = &shown, .rule_count = 1};
    page_open(page, "rule-page", rule->title);
    HTML(html, "<div class=\"top\"><div><p class=\"badges\">");
    page_badge(page, rule->class);
    HTML(html, "</p><h1>");
    html_foreign(html, rule->title, 200);
    HTML(html, "</h1></div></div><div class=\"columns\"><div>");
    page_case_why(page, &one);
    HTML(html, "<section id=\"source\"><h2>");
    page_say(page, MSG_RULE_FILE);
    HTML(html, "</h2><p class=\"hint\"><code>");
    html_cut(html, rule->file, 200);
    HTML(html, "</code> ");
    page_say(page, MSG_RULE_FILE_HINT);
    HTML(html, "</p><pre><bdi>");
    html_cut(html, whole->source, SOURCE_MOST);
    HTML(html, "</bdi></pre></section>");
    HTML(html, "</div><div>");
    put_standing(page, &whole->row);
    put_steps(page, &whole->row);
    page_rules_findings(page, whole->reading, rule->file);
    HTML(html, "</div></div>");
    put_counts(page, whole);
    put_reasons(page, whole);
    page_close(page);
}
