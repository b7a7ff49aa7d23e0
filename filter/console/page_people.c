#include "filter/console/page_people.h"

#include "filter/base/clock.h"
#include "filter/console/page_form.h"
#include "filter/console/page_table.h"
#include "filter/console/when.h"

static enum message sector_message(enum casebook_sector sector)
{
    switch (sector) {
#define X(constant, name, may_approve)                                                             \
    case constant:                                                                                 \
        return MSG_SECTOR_OF_##constant;
        CASEBOOK_SECTORS(X)
#undef X
    }
    return MSG_ORGANISATION;
}

void page_people_open(const struct page *page)
{
    static const enum message heads[] = {MSG_ORGANISATION, MSG_ROLE, MSG_SECTOR, MSG_PEOPLE,
                                         MSG_TIES};
    page_open(page, "people-page", message_text(page->language, MSG_PEOPLE_TITLE));
    page_title(page, MSG_PEOPLE_TITLE, MSG_PEOPLE_HINT);
    page_table_open(page, heads, sizeof heads / sizeof *heads);
}

static void put_ties(const struct page *page, const struct casebook_organisation *one)
{
    struct html *html = page->html;
    HTML(html, "<ul class=\"plain\">");
    for (size_t i = 0; i < one->tie_count && i < 8; i++) {
        HTML(html, "<li>");
        html_foreign(html, one->ties[i], 200);
        HTML(html, " <small>");
        html_foreign(html, one->tie_reasons[i], 200);
        HTML(html, "</small></li>");
    }
    HTML(html, "</ul>");
}

void page_people_organisation(const struct page *page, const struct casebook_organisation *one)
{
    struct html *html = page->html;
    HTML(html, "<tr>");
    page_cell_text(page, "what", MSG_ORGANISATION, one->name, 300);
    if (one->has_role) {
        page_cell_say(page, MSG_ROLE, message_of_role(one->role));
    } else {
        page_cell_text(page, "", MSG_ROLE, STR("-"), 4);
    }
    page_cell(page, "", MSG_SECTOR);
    page_say(page, sector_message(one->sector));
    if (one->is_barred) {
        HTML(html, " <b class=\"barred\">");
        page_say(page, MSG_BARRED);
        HTML(html, "</b>");
    }
    HTML(html, "</td>");
    page_cell_int(page, MSG_PEOPLE, (int64_t)one->people);
    page_cell(page, "", MSG_TIES);
    put_ties(page, one);
    HTML(html, "</td></tr>\n");
}

void page_people_between(const struct page *page)
{
    static const enum message heads[] = {MSG_NAME, MSG_ORGANISATION, MSG_ROLE,
                                         MSG_KEY,  MSG_CODE,         MSG_CONFLICT_FIELD};
    page_table_close(page);
    HTML(page->html, "<h2>");
    page_say(page, MSG_PEOPLE);
    HTML(page->html, "</h2>");
    page_table_open(page, heads, sizeof heads / sizeof *heads);
}

void page_people_person(const struct page *page, const struct casebook_person *person)
{
    struct html *html = page->html;
    HTML(html, "<tr>");
    page_cell(page, "what", MSG_NAME);
    HTML(html, "<b>");
    html_foreign(html, person->name, 80);
    HTML(html, "</b> ");
    if (person->is_disabled) {
        HTML(html, "<small>");
        page_say(page, MSG_DISABLED);
        HTML(html, "</small>");
    }
    HTML(html, "</td>");
    page_cell_text(page, "", MSG_ORGANISATION, person->organisation, 300);
    page_cell_say(page, MSG_ROLE, message_of_role(person->role));
    page_cell(page, "", MSG_KEY);
    HTML(html, "<code>");
    html_cut(html, person->fingerprint, 60);
    HTML(html, "</code>");
    if (person->is_sealed) {
        HTML(html, "<br/><small>");
        page_say(page, MSG_KEY_SEALED);
        HTML(html, "</small>");
    }
    HTML(html, "</td>");
    page_cell_say(page, MSG_CODE, person->has_factor ? MSG_YES : MSG_NO);
    page_cell_text(page, "", MSG_CONFLICT_FIELD,
                   person->conflicts.len > 0 ? person->conflicts : STR("-"), 400);
    HTML(html, "</tr>\n");
}

void page_people_close(const struct page *page, struct str own)
{
    const struct page_visitor *visitor = page->visitor;
    struct place here = page_place(page, ROUTE_PEOPLE);
    page_table_close(page);
    if (visitor->role == ROLE_AUDITOR) {
        page_close(page);
        return;
    }
    HTML(page->html, "<section id=\"own\"><h2>");
    page_say(page, MSG_DECLARE);
    HTML(page->html, "</h2>");
    page_form_open(page, &here, "act-form");
    page_field(page, &(struct page_field){.name = "statement",
                                          .label = MSG_CONFLICT_FIELD,
                                          .hint = MSG_DECLARE_HINT,
                                          .value = visitor->is_refused ? visitor->typed : own,
                                          .most = CASEBOOK_STATEMENT_MOST,
                                          .rows = 3});
    HTML(page->html, "<p class=\"buttons\">");
    page_button(page, NULL, "main", MSG_DECLARE_SEND);
    HTML(page->html, "</p></form></section>");
    page_close(page);
}
