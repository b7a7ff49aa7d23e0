#include "filter/console/page.h"

#include "filter/base/clock.h"
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
    HTML(html, "/></head>\n");
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

/* The queue's place in the language of this page. */
static struct place queue_place(const struct page *page)
{
    struct place queue = place_of(ROUTE_QUEUE);
    queue.has_language = page->place->has_language;
    queue.language = page->place->language;
    return queue;
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

void page_open(const struct page *page, const char *kind, struct str title)
{
    struct html *html = page->html;
    struct place queue = queue_place(page);
    put_head(page, title);
    HTML(html, "<body");
    HTML_ATTRIBUTE(html, "class", str_of(kind));
    HTML(html, "><a class=\"skip\" href=\"#main\">");
    page_say(page, MSG_SKIP);
    HTML(html, "</a><header><a class=\"brand\"");
    place_link(html, &queue);
    HTML(html, ">saring</a><nav><a");
    place_link(html, &queue);
    if (page->place->route == ROUTE_QUEUE && page->knows_season) {
        HTML(html, " aria-current=\"page\"");
    }
    HTML(html, ">");
    page_say(page, MSG_QUEUE);
    HTML(html, "</a></nav>");
    put_languages(page);
    HTML(html, "</header>");
    put_season(page);
    HTML(html, "<main id=\"main\">\n");
}

void page_close(const struct page *page)
{
    struct html *html = page->html;
    HTML(html, "</main>\n<footer><p>");
    page_say(page, MSG_FOOTER_MACHINE);
    HTML(html, "</p><p>");
    page_say(page, MSG_FOOTER_READ_ONLY);
    HTML(html, " <code>saring review</code>.</p></footer></body></html>\n");
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
    struct place queue = queue_place(page);
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
