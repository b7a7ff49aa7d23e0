#include "filter/console/page_evidence.h"

#include <stdio.h>
#include <string.h>

#include "filter/console/flagged.h"
#include "filter/console/page_form.h"
#include "filter/console/page_table.h"
#include "filter/console/when.h"

enum { COST_URL = 500 };

static void put_name(struct place *place, const struct hash *sha256)
{
    char hex[HASH_HEX];
    snprintf(place->name, sizeof place->name, "%s", hash_format(sha256, hex));
}

static void put_address(const struct page *page, struct str url, bool is_first)
{
    struct html *html = page->html;
    HTML(html, "<li><label class=\"choice\"><input type=\"radio\" name=\"page\"");
    HTML_ATTRIBUTE(html, "value", url);
    if (is_first) {
        HTML(html, " checked=\"checked\"");
    }
    HTML(html, "/> ");
    flagged_link(html, url, COST_URL);
    HTML(html, "</label></li>");
}

static void put_form(const struct page *page, const struct page_evidence *evidence)
{
    struct html *html = page->html;
    struct place here = page_place(page, ROUTE_EVIDENCE);
    here.case_id = evidence->one->summary.id;
    HTML(html, "<section class=\"act\" id=\"capture\"><h2>");
    page_say(page, MSG_CAPTURE_PAGE);
    HTML(html, "</h2><p class=\"hint\">");
    page_say(page, MSG_CAPTURE_PAGE_HINT);
    HTML(html, "</p><p class=\"demo\">");
    page_say(page, MSG_SYNTHETIC);
    HTML(html, "</p>");
    page_form_open(page, &here, "act-form");
    if (evidence->address_count > 0) {
        HTML(html, "<fieldset><legend>");
        page_say(page, MSG_CAPTURE_WHICH);
        HTML(html, "</legend><ul class=\"plain\">");
        for (size_t i = 0; i < evidence->address_count; i++) {
            put_address(page, evidence->addresses[i], i == 0);
        }
        HTML(html, "</ul></fieldset>");
    }
    page_field(page, &(struct page_field){.name = "url",
                                          .label = MSG_CAPTURE_OTHER,
                                          .hint = MSG_CAPTURE_OTHER_HINT,
                                          .value = page->visitor->is_refused ? page->visitor->typed
                                                                             : STR(""),
                                          .most = CASEBOOK_ORDER_URL_MOST,
                                          .is_optional = evidence->address_count > 0,
                                          .is_code = true});
    HTML(html, "<p class=\"buttons\">");
    page_button(page, NULL, "main", MSG_DO_CAPTURE);
    HTML(html, "</p></form></section>\n");
}

static void put_order(const struct page *page, const struct casebook_order *order)
{
    static const enum message words[] = {[ORDER_WAITS] = MSG_ORDER_WAITS,
                                         [ORDER_FETCHING] = MSG_ORDER_FETCHING,
                                         [ORDER_FAILED] = MSG_ORDER_FAILED};
    struct html *html = page->html;
    HTML(html, "<li>");
    flagged_link(html, order->url, COST_URL);
    HTML(html, "<span class=\"rule\">");
    if (order->state == ORDER_FAILED) {
        HTML(html, "<b class=\"bad\">");
        page_say(page, words[order->state]);
        HTML(html, "</b>");
    } else {
        HTML(html, "<progress></progress> ");
        page_say(page, words[order->state]);
    }
    HTML(html, " · ");
    when_put_ago(html, page->language, order->since_ms, page->now_ms);
    HTML(html, " · ");
    html_foreign(html, order->person, 80);
    HTML(html, "</span>");
    if (order->why.len > 0) {
        HTML(html, "<p>");
        html_foreign(html, order->why, 500);
        HTML(html, "</p>");
    }
    HTML(html, "</li>");
}

/* How many still wait stands in the mark-up too: a script looks whether that changed. */
static void put_orders(const struct page *page, const struct page_evidence *evidence)
{
    struct html *html = page->html;
    struct place here = page_place(page, ROUTE_EVIDENCE);
    int64_t open = 0;
    here.case_id = evidence->one->summary.id;
    for (size_t i = 0; i < evidence->order_count; i++) {
        open += evidence->orders[i].state != ORDER_FAILED;
    }
    if (evidence->order_count == 0) {
        return;
    }
    HTML(html, "<section class=\"copies\" id=\"orders\" role=\"status\"");
    HTML_NUMBER(html, "data-open", open);
    HTML(html, "><h2>");
    page_say(page, MSG_ORDERS);
    HTML(html, "</h2><ul>");
    for (size_t i = 0; i < evidence->order_count; i++) {
        put_order(page, &evidence->orders[i]);
    }
    HTML(html, "</ul>");
    if (open > 0) {
        HTML(html, "<p>");
        page_link(page, &here, MSG_LOAD_AGAIN);
        HTML(html, "</p>");
    }
    HTML(html, "</section>\n");
}

