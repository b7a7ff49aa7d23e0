#include "filter/console/page_log.h"

#include "filter/base/clock.h"
#include "filter/console/page_case.h"
#include "filter/console/page_form.h"
#include "filter/console/page_table.h"
#include "filter/console/when.h"

static enum message state_message(enum verify_state state)
{
    switch (state) {
    case VERIFY_NEVER:
        return MSG_CHAIN_NEVER;
    case VERIFY_RUNS:
        return MSG_CHAIN_RUNS;
    case VERIFY_INTACT:
        return MSG_CHAIN_INTACT;
    case VERIFY_BROKEN:
        return MSG_CHAIN_BROKEN;
    case VERIFY_FAILED:
        return MSG_CHAIN_FAILED;
    }
    return MSG_LOG;
}

static void put_chain(const struct page *page, const struct verify_report *report, int64_t head,
                      struct str head_hash)
{
    struct html *html = page->html;
    struct place here = page_place(page, ROUTE_LOG);
    bool is_bad = report->state == VERIFY_BROKEN || report->state == VERIFY_FAILED;
    bool is_good = report->state == VERIFY_INTACT;
    HTML(html, "<section class=\"chain\"><h2>");
    page_say(page, MSG_CHAIN);
    HTML(html, "</h2><p>");
    page_say(page, MSG_HEAD);
    HTML(html, " ");
    html_int(html, head);
    HTML(html, ": <code>");
    html_cut(html, head_hash, 64);
    HTML(html, "</code></p>");
    if (is_bad) {
        HTML(html, "<div class=\"said refused\" role=\"alert\"><strong>");
    } else if (is_good) {
        HTML(html, "<div class=\"said\" role=\"status\"><strong>");
    } else { /* nobody knows: neither good nor bad */
        HTML(html, "<div class=\"hint\" role=\"status\"><strong>");
    }
    page_say(page, state_message(report->state));
    HTML(html, "</strong> ");
    if (is_good || is_bad) {
        message_say_int(html, page->language, MSG_CHAIN_ROWS, report->rows);
        HTML(html, " ");
        when_put(html, page->language, report->time_ms);
    }
    if (is_bad) {
        HTML(html, " ");
        html_foreign(html, str_of(report->why), 600);
    }
    HTML(html, "</div>");
    page_form_open(page, &here, "act-form");
    page_button(page, NULL, "main", MSG_CHAIN_CHECK);
    HTML(html, "</form></section>");
}

void page_log_open(const struct page *page, const struct verify_report *report, int64_t head,
                   struct str head_hash)
{
    static const enum message heads[] = {MSG_ROW,   MSG_TIME, MSG_ACTION,
                                         MSG_ACTOR, MSG_CASE, MSG_HASH};
    page_open(page, "log-page", message_text(page->language, MSG_LOG_TITLE));
    page_title(page, MSG_LOG_TITLE, MSG_LOG_HINT);
    put_chain(page, report, head, head_hash);
    page_table_open(page, heads, sizeof heads / sizeof *heads);
}

void page_log_row(const struct page *page, const struct casebook_row *row)
{
    struct html *html = page->html;
    char hex[HASH_HEX];
    HTML(html, "<tr>");
    page_cell_int(page, MSG_ROW, row->seq);
    page_cell(page, "when", MSG_TIME);
    when_put(html, page->language, row->time_ms);
    HTML(html, "</td>");
    page_cell(page, "what", MSG_ACTION);
    page_case_action(page, row->action);
    page_case_detail(page, row->detail);
    HTML(html, "</td>");
    page_cell(page, "", MSG_ACTOR);
    page_case_actor(page, row->actor);
    HTML(html, "</td>");
    page_cell(page, "", MSG_CASE);
    if (row->case_id > 0) {
        page_case_link(page, row->case_id);
    }
    HTML(html, "</td>");
    page_cell(page, "", MSG_HASH);
    HTML(html, "<code>");
    html_text(html, str_part(str_of(hash_format(&row->hash, hex)), 0, 16));
    HTML(html, "</code></td></tr>\n");
}
