#include "filter/console/page_appeal.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "filter/base/clock.h"
#include "filter/base/hash.h"
#include "filter/console/flagged.h"
#include "filter/console/page_case.h"
#include "filter/console/page_form.h"
#include "filter/console/when.h"

static void put_reason(const struct page *page, struct str proposal)
{
    json_t *object = json_loadb(proposal.len > 0 ? proposal.at : "", proposal.len, 0, NULL);
    const json_t *reason = json_object_get(object, "reason"),
                 *target = json_object_get(object, "target");
    if (target != NULL) {
        HTML(page->html, "<p><strong>");
        flagged_link(page->html,
                     (struct str){json_string_value(target), json_string_length(target)}, 300);
        HTML(page->html, "</strong></p>");
    }
    HTML(page->html, "<p>");
    html_foreign(page->html, (struct str){json_string_value(reason), json_string_length(reason)},
                 4000);
    HTML(page->html, "</p>");
    json_decref(object);
}

static void put_form(const struct page *page, const struct casebook_appeal *appeal)
{
    const struct page_visitor *visitor = page->visitor;
    struct place here = *page->place;
    bool is_further = appeal->objection.state == APPEAL_ASKED;
    here.said[0] = '\0';
    HTML(page->html, "<section class=\"act\"><h2>");
    page_say(page, MSG_ACT);
    HTML(page->html, "</h2>");
    page_form_open(page, &here, "act-form");
    PAGE_HIDDEN_NUMBER(page, "version", appeal->version);
    page_field(page, &(struct page_field){.name = "reason",
                                          .label = MSG_REASON_FIELD,
                                          .hint = MSG_APPEAL_REASON_HINT,
                                          .value = visitor->is_refused ? visitor->typed : STR(""),
                                          .most = CASEBOOK_STATEMENT_MOST,
                                          .rows = 4});
    HTML(page->html, "<p class=\"buttons\">");
    if (is_further) {
        page_button(page, "admit", "main", MSG_DO_ADMIT);
        page_button(page, "decline", "", MSG_DO_DECLINE);
    } else {
        page_button(page, "overturn", "main", MSG_DO_OVERTURN);
        page_button(page, "uphold", "main", MSG_DO_UPHOLD);
        page_button(page, "abusive", "danger", MSG_DO_ABUSIVE);
    }
    HTML(page->html, "</p></form></section>");
}

static void put_bytes(const struct page *page, struct str bytes)
{
    struct html *html = page->html;
    struct hash hash = hash_sha256(bytes);
    char hex[HASH_HEX], size[24];
    snprintf(size, sizeof size, "%zu", bytes.len);
    HTML(html, "<p class=\"hint\">");
    page_say(page, MSG_DECISION_SIGN_HINT);
    HTML(html, "</p><pre><bdi>");
    html_text(html, bytes);
    HTML(html, "</bdi></pre><p>");
    message_say_with(html, page->language, MSG_BYTES_SIZE, (const struct str[]){str_of(size)}, 1);
    HTML(html, " <code>");
    html_text(html, str_of(hash_format(&hash, hex)));
    HTML(html, "</code></p>");
}

/* The bytes as a file: a form, for they are in nothing but this page. */
static void put_file(const struct page *page, const struct casebook_appeal *appeal,
                     struct str bytes)
{
    struct place here = *page->place;
    here.said[0] = '\0';
    page_form_open(page, &here, "file-form");
    PAGE_HIDDEN_NUMBER(page, "version", appeal->version);
    PAGE_HIDDEN(page, "bytes", bytes);
    HTML(page->html, "<p class=\"buttons\">");
    page_button(page, "bytes", "", MSG_DECISION_FETCH);
    HTML(page->html, "</p></form>");
}

