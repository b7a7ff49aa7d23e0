/* The flagged post of a case's page, and the list of its near-copies. */
#include <stdio.h>

#include "filter/console/flagged.h"
#include "filter/console/page_case.h"
#include "filter/console/when.h"

enum { COST_SOURCE = 80, COST_URL = 200, COST_EXCERPT = 160, COST_FOUND = 600, MAX_LINKS = 6 };

static void put_turn_part(const struct page *page, struct place *place, size_t part,
                          const char *relation, enum message key)
{
    place->part = (unsigned)part + 1;
    HTML(page->html, "<a");
    place_link(page->html, place);
    HTML_ATTRIBUTE(page->html, "class", str_of(relation));
    HTML(page->html, ">");
    page_say(page, key);
    HTML(page->html, "</a>");
}

/* The ways to the other parts of a long post, and to the next part with a mark. */
static void put_parts(const struct page *page, const struct flagged *flagged, size_t part)
{
    struct html *html = page->html;
    struct place place = *page->place;
    size_t count = flagged_parts(flagged);
    if (count == 1) {
        return;
    }
    HTML(html, "<nav class=\"turn\"");
    HTML_ATTRIBUTE(html, "aria-label", message_text(page->language, MSG_PARTS));
    HTML(html, ">");
    if (part > 0) {
        put_turn_part(page, &place, part - 1, "before", MSG_PAGE_BEFORE);
    }
    char numbers[2][24];
    HTML(html, "<span>");
    snprintf(numbers[0], sizeof numbers[0], "%zu", part + 1);
    snprintf(numbers[1], sizeof numbers[1], "%zu", count);
    message_say_with(html, page->language, MSG_PART_N,
                     (const struct str[]){str_of(numbers[0]), str_of(numbers[1])}, 2);
    HTML(html, "</span>");
    if (part + 1 < count) {
        put_turn_part(page, &place, part + 1, "next", MSG_PAGE_NEXT);
    }
    for (size_t i = part + 1; i < count; i++) {
        if (flagged_is_marked(flagged, i)) {
            put_turn_part(page, &place, i, "mark", MSG_PART_NEXT_MARK);
            break;
        }
    }
    HTML(html, "</nav>");
}

static void put_text(const struct page *page, const struct casebook_post *post)
{
    struct html *html = page->html;
    if (post->title.len == 0 && post->text.len == 0) {
        HTML(html, "<p class=\"empty\">");
        page_say(page, MSG_NO_TEXT);
        HTML(html, "</p>");
        return;
    }
    struct flagged *flagged = flagged_new(post, PAGE_POST_COST);
    size_t part = page->place->part - 1, last = flagged_parts(flagged) - 1;
    part = part < last ? part : last;
    HTML(html, "<blockquote class=\"post\">");
    flagged_write(flagged, part, html);
    HTML(html, "</blockquote>");
    put_parts(page, flagged, part);
    flagged_free(flagged);
}

static void put_links(const struct page *page, const struct casebook_post *post)
{
    struct html *html = page->html;
    size_t shown = post->link_count < MAX_LINKS ? post->link_count : MAX_LINKS;
    if (shown == 0) {
        return;
    }
    page_term(page, MSG_LINKS);
    HTML(html, "<dd><ul>");
    for (size_t i = 0; i < shown; i++) {
        HTML(html, "<li>");
        flagged_link(html, post->links[i], COST_URL);
        HTML(html, "</li>");
    }
    HTML(html, "</ul>");
    if (shown < post->link_count) {
        message_say_int(html, page->language, MSG_MORE_LINKS, (int64_t)(post->link_count - shown));
    }
    HTML(html, "</dd>");
}

static bool has_link_mark(const struct casebook_post *post)
{
    for (size_t i = 0; i < post->span_count; i++) {
        if (str_is(post->spans[i].field, "link")) {
            return true;
        }
    }
    return false;
}

static void put_facts(const struct page *page, const struct casebook_post *post)
{
    struct html *html = page->html;
    HTML(html, "<dl class=\"facts\">");
    page_term(page, MSG_SOURCE);
    HTML(html, "<dd>");
    html_foreign(html, post->source, COST_SOURCE);
    HTML(html, "</dd>");
    page_term(page, MSG_PUBLISHED);
    HTML(html, "<dd>");
    when_put(html, page->language, post->published_ms);
    HTML(html, "</dd>");
    page_term(page, MSG_FLAGGED_AT);
    HTML(html, "<dd>");
    when_put(html, page->language, post->flagged_ms);
    HTML(html, "</dd>");
    if (post->found.len > 0) {
        page_term(page, MSG_FOUND);
        HTML(html, "<dd>");
        flagged_line(html, post->found, COST_FOUND);
        HTML(html, "</dd>");
    }
    put_links(page, post);
    if (post->url.len > 0) {
        page_term(page, MSG_POST_URL);
        HTML(html, "<dd>");
        flagged_link(html, post->url, COST_URL);
        HTML(html, "</dd>");
    }
    HTML(html, "</dl>");
}

