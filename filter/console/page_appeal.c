#include "filter/console/page_appeal.h"

#include <jansson.h>

#include "filter/base/clock.h"
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

void page_appeal(const struct page *page, const struct casebook_appeal *appeal,
                 const struct casebook_page *one)
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