static void put_capture_ways(const struct page *page, const struct casebook_capture *capture)
{
    struct place read = page_place(page, ROUTE_CAPTURE),
                 file = page_place(page, ROUTE_CAPTURE_FILE);
    put_name(&read, &capture->sha256);
    put_name(&file, &capture->sha256);
    page_link(page, &read, MSG_CAPTURE_READ);
    HTML(page->html, " · ");
    page_link(page, &file, MSG_CAPTURE_FILE);
}

static void put_captures(const struct page *page, const struct page_evidence *evidence)
{
    static const enum message heads[] = {MSG_CAPTURED_PAGE, MSG_TIME,        MSG_ANSWER,
                                         MSG_SIZE,          MSG_CAPTURED_BY, MSG_WAYS_TO};
    struct html *html = page->html;
    struct place place = *page->place;
    char hex[HASH_HEX];
    HTML(html, "<h2 id=\"captures\">");
    page_say(page, MSG_CAPTURES);
    HTML(html, "</h2>");
    if (evidence->capture_count == 0) {
        HTML(html, "<p class=\"empty\">");
        page_say(page, MSG_CAPTURES_NONE);
        HTML(html, "</p>");
        return;
    }
    page_table_open(page, heads, sizeof heads / sizeof *heads);
    for (size_t i = 0; i < evidence->capture_count; i++) {
        const struct casebook_capture *one = &evidence->captures[i];
        HTML(html, "<tr>");
        page_cell(page, "what", MSG_CAPTURED_PAGE);
        flagged_link(html, one->url, COST_URL);
        HTML(html, "<span class=\"rule\">SHA-256 <code>");
        html_text(html, str_of(hash_format(&one->sha256, hex)));
        HTML(html, "</code></span></td>");
        page_cell(page, "", MSG_TIME);
        when_put(html, page->language, one->time_ms);
        HTML(html, "</td>");
        page_cell_int(page, MSG_ANSWER, one->status);
        page_cell(page, "number", MSG_SIZE);
        message_say_int(html, page->language, MSG_KIB, ((int64_t)one->size + 1023) / 1024);
        HTML(html, "</td>");
        page_cell_text(page, "", MSG_CAPTURED_BY, one->person, 80);
        page_cell(page, "", MSG_WAYS_TO);
        put_capture_ways(page, one);
        HTML(html, "</td></tr>\n");
    }
    page_table_close(page);
    page_turn(page, MSG_PAGES, &place, &place.page, evidence->has_more);
}

void page_evidence(const struct page *page, const struct page_evidence *evidence)
{
    struct html *html = page->html;
    page_open(page, "evidence-page", message_text(page->language, MSG_EVIDENCE_TITLE));
    HTML(html, "<div class=\"top\"><div><h1>");
    page_say(page, MSG_EVIDENCE_TITLE);
    HTML(html, ": ");
    page_case_link(page, evidence->one->summary.id);
    HTML(html, "</h1><p class=\"hint\">");
    page_say(page, MSG_EVIDENCE_PAGE_HINT);
    HTML(html, "</p></div></div>");
    put_orders(page, evidence);
    if (evidence->may_order) {
        put_form(page, evidence);
    }
    put_captures(page, evidence);
    page_close(page);
}

static void put_hop(const struct page *page, const struct page_hop *hop)
{
    struct html *html = page->html;
    HTML(html, "<li>");
    flagged_link(html, hop->url, COST_URL);
    HTML(html, "<span class=\"rule\">HTTP ");
    html_int(html, hop->status);
    HTML(html, " · ");
    html_foreign(html, hop->content_type, 120);
    HTML(html, " · ");
    message_say_int(html, page->language, MSG_BYTES_N, (int64_t)hop->bytes);
    if (hop->address.len > 0) {
        HTML(html, " · ");
        html_foreign(html, hop->address, 60);
    }
    if (hop->is_cut) {
        HTML(html, " · <b class=\"bad\">");
        page_say(page, MSG_CAPTURE_CUT);
        HTML(html, "</b>");
    }
    HTML(html, "</span>");
    if (hop->location.len > 0) {
        HTML(html, "<p>→ ");
        flagged_link(html, hop->location, COST_URL);
        HTML(html, "</p>");
    }
    HTML(html, "</li>");
}

static void put_facts(const struct page *page, const struct casebook_capture *capture)
{
    struct html *html = page->html;
    char hex[HASH_HEX];
    HTML(html, "<dl class=\"facts\">");
    page_term(page, MSG_TIME);
    HTML(html, "<dd>");
    when_put(html, page->language, capture->time_ms);
    HTML(html, "</dd>");
    page_term(page, MSG_CAPTURED_BY);
    HTML(html, "<dd>");
    html_foreign(html, capture->person, 80);
    HTML(html, "</dd>");
    page_term(page, MSG_SIZE);
    HTML(html, "<dd>");
    message_say_int(html, page->language, MSG_BYTES_N, (int64_t)capture->size);
    HTML(html, "</dd><dt>SHA-256</dt><dd><code>");
    html_text(html, str_of(hash_format(&capture->sha256, hex)));
    HTML(html, "</code></dd></dl>");
}

