#include "filter/console/page.h"

#include "filter/base/clock.h"
#include "filter/console/page_form.h"
#include "filter/console/when.h"

void page_say(const struct page *page, enum message key)
{
    message_say(page->html, page->language, key);
}

static void put_head(const struct page *page, struct str title)
{
    struct html *html = page->html;
    HTML(html, "<!DOCTYPE html>\n<html");
    HTML_ATTRIBUTE(html, "lang", str_of(language_tag(page->language)));
    HTML(html, "><head><meta charset=\"utf-8\"/>"
               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>"
               "<meta name=\"color-scheme\" content=\"light dark\"/><title>");
    html_text(html, title);
    HTML(html, " · saring</title><link rel=\"stylesheet\"");
    html_local(html, page->style);
    HTML(html, "/>");
    if (page->visitor != NULL && page->script.len > 0) {
        html_script(html, page->script);
    }
    HTML(html, "</head>\n");
}

static void put_languages(const struct page *page)
{
    struct html *html = page->html;
    HTML(html, "<nav class=\"languages\"");
    HTML_ATTRIBUTE(html, "aria-label", message_text(page->language, MSG_LANGUAGE));
    HTML(html, ">");
    for (unsigned i = 0; i < LANGUAGE_COUNT; i++) {
        struct place there = *page->place;
        there.has_language = true;
        there.language = (enum language)i;
        HTML(html, "<a");
        place_link(html, &there);
        HTML_ATTRIBUTE(html, "hreflang", str_of(language_tag(there.language)));
        HTML_ATTRIBUTE(html, "lang", str_of(language_tag(there.language)));
        HTML_ATTRIBUTE(html, "title", str_of(language_name(there.language)));
        if (there.language == page->language) {
            HTML(html, " aria-current=\"true\"");
        }
        HTML(html, ">");
        html_text(html, str_of(language_tag(there.language)));
        HTML(html, "</a>");
    }
    HTML(html, "</nav>");
}

struct place page_place(const struct page *page, enum place_route route)
{
    struct place place = place_of(route);
    place.has_language = page->place->has_language;
    place.language = page->place->language;
    return place;
}

void page_link(const struct page *page, const struct place *place, enum message label)
{
    HTML(page->html, "<a");
    place_link(page->html, place);
    HTML(page->html, ">");
    page_say(page, label);
    HTML(page->html, "</a>");
}

static void put_season(const struct page *page)
{
    struct html *html = page->html;
    if (!page->knows_season) {
        return;
    }
    if (!page->has_season) {
        HTML(html, "<p class=\"demo\" role=\"note\">");
        page_say(page, MSG_DEMO_LONG);
        HTML(html, "</p>");
        return;
    }
    HTML(html, "<p class=\"season\">");
    char end[CLOCK_TEXT];
    message_say_with(html, page->language, MSG_SEASON,
                     (const struct str[]){page->season.name,
                                          str_of(clock_format_date(page->season.end_ms, end))},
                     2);
    HTML(html, "</p>");
}

static const struct {
    enum place_route route;
    enum message label;
    unsigned roles; /* who finds something there: bits 1 << enum casebook_role */
} tabs[] = {
    {ROUTE_QUEUE, MSG_QUEUE, PAGE_FOR_CASES},
    {ROUTE_URGENT, MSG_URGENT, PAGE_FOR_CASES},
    {ROUTE_ALIKE, MSG_ALIKE, PAGE_FOR_CASES},
    {ROUTE_ENTRIES, MSG_ENTRIES, PAGE_FOR_CASES},
    {ROUTE_APPEALS, MSG_APPEALS, PAGE_FOR_CASES},
    {ROUTE_RULES, MSG_RULES, PAGE_FOR_ALL},
    {ROUTE_SOURCES, MSG_SOURCES, PAGE_FOR_ALL},
    {ROUTE_PEOPLE, MSG_PEOPLE, PAGE_FOR_ALL},
    {ROUTE_LOG, MSG_LOG, PAGE_FOR_ALL},
    {ROUTE_MEASURES, MSG_MEASURES, PAGE_FOR_ALL},
    {ROUTE_WELLBEING, MSG_WELLBEING, PAGE_FOR_ALL},
};

