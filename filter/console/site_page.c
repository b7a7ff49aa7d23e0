#include "filter/console/site_page.h"

#include <stdio.h>

#include "filter/base/buf.h"
#include "filter/base/clock.h"
#include "filter/casebook/appeal.h"
#include "filter/console/site_correction.h"
#include "filter/console/site_part.h"

static void put_line(struct html *html, const struct site_line *line)
{
    HTML(html, "<article class=\"card\"><h2>");
    site_part_case_link(html, line->case_id);
    HTML(html, "</h2><p>");
    site_part_class(html, line->class);
    HTML(html, " · ");
    site_part_both(html, site_part_measure(line->measure));
    HTML(html, " · ");
    site_part_state(html, line->state);
    HTML(html, " · ");
    site_part_time(html, line->since);
    HTML(html, "</p>");
    if (line->target.len > 0) {
        HTML(html, "<p><code>");
        site_part_target(html, line->target);
        HTML(html, "</code></p>");
    }
    HTML(html, "<p>");
    html_foreign(html, line->reason, 2 * (size_t)SITE_LINE_COST);
    HTML(html, "</p>");
    if (line->has_page) {
        char path[SITE_CORRECTION_PATH];
        HTML(html, "<p><a");
        html_local(html, site_correction_path(line->case_id, path));
        HTML(html, ">");
        site_part_both(html, MSG_SITE_CORRECTION_PAGE);
        HTML(html, "</a></p>");
    }
    HTML(html, "</article>");
}

void site_page_register(struct html *html, const struct site_line *lines, size_t count,
                        unsigned number, unsigned pages)
{
    site_part_open(html, MSG_SITE_REGISTER, NULL, 0);
    site_part_hint(html, MSG_SITE_REGISTER_HINT);
    if (number == 1) {
        site_part_search(html, STR(""));
    }
    if (count == 0) {
        site_part_hint(html, MSG_SITE_EMPTY);
    }
    for (size_t i = 0; i < count; i++) {
        put_line(html, &lines[i]);
    }
    site_part_turn(html, STR("/index.html"), STR("/register-"), number, pages);
    site_part_close(html);
}

/* Its number is filled in; anyone can change it. */
void site_page_form(struct html *html, int64_t case_id)
{
    HTML(html, "<form method=\"post\"");
    html_action(html, STR("/banding"));
    HTML(html, "><p class=\"field\"><label for=\"kasus\">");
    site_part_both(html, MSG_SITE_APPEAL_CASE);
    HTML(html, "</label><input id=\"kasus\" name=\"case\" inputmode=\"numeric\" "
               "pattern=\"[0-9]{1,18}\" required=\"required\"");
    if (case_id > 0) {
        HTML_NUMBER(html, "value", case_id);
    }
    HTML(html, "/></p><p class=\"field\"><label for=\"alasan\">");
    site_part_both(html, MSG_SITE_APPEAL_GROUND);
    HTML(html, "</label><textarea id=\"alasan\" name=\"ground\" rows=\"8\" minlength=\"20\" "
               "maxlength=\"4000\" required=\"required\"></textarea></p><p><button "
               "class=\"main\">");
    site_part_both(html, MSG_SITE_APPEAL_SEND);
    HTML(html, "</button></p></form>");
}

void site_page_appeal(struct html *html)
{
    site_part_open(html, MSG_SITE_OBJECT, NULL, 0);
    site_part_hint(html, MSG_SITE_APPEAL_HINT);
    site_page_form(html, 0);
    site_part_close(html);
}

void site_page_blocked(struct html *html, const struct site_line *lines, size_t count)
{
    site_part_open(html, MSG_SITE_BLOCKED, NULL, 0);
    site_part_search(html, STR(""));
    site_part_hint(html, MSG_SITE_BLOCKED_HINT);
    site_part_heading(html, MSG_SITE_HOW);
    site_part_hint(html, MSG_SITE_HOW_LIST);
    site_part_hint(html, MSG_SITE_HOW_LOOKS);
    site_part_hint(html, MSG_SITE_HOW_EDE);
    site_part_heading(html, MSG_SITE_HOW_NOW);
    if (count == 0) {
        site_part_hint(html, MSG_SITE_EMPTY);
    }
    HTML(html, "<ul>");
    for (size_t i = 0; i < count; i++) {
        HTML(html, "<li><code>");
        site_part_target(html, lines[i].target);
        HTML(html, "</code> · ");
        site_part_case_link(html, lines[i].case_id);
        HTML(html, "</li>");
    }
    HTML(html, "</ul>");
    if (count > 0) {
        site_part_hint(html, MSG_SITE_HOW_ALL);
    }
    site_part_close(html);
}

void site_page_said(struct html *html, enum message title, enum message sentence, struct str detail)
{
    site_part_open(html, title, NULL, 0);
    HTML(html, "<p>");
    site_part_below(html, sentence);
    HTML(html, "</p>");
    if (detail.len > 0) {
        HTML(html, "<p><code>");
        html_foreign(html, detail, 4 * (size_t)SITE_LINE_COST);
        HTML(html, "</code></p>");
    }
    site_part_close(html);
}

void site_page_lodged(struct html *html, enum message sentence, struct str receipt)
{
    char path[64];
    snprintf(path, sizeof path, "/keberatan/%.*s", STR_FORMAT(receipt));
    site_part_open_unlisted(html, MSG_SITE_OBJECT);
    HTML(html, "<p class=\"said\" role=\"status\">");
    site_part_below(html, sentence);
    HTML(html, "</p><pre><code>");
    html_text(html, receipt);
    HTML(html, "</code></pre><p><a class=\"button main\"");
    html_local(html, str_of(path));
    HTML(html, ">");
    site_part_both(html, MSG_SITE_LOOK);
    HTML(html, "</a></p>");
    site_part_hint(html, MSG_SITE_KEEP);
    site_part_close(html);
}

void site_page_status(struct html *html, const struct casebook_appeal *appeal)
{
    char number[24], time[CLOCK_TEXT];
    const struct casebook_objection *one = &appeal->objection;
    snprintf(number, sizeof number, "%lld", (long long)appeal->case_id);
    site_part_open_unlisted_with(html, MSG_SITE_STATUS, &(struct str){number, strlen(number)}, 1);
    HTML(html, "<p class=\"said\" role=\"status\">");
    site_part_state(html, str_of(casebook_appeal_state_name(one->state)));
    HTML(html, "</p><dl class=\"facts\">");
    site_part_term_time(html, MSG_SITE_SENT, str_of(clock_format(one->lodged_ms, time)));
    if (one->deadline_ms != CLOCK_NEVER) {
        site_part_term_time(html, MSG_DEADLINE, str_of(clock_format(one->deadline_ms, time)));
    } else {
        site_part_term_time(html, MSG_SITE_SINCE, str_of(clock_format(one->since_ms, time)));
    }
    if (appeal->entry_state.len > 0) {
        site_part_term(html, MSG_ENTRY);
        HTML(html, "<dd>");
        site_part_state(html, appeal->entry_state);
        HTML(html, "</dd>");
    }
    site_part_term_text(html, MSG_APPEAL_DECIDED, one->reason);
    HTML(html, "</dl>");
    if (one->deadline_ms != CLOCK_NEVER) {
        site_part_hint(html, MSG_SITE_WAITING);
    }
    HTML(html, "<p>");
    site_part_case_link(html, appeal->case_id);
    HTML(html, "</p>");
    site_part_close(html);
}