/* Which of the case's posts the page is at. */
static size_t shown_post(const struct page *page, const struct casebook_page *one)
{
    size_t post = page->place->post - 1;
    return post < one->post_count ? post : one->post_count - 1;
}

void page_case_post(const struct page *page, const struct casebook_page *one)
{
    struct html *html = page->html;
    HTML(html, "<section class=\"shown\" id=\"post\"><h2>");
    if (one->post_count == 0) {
        page_say(page, MSG_POST);
        HTML(html, "</h2><p class=\"empty\">");
        page_say(page, MSG_POST_GONE);
        HTML(html, "</p></section>\n");
        return;
    }
    size_t which = shown_post(page, one);
    char numbers[2][24];
    snprintf(numbers[0], sizeof numbers[0], "%zu", which + 1);
    snprintf(numbers[1], sizeof numbers[1], "%zu", one->summary.copies);
    message_say_with(html, page->language, MSG_POST_N,
                     (const struct str[]){str_of(numbers[0]), str_of(numbers[1])}, 2);
    HTML(html, "</h2><p class=\"hint\">");
    page_say(page, MSG_AS_TEXT);
    HTML(html, "</p>");
    put_text(page, &one->posts[which]);
    if (has_link_mark(&one->posts[which])) {
        HTML(html, "<p class=\"hint\">");
        page_say(page, MSG_LINK_MATCHED);
        HTML(html, "</p>");
    }
    put_facts(page, &one->posts[which]);
    HTML(html, "</section>\n");
}

static void put_copy(const struct page *page, const struct casebook_page *one, size_t which,
                     size_t shown)
{
    struct html *html = page->html;
    const struct casebook_post *post = &one->posts[which];
    struct place place = *page->place;
    place.post = (unsigned)which + 1;
    place.part = 1;
    HTML(html, "<li>");
    HTML(html, "<a");
    place_link(html, &place);
    if (which == shown) {
        HTML(html, " aria-current=\"true\"");
    }
    HTML(html, ">");
    flagged_line(html, post->title.len > 0 ? post->title : post->text, COST_EXCERPT);
    HTML(html, "</a><span class=\"hint\">");
    html_foreign(html, post->source, COST_SOURCE);
    HTML(html, " · ");
    when_put_ago(html, page->language, post->flagged_ms, page->now_ms);
    if (which == shown) {
        HTML(html, " · ");
        page_say(page, MSG_SHOWN);
    }
    HTML(html, "</span></li>");
}

void page_case_copies(const struct page *page, const struct casebook_page *one)
{
    struct html *html = page->html;
    struct place place = *page->place;
    size_t first = (size_t)(place.copies - 1) * PAGE_COPIES;
    if (one->post_count == 0) {
        return;
    }
    HTML(html, "<section class=\"copies\" id=\"copies\"><h2>");
    page_say(page, MSG_NEAR_COPIES);
    HTML(html, "</h2>");
    if (one->summary.copies == 1) {
        HTML(html, "<p class=\"empty\">");
        page_say(page, MSG_NEAR_COPIES_NONE);
        HTML(html, "</p></section>\n");
        return;
    }
    if (page->visitor != NULL) {
        struct place compare = page_place(page, ROUTE_COPIES);
        compare.case_id = one->summary.id;
        HTML(html, "<p>");
        page_link(page, &compare, MSG_COMPARE_COPIES);
        HTML(html, "</p>");
    }
    HTML(html, "<ul>");
    for (size_t i = first; i < one->post_count && i < first + PAGE_COPIES; i++) {
        put_copy(page, one, i, shown_post(page, one));
    }
    HTML(html, "</ul>");
    if (one->post_count < one->summary.copies) {
        HTML(html, "<p class=\"hint\">");
        message_say_int(html, page->language, MSG_POST_MANY, (int64_t)one->post_count);
        HTML(html, "</p>");
    }
    page_turn(page, MSG_COPIES_PAGES, &place, &place.copies, first + PAGE_COPIES < one->post_count);
    HTML(html, "</section>\n");
}