/* The tab that a page is reached from; itself for all others. */
static enum place_route parent_of(enum place_route route)
{
    return route == ROUTE_APPEAL                       ? ROUTE_APPEALS
           : route == ROUTE_ALIKE_RULE                 ? ROUTE_ALIKE
           : route == ROUTE_RULE || route == ROUTE_TRY ? ROUTE_RULES
                                                       : route;
}

static void put_tab(const struct page *page, enum place_route route, enum message label)
{
    struct place there = page_place(page, route);
    HTML(page->html, "<a");
    place_link(page->html, &there);
    if (page->place->route == route && page->knows_season) {
        HTML(page->html, " aria-current=\"page\"");
    } else if (parent_of(page->place->route) == route && page->knows_season) {
        HTML(page->html, " aria-current=\"true\"");
    }
    HTML(page->html, ">");
    page_say(page, label);
    HTML(page->html, "</a>");
}

static void put_tabs(const struct page *page)
{
    struct html *html = page->html;
    HTML(html, "<nav class=\"tabs\"");
    HTML_ATTRIBUTE(html, "aria-label", message_text(page->language, MSG_TABS));
    HTML(html, ">");
    for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++) {
        bool is_theirs =
            page->visitor != NULL && (tabs[i].roles & (1u << page->visitor->role)) != 0;
        if (is_theirs || (page->visitor == NULL && tabs[i].route == ROUTE_QUEUE)) {
            put_tab(page, tabs[i].route, tabs[i].label);
        }
    }
    HTML(html, "</nav>");
}

/* Who is signed in, with the way out; or the way in. */
static void put_person(const struct page *page)
{
    struct html *html = page->html;
    HTML(html, "<div class=\"person\">");
    if (page->visitor == NULL) {
        struct place there = page_place(page, ROUTE_SIGN_IN);
        if (page->place->route != ROUTE_SIGN_IN && page->place->route != ROUTE_CODE) {
            page_link(page, &there, MSG_SIGN_IN);
        }
        HTML(html, "</div>");
        return;
    }
    struct place own = page_place(page, ROUTE_ACCOUNT);
    HTML(html, "<a");
    place_link(html, &own);
    HTML_ATTRIBUTE(html, "title", page->visitor->organisation);
    HTML(html, "><b>");
    html_foreign(html, page->visitor->name, 80);
    HTML(html, "</b> ");
    page_say(page, message_of_role(page->visitor->role));
    HTML(html, "</a>");
    struct place there = page_place(page, ROUTE_SIGN_OUT);
    page_form_open(page, &there, "plain");
    HTML(html, "<button type=\"submit\" class=\"quiet\">");
    page_say(page, MSG_SIGN_OUT);
    HTML(html, "</button></form></div>");
}

/* What the last form led to. */
static void put_outcome(const struct page *page)
{
    struct html *html = page->html;
    const struct page_visitor *visitor = page->visitor;
    if (visitor == NULL || !visitor->has_outcome) {
        return;
    }
    if (visitor->is_refused) {
        HTML(html, "<div class=\"said refused\" role=\"alert\"><strong>");
    } else {
        HTML(html, "<div class=\"said\" role=\"status\"><strong>");
    }
    page_say(page, visitor->outcome);
    HTML(html, "</strong>");
    if (visitor->detail.len > 0) {
        HTML(html, " <span>");
        html_foreign(html, visitor->detail, 1000);
        HTML(html, "</span>");
    }
    HTML(html, "</div>");
}

void page_open(const struct page *page, const char *kind, struct str title)
{
    struct html *html = page->html;
    struct place queue = page_place(page, ROUTE_QUEUE);
    put_head(page, title);
    HTML(html, "<body");
    HTML_ATTRIBUTE(html, "class", str_of(kind));
    HTML(html, "><a class=\"skip\" href=\"#main\">");
    page_say(page, MSG_SKIP);
    HTML(html, "</a><header><div class=\"bar\"><a class=\"brand\"");
    place_link(html, &queue);
    HTML(html, ">saring</a>");
    put_person(page);
    put_languages(page);
    HTML(html, "</div>");
    put_tabs(page);
    HTML(html, "</header>");
    put_season(page);
    if (page->visitor != NULL && page->visitor->is_break) {
        HTML(html, "<p class=\"season\" role=\"note\">");
        page_say(page, MSG_BREAK_NOW);
        HTML(html, "</p>");
    }
    HTML(html, "<main id=\"main\">\n");
    put_outcome(page);
}

