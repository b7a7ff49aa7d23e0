#include "filter/console/page_notes.h"

#include "filter/console/page_form.h"
#include "filter/console/page_table.h"
#include "filter/console/when.h"

enum { COST_BESIDE = 400, COST_WHOLE = 2200 };

static void put_note(const struct page *page, const struct casebook_note *note, size_t max_cost)
{
    struct html *html = page->html;
    HTML(html, "<li><span class=\"hint\">");
    html_foreign(html, note->person, 80);
    HTML(html, ", ");
    when_put(html, page->language, note->time_ms);
    HTML(html, "</span><p class=\"post-text\">");
    html_foreign(html, note->words, max_cost);
    HTML(html, "</p></li>");
}

static bool may_write(const struct page *page, const struct casebook_case *summary)
{
    enum casebook_role role = page->visitor->role;
    return summary->copies > 0 && summary->state != CASE_PURGED && summary->state != CASE_MERGED &&
           (role == ROLE_TEAM || role == ROLE_INDEPENDENT || role == ROLE_APPEALS);
}

static void put_form(const struct page *page, const struct casebook_case *summary)
{
    struct place there = page_place(page, ROUTE_NOTES);
    there.case_id = summary->id;
    page_form_open(page, &there, "act-form");
    page_field(page, &(struct page_field){.name = "note",
                                          .label = MSG_NOTE_FIELD,
                                          .hint = MSG_NOTE_HINT,
                                          .most = CASEBOOK_STATEMENT_MOST,
                                          .least = 3,
                                          .rows = 2});
    HTML(page->html, "<p class=\"buttons\">");
    page_button(page, NULL, "", MSG_NOTE_SEND);
    HTML(page->html, "</p></form>");
}

void page_notes_beside(const struct page *page, const struct casebook_case *summary,
                       const struct casebook_note *notes, size_t count, bool has_more)
{
    struct html *html = page->html;
    struct place all = page_place(page, ROUTE_NOTES);
    all.case_id = summary->id;
    if (count == 0 && !may_write(page, summary)) {
        return;
    }
    HTML(html, "<section class=\"copies\" id=\"notes\"><h2>");
    page_say(page, MSG_NOTES);
    HTML(html, "</h2><ul>");
    for (size_t i = 0; i < count; i++) {
        put_note(page, &notes[i], COST_BESIDE);
    }
    HTML(html, "</ul>");
    if (has_more) {
        HTML(html, "<p>");
        page_link(page, &all, MSG_NOTES_ALL);
        HTML(html, "</p>");
    }
    if (may_write(page, summary)) {
        HTML(html, "<details><summary>");
        page_say(page, MSG_NOTE_ADD);
        HTML(html, "</summary>");
        put_form(page, summary);
        HTML(html, "</details>");
    }
    HTML(html, "</section>\n");
}

void page_notes(const struct page *page, const struct casebook_case *summary,
                const struct casebook_note *notes, size_t count, bool has_more)
{
    struct html *html = page->html;
    struct place place = *page->place;
    page_open(page, "notes-page", message_text(page->language, MSG_NOTES));
    HTML(html, "<div class=\"top\"><div><h1>");
    page_say(page, MSG_NOTES);
    HTML(html, ": ");
    page_case_link(page, summary->id);
    HTML(html, "</h1><p class=\"hint\">");
    page_say(page, MSG_NOTES_HINT);
    HTML(html, "</p></div></div>");
    if (may_write(page, summary)) {
        HTML(html, "<section class=\"act\">");
        put_form(page, summary);
        HTML(html, "</section>");
    }
    HTML(html, "<section class=\"copies\"><ul>");
    for (size_t i = 0; i < count; i++) {
        put_note(page, &notes[i], COST_WHOLE);
    }
    HTML(html, "</ul>");
    if (count == 0) {
        HTML(html, "<p class=\"empty\">");
        page_say(page, MSG_NOTES_NONE);
        HTML(html, "</p>");
    }
    HTML(html, "</section>");
    page_turn(page, MSG_PAGES, &place, &place.page, has_more);
    page_close(page);
}
