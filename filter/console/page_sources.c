#include "filter/console/page_sources.h"

#include "filter/base/clock.h"
#include "filter/console/flagged.h"
#include "filter/console/page_form.h"
#include "filter/console/page_table.h"
#include "filter/console/when.h"

enum message page_sources_status(enum feeds_status status)
{
    switch (status) {
    case FEEDS_STATUS_OFF:
        return MSG_HEALTH_OFF;
    case FEEDS_STATUS_NEW:
        return MSG_HEALTH_NEW;
    case FEEDS_STATUS_FINE:
        return MSG_HEALTH_FINE;
    case FEEDS_STATUS_SILENT:
        return MSG_HEALTH_SILENT;
    case FEEDS_STATUS_FAILING:
        return MSG_HEALTH_FAILING;
    case FEEDS_STATUS_GONE:
        return MSG_HEALTH_GONE;
    }
    return MSG_SOURCES;
}

void page_sources_open(const struct page *page, struct str file)
{
    static const enum message heads[] = {MSG_SOURCE, MSG_STATE, MSG_FETCHED, MSG_KIND, MSG_SWITCH};
    page_open(page, "sources-page", message_text(page->language, MSG_SOURCES));
    page_title(page, MSG_SOURCES, MSG_SOURCES_HINT);
    HTML(page->html, "<p class=\"hint\"><code>");
    html_cut(page->html, file, 300);
    HTML(page->html, "</code></p>");
    page_table_open(page, heads, sizeof heads / sizeof *heads);
}

void page_sources_problem(const struct page *page, struct str problem)
{
    page_open(page, "sources-page", message_text(page->language, MSG_SOURCES));
    page_title(page, MSG_SOURCES, MSG_SOURCES_HINT);
    HTML(page->html, "<div class=\"said refused\" role=\"alert\"><strong>");
    page_say(page, MSG_FILE_BROKEN);
    HTML(page->html, "</strong> ");
    html_foreign(page->html, problem, 1000);
    HTML(page->html, "</div>");
}

void page_sources_row(const struct page *page, const struct feeds_source *source,
                      const struct feeds_state *state, struct str health, bool may_switch)
{
    struct html *html = page->html;
    struct place here = page_place(page, ROUTE_SOURCES);
    enum feeds_status status = feeds_status_of(source, state, page->now_ms);
    bool is_bad = status == FEEDS_STATUS_FAILING || status == FEEDS_STATUS_GONE;
    here.page = page->place->page;
    HTML(html, "<tr>");
    page_cell(page, "what", MSG_SOURCE);
    HTML(html, "<b>");
    html_foreign(html, source->name, 120);
    HTML(html, "</b><span class=\"rule\">");
    flagged_link(html, source->url.len > 0 ? source->url : source->path, 120);
    HTML(html, "</span></td>");
    page_cell(page, is_bad ? "state bad" : "state", MSG_STATE);
    page_say(page, page_sources_status(status));
    if (is_bad) {
        HTML(html, "<small>");
        html_foreign(html, health, 300);
        HTML(html, "</small>");
    }
    HTML(html, "</td>");
    page_cell(page, "when", MSG_FETCHED);
    when_put_ago(html, page->language, state->fetched_ms > 0 ? state->fetched_ms : CLOCK_NEVER,
                 page->now_ms);
    HTML(html, "</td>");
    page_cell_text(page, "", MSG_KIND, str_of(feeds_kind_name(source->kind)), 40);
    page_cell(page, "", MSG_SWITCH);
    if (may_switch) {
        page_form_open(page, &here, "plain");
        PAGE_HIDDEN(page, "source", source->id);
        page_button(page, source->is_enabled ? "disable" : "enable", "",
                    source->is_enabled ? MSG_DISABLE : MSG_ENABLE);
        HTML(html, "</form>");
    } else {
        page_say(page, source->is_enabled ? MSG_ON : MSG_OFF);
    }
    HTML(html, "</td></tr>\n");
}