static void put_image(const struct page *page, const struct page_capture *one)
{
    struct html *html = page->html;
    struct place look = page_place(page, ROUTE_CAPTURE_LOOK);
    struct place image = page_place(page, ROUTE_CAPTURE_IMAGE);
    put_name(&look, &one->capture->sha256);
    put_name(&image, &one->capture->sha256);
    HTML(html, "<section id=\"image\"><h2>");
    page_say(page, MSG_IMAGE);
    HTML(html, "</h2><p class=\"hint\">");
    message_say_int(html, page->language, MSG_IMAGE_HINT,
                    ((int64_t)one->image_bytes + 1023) / 1024);
    HTML(html, "</p>");
    if (one->shows_image) {
        place_picture(html, &image, message_text(page->language, MSG_IMAGE_WORDS));
    } else {
        HTML(html, "<p><a class=\"button\"");
        place_link(html, &look);
        HTML(html, ">");
        message_say_int(html, page->language, MSG_IMAGE_SHOW,
                        ((int64_t)one->image_bytes + 1023) / 1024);
        HTML(html, "</a></p>");
    }
    HTML(html, "</section>");
}

/* A part of the text: a page is small, whatever was captured. */
static void put_text(const struct page *page, const struct page_capture *one)
{
    struct html *html = page->html;
    struct place place = *page->place;
    const struct casebook_post post = {.text = one->text};
    struct flagged *flagged = flagged_new(&post, PAGE_CAPTURE_COST);
    size_t parts = flagged_parts(flagged), part = one->part > 0 ? one->part - 1 : 0;
    HTML(html, "<section id=\"text\"><h2>");
    page_say(page, MSG_CAPTURE_TEXT);
    HTML(html, "</h2><p class=\"hint\">");
    page_say(page, MSG_CAPTURE_TEXT_HINT);
    HTML(html, "</p>");
    if (one->text.len == 0) {
        HTML(html, "<p class=\"empty\">");
        page_say(page, MSG_CAPTURE_NO_TEXT);
        HTML(html, "</p>");
    } else {
        HTML(html, "<blockquote class=\"post\">");
        flagged_write(flagged, part < parts ? part : parts - 1, html);
        HTML(html, "</blockquote>");
        page_turn(page, MSG_CAPTURE_PARTS, &place, &place.part, part + 1 < parts);
    }
    HTML(html, "</section>");
    flagged_free(flagged);
}

void page_capture(const struct page *page, const struct page_capture *one)
{
    struct html *html = page->html;
    struct place back = page_place(page, ROUTE_EVIDENCE),
                 file = page_place(page, ROUTE_CAPTURE_FILE);
    back.case_id = one->capture->case_id;
    put_name(&file, &one->capture->sha256);
    page_open(page, "capture-page", message_text(page->language, MSG_CAPTURE));
    HTML(html, "<div class=\"top\"><div><h1>");
    page_say(page, MSG_CAPTURE);
    HTML(html, ": ");
    page_case_link(page, one->capture->case_id);
    HTML(html, "</h1><p>");
    flagged_link(html, one->capture->url, COST_URL);
    HTML(html, "</p></div><p>");
    page_link(page, &back, MSG_EVIDENCE_ALL);
    HTML(html, "</p></div><div class=\"columns\"><div>");
    put_text(page, one);
    if (one->image_bytes > 0) {
        put_image(page, one);
    }
    HTML(html, "</div><div><section><h2>");
    page_say(page, MSG_CAPTURE_FACTS);
    HTML(html, "</h2>");
    put_facts(page, one->capture);
    HTML(html, "<p><a class=\"button\"");
    place_link(html, &file);
    HTML(html, ">");
    page_say(page, MSG_CAPTURE_FILE);
    HTML(html, "</a></p><p class=\"hint\">");
    page_say(page, MSG_CAPTURE_FILE_HINT);
    HTML(html, "</p></section><section class=\"copies\"><h2>");
    page_say(page, MSG_HOPS);
    HTML(html, "</h2>");
    if (!one->is_readable) {
        HTML(html, "<p class=\"bad\">");
        page_say(page, MSG_CAPTURE_UNREADABLE);
        HTML(html, "</p>");
    }
    HTML(html, "<ul>");
    for (size_t i = 0; i < one->hop_count; i++) {
        put_hop(page, &one->hops[i]);
    }
    HTML(html, "</ul></section></div></div>");
    page_close(page);
}