static void put_sign(const struct page *page, const struct casebook_appeal *appeal,
                     struct str bytes)
{
    struct html *html = page->html;
    struct place here = *page->place;
    json_t *object = json_loadb(bytes.at, bytes.len, 0, NULL);
    const char *result = json_string_value(json_object_get(object, "result"));
    bool is_abusive = result != NULL && strcmp(result, "abusive") == 0;
    here.said[0] = '\0';
    HTML(html, "<section id=\"sign\" class=\"act\"><h2>");
    page_say(page, MSG_SIGN);
    HTML(html, "</h2>");
    put_bytes(page, bytes);
    put_file(page, appeal, bytes);
    HTML(html, "<p>");
    page_say(page, MSG_BYTES_SIGN);
    HTML(html, " <code>ssh-keygen -Y sign -n saring -f ~/.ssh/id_ed25519 putusan.json</code></p>");
    page_form_open(page, &here, "sign-form");
    PAGE_HIDDEN_NUMBER(page, "version", appeal->version);
    PAGE_HIDDEN(page, "bytes", bytes);
    page_field(page, &(struct page_field){.name = "signature",
                                          .label = MSG_SIGNATURE,
                                          .hint = MSG_SIGNATURE_HINT,
                                          .most = 4000,
                                          .rows = 7});
    HTML(html, "<p class=\"buttons\">");
    page_button(page, is_abusive ? "abusive" : "uphold", is_abusive ? "danger" : "main",
                is_abusive ? MSG_DO_ABUSIVE : MSG_DO_UPHOLD);
    HTML(html, "</p></form></section>");
    json_decref(object);
}

void page_appeal(const struct page *page, const struct casebook_appeal *appeal,
                 const struct casebook_page *one, struct str bytes)
{
    struct html *html = page->html;
    const struct casebook_objection *objection = &appeal->objection;
    bool waits = objection->state == APPEAL_LODGED || objection->state == APPEAL_ASKED;
    struct place back = page_place(page, ROUTE_CASE);
    back.case_id = appeal->case_id;
    page_open(page, "appeal-page", message_text(page->language, MSG_APPEALS_TITLE));
    HTML(html, "<div class=\"top\"><div><p class=\"badges\">");
    page_badge(page, appeal->class);
    HTML(html, "</p><h1>");
    page_say(page, MSG_APPEAL);
    HTML(html, ": <a");
    place_link(html, &back);
    HTML(html, ">");
    page_say(page, MSG_CASE);
    HTML(html, " ");
    html_int(html, appeal->case_id);
    HTML(html, "</a></h1></div>");
    if (waits) {
        HTML(html, "<p class=\"lease\">");
        page_say(page, MSG_DEADLINE);
        HTML(html, ": ");
        page_countdown(page, objection->deadline_ms);
        HTML(html, "</p>");
    }
    HTML(html, "</div><div class=\"columns even\"><div><section><h2>");
    page_say(page, MSG_APPEAL_SIDE);
    HTML(html, "</h2><p class=\"hint\">");
    when_put(html, page->language, objection->lodged_ms);
    HTML(html, "</p><blockquote class=\"post\"><p class=\"post-text\">");
    html_foreign(html, objection->ground, 6000);
    HTML(html, "</p></blockquote></section>");
    if (waits && page->visitor->role == ROLE_APPEALS && bytes.len > 0) {
        put_sign(page, appeal, bytes);
    }
    if (waits && page->visitor->role == ROLE_APPEALS) {
        put_form(page, appeal);
    }
    if (objection->reason.len > 0) {
        HTML(html, "<section><h2>");
        page_say(page, MSG_APPEAL_DECIDED);
        HTML(html, "</h2><p>");
        html_foreign(html, objection->reason, 4000);
        HTML(html, "</p></section>");
    }
    HTML(html, "</div><div><section><h2>");
    page_say(page, MSG_DECISION_SIDE);
    HTML(html, "</h2>");
    put_reason(page, one->proposal);
    HTML(html, "</section>");
    page_case_why(page, one);
    HTML(html, "</div></div>");
    page_close(page);
}