void page_title(const struct page *page, enum message title, enum message hint)
{
    struct html *html = page->html;
    HTML(html, "<div class=\"top\"><div><h1>");
    page_say(page, title);
    HTML(html, "</h1><p class=\"hint\">");
    page_say(page, hint);
    HTML(html, "</p></div></div>");
}

void page_close(const struct page *page)
{
    struct html *html = page->html;
    HTML(html, "</main>\n<footer><p>");
    page_say(page, MSG_FOOTER_MACHINE);
    HTML(html, "</p>");
    if (page->visitor != NULL) {
        struct place keys = page_place(page, ROUTE_KEYS);
        HTML(html, "<p><a class=\"keys\"");
        place_link(html, &keys);
        HTML(html, "><kbd>?</kbd> ");
        page_say(page, MSG_KEYS);
        HTML(html, "</a></p>");
    }
    HTML(html, "</footer></body></html>\n");
}

void page_countdown(const struct page *page, int64_t until_ms)
{
    char text[CLOCK_TEXT];
    HTML(page->html, "<span class=\"countdown\"");
    HTML_ATTRIBUTE(page->html, "data-until", str_of(clock_format(until_ms, text)));
    HTML(page->html, ">");
    when_put_deadline(page->html, page->language, until_ms, page->now_ms);
    HTML(page->html, "</span>");
}

void page_badge(const struct page *page, enum rule_class class)
{
    struct html *html = page->html;
    HTML(html, "<span");
    HTML_ATTRIBUTE(html, "class", str_of(rule_class_name(class)));
    HTML(html, ">");
    page_say(page, message_of_class(class));
    HTML(html, "</span>");
}

void page_term(const struct page *page, enum message key)
{
    HTML(page->html, "<dt>");
    page_say(page, key);
    HTML(page->html, "</dt>");
}

static void put_turn(const struct page *page, const struct place *place, enum message key,
                     bool is_back)
{
    HTML(page->html, "<a");
    place_link(page->html, place);
    if (is_back) {
        HTML(page->html, " rel=\"prev\">← ");
        page_say(page, key);
    } else {
        HTML(page->html, " rel=\"next\">");
        page_say(page, key);
        HTML(page->html, " →");
    }
    HTML(page->html, "</a>");
}

void page_turn(const struct page *page, enum message label, struct place *place, unsigned *number,
               bool has_more)
{
    struct html *html = page->html;
    unsigned here = *number;
    if (here == 1 && !has_more) {
        return;
    }
    HTML(html, "<nav class=\"turn\"");
    HTML_ATTRIBUTE(html, "aria-label", message_text(page->language, label));
    HTML(html, ">");
    if (here > 1) {
        *number = here - 1;
        put_turn(page, place, MSG_PAGE_BEFORE, true);
    }
    HTML(html, "<span>");
    message_say_int(html, page->language, MSG_PAGE_N, here);
    HTML(html, "</span>");
    if (has_more) {
        *number = here + 1;
        put_turn(page, place, MSG_PAGE_NEXT, false);
    }
    HTML(html, "</nav>");
    *number = here;
}

void page_error(const struct page *page, enum message title, enum message hint)
{
    struct html *html = page->html;
    struct place queue = page_place(page, ROUTE_QUEUE);
    page_open(page, "error", message_text(page->language, title));
    HTML(html, "<h1>");
    page_say(page, title);
    HTML(html, "</h1><p>");
    page_say(page, hint);
    HTML(html, "</p><p><a");
    place_link(html, &queue);
    HTML(html, ">");
    page_say(page, MSG_BACK_TO_QUEUE);
    HTML(html, "</a></p>");
    page_close(page);
}
