/* What stands beside a case: what it is like, what fact-checkers said, evidence, and appeals. */
#include <stdio.h>

#include "filter/base/clock.h"
#include "filter/console/flagged.h"
#include "filter/console/page_case.h"
#include "filter/console/page_table.h"
#include "filter/console/when.h"

static enum message likeness_message(enum casebook_likeness how)
{
    switch (how) {
    case LIKE_NONE:
        return MSG_LIKE;
    case LIKE_TEXT:
        return MSG_LIKE_TEXT;
    case LIKE_URL:
        return MSG_LIKE_URL;
    case LIKE_DOMAIN:
        return MSG_LIKE_DOMAIN;
    case LIKE_WORDING:
        return MSG_LIKE_WORDING;
    }
    return MSG_LIKE;
}

/* Why it is here again: the earlier case that it is like, and how that ended. */
void page_case_before(const struct page *page, const struct casebook_page *one)
{
    struct html *html = page->html;
    const struct casebook_before *before = &one->before;
    if (one->merged_into > 0) {
        HTML(html, "<p class=\"said\">");
        page_say(page, MSG_MERGED_INTO);
        HTML(html, " ");
        page_case_link(page, one->merged_into);
        HTML(html, "</p>");
    }
    if (before->case_id <= 0) {
        return;
    }
    HTML(html, "<p class=\"demo\">");
    page_say(page, MSG_LIKE);
    HTML(html, " ");
    page_case_link(page, before->case_id);
    HTML(html, ": ");
    page_say(page, likeness_message(before->how));
    HTML(html, ". ");
    page_say(page, message_of_state(before->state));
    HTML(html, ", ");
    when_put_date(html, page->language, before->ended_ms);
    if (before->reason.len > 0) {
        HTML(html, ": ");
        html_foreign(html, before->reason, 300);
    }
    HTML(html, " ");
    page_say(page, MSG_LIKE_AGAIN);
    HTML(html, "</p>");
}

static void put_claim(const struct page *page, const struct casebook_claim *claim)
{
    struct html *html = page->html;
    HTML(html, "<li><b>");
    html_foreign(html, claim->title.len > 0 ? claim->title : claim->claim, 240);
    HTML(html, "</b><span class=\"rule\">");
    html_foreign(html, claim->publisher, 80);
    HTML(html, ", ");
    when_put_date(html, page->language, claim->rated_ms);
    HTML(html, ": ");
    html_foreign(html, claim->rating, 80);
    if (claim->is_gone) {
        HTML(html, " <b class=\"bad\">");
        page_say(page, MSG_CLAIM_GONE);
        HTML(html, "</b>");
    }
    HTML(html, "</span>");
    html_outside(html, claim->url, 120);
    HTML(html, "</li>");
}

void page_case_claims(const struct page *page, const struct page_case_more *more)
{
    struct html *html = page->html;
    if (more->claim_count == 0) {
        return;
    }
    HTML(html, "<section class=\"copies\" id=\"claims\"><h2>");
    page_say(page, MSG_CLAIM_REVIEWS);
    HTML(html, "</h2><p class=\"hint\">");
    page_say(page, MSG_CLAIM_REVIEWS_HINT);
    HTML(html, "</p><ul>");
    for (size_t i = 0; i < more->claim_count; i++) {
        put_claim(page, &more->claims[i]);
    }
    HTML(html, "</ul></section>\n");
}

static void put_capture(const struct page *page, const struct casebook_capture *one)
{
    struct html *html = page->html;
    char hex[HASH_HEX];
    struct place read = page_place(page, ROUTE_CAPTURE);
    snprintf(read.name, sizeof read.name, "%s", hash_format(&one->sha256, hex));
    HTML(html, "<li><a");
    place_link(html, &read);
    HTML(html, ">");
    flagged_link(html, one->url, 120);
    HTML(html, "</a><span class=\"rule\">");
    when_put(html, page->language, one->time_ms);
    HTML(html, " · ");
    message_say_int(html, page->language, MSG_KIB, ((int64_t)one->size + 1023) / 1024);
    HTML(html, " · ");
    html_foreign(html, one->person, 80);
    HTML(html, "</span><span class=\"rule\"><code>");
    html_text(html, str_of(hex));
    HTML(html, "</code></span></li>");
}

void page_case_captures(const struct page *page, const struct casebook_page *one,
                        const struct page_case_more *more)
{
    enum { SHOWN = 3 };
    struct html *html = page->html;
    struct place all = page_place(page, ROUTE_EVIDENCE);
    enum casebook_role role = page->visitor->role;
    bool may_order = one->post_count > 0 && role != ROLE_AUDITOR && role != ROLE_ADMIN;
    all.case_id = one->summary.id;
    if (more->capture_count == 0 && more->orders == 0 && !may_order) {
        return;
    }
    HTML(html, "<section class=\"copies\" id=\"captures\"><h2>");
    page_say(page, MSG_CAPTURES);
    HTML(html, "</h2>");
    if (more->capture_count > 0) {
        HTML(html, "<p class=\"hint\">");
        page_say(page, MSG_CAPTURES_HINT);
        HTML(html, "</p><ul>");
        for (size_t i = 0; i < more->capture_count && i < SHOWN; i++) {
            put_capture(page, &more->captures[i]);
        }
        HTML(html, "</ul>");
    }
    if (more->orders > 0) {
        HTML(html, "<p class=\"hint\">");
        message_say_int(html, page->language, MSG_ORDERS_N, (int64_t)more->orders);
        HTML(html, "</p>");
    }
    HTML(html, "<p><a class=\"button\"");
    place_link(html, &all);
    HTML(html, ">");
    page_say(page, may_order ? MSG_CAPTURE_WAY : MSG_EVIDENCE_ALL);
    HTML(html, "</a></p></section>\n");
}

void page_case_objections(const struct page *page, const struct casebook_page *one)
{
    enum { MOST = 3 };
    struct html *html = page->html;
    if (one->objection_count == 0) {
        return;
    }
    HTML(html, "<section class=\"copies\" id=\"appeals\"><h2>");
    page_say(page, MSG_APPEALS);
    HTML(html, "</h2><ul>");
    for (size_t i = 0; i < one->objection_count && i < MOST; i++) {
        const struct casebook_objection *objection = &one->objections[i];
        struct place there = page_place(page, ROUTE_APPEAL);
        there.case_id = objection->id;
        HTML(html, "<li>");
        when_put(html, page->language, objection->lodged_ms);
        HTML(html, " ");
        if (page->visitor != NULL) {
            page_link(page, &there, MSG_APPEAL_OPEN);
        }
        HTML(html, "<p>");
        html_foreign(html, objection->ground, 400);
        HTML(html, "</p></li>");
    }
    HTML(html, "</ul></section>\n");
}
