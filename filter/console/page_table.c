#include "filter/console/page_table.h"

void page_table_open(const struct page *page, const enum message *heads, size_t count)
{
    struct html *html = page->html;
    HTML(html, "<table class=\"rows\"><thead><tr>");
    for (size_t i = 0; i < count; i++) {
        HTML(html, "<th scope=\"col\">");
        page_say(page, heads[i]);
        HTML(html, "</th>");
    }
    HTML(html, "</tr></thead><tbody>\n");
}

void page_table_close(const struct page *page)
{
    HTML(page->html, "</tbody></table>");
}

void page_cell(const struct page *page, const char *kind, enum message label)
{
    HTML(page->html, "<td");
    if (kind[0] != '\0') {
        HTML_ATTRIBUTE(page->html, "class", str_of(kind));
    }
    HTML_ATTRIBUTE(page->html, "data-label", message_text(page->language, label));
    HTML(page->html, ">");
}

void page_cell_text(const struct page *page, const char *kind, enum message label, struct str text,
                    size_t max_cost)
{
    page_cell(page, kind, label);
    html_foreign(page->html, text, max_cost);
    HTML(page->html, "</td>");
}

void page_cell_int(const struct page *page, enum message label, int64_t number)
{
    page_cell(page, "number", label);
    html_int(page->html, number);
    HTML(page->html, "</td>");
}

void page_cell_say(const struct page *page, enum message label, enum message value)
{
    page_cell(page, "", label);
    page_say(page, value);
    HTML(page->html, "</td>");
}

void page_case_link(const struct page *page, int64_t case_id)
{
    struct place there = page_place(page, ROUTE_CASE);
    there.case_id = case_id;
    HTML(page->html, "<a");
    place_link(page->html, &there);
    HTML(page->html, ">");
    page_say(page, MSG_CASE);
    HTML(page->html, " ");
    html_int(page->html, case_id);
    HTML(page->html, "</a>");
}
