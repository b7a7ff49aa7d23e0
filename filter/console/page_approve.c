#include "filter/console/page_approve.h"

#include <jansson.h>

#include "filter/base/clock.h"
#include "filter/console/flagged.h"
#include "filter/console/page_case.h"
#include "filter/console/page_form.h"

static struct str text_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return (struct str){.at = json_string_value(value), .len = json_string_length(value)};
}

static json_t *read_json(struct str text)
{
    return json_loadb(text.len > 0 ? text.at : "", text.len, 0, NULL);
}

static void put_line(const struct page *page, enum message term, struct str value, bool is_code)
{
    struct html *html = page->html;
    if (value.len == 0) {
        return;
    }
    page_term(page, term);
    HTML(html, "<dd>");
    if (is_code) {
        HTML(html, "<code>");
        html_cut(html, value, 2000);
        HTML(html, "</code>");
    } else {
        html_foreign(html, value, 4500);
    }
    HTML(html, "</dd>");
}

static void put_list(const struct page *page, enum message term, const json_t *list)
{
    size_t at;
    json_t *one;
    if (json_array_size(list) == 0) {
        return;
    }
    page_term(page, term);
    HTML(page->html, "<dd>");
    json_array_foreach((json_t *)list, at, one)
    {
        HTML(page->html, "<code>");
        html_cut(page->html, (struct str){json_string_value(one), json_string_length(one)}, 100);
        HTML(page->html, "</code><br/>");
    }
    HTML(page->html, "</dd>");
}

/* What is proposed, in words: read from the very bytes that are signed. */
static void put_proposal(const struct page *page, struct str bytes)
{
    json_t *object = read_json(bytes);
    const json_t *recipient = json_object_get(object, "recipient");
    struct str target = text_of(object, "target");
    HTML(page->html, "<dl class=\"facts\">");
    put_line(page, MSG_SCOPE, text_of(object, "scope"), true);
    if (target.len > 0) {
        page_term(page, MSG_TARGET);
        HTML(page->html, "<dd><strong>");
        flagged_link(page->html, target, 2000);
        HTML(page->html, "</strong></dd>");
    }
    put_list(page, MSG_HARVEST, json_object_get(object, "harvest"));
    put_line(page, MSG_START, text_of(object, "start"), true);
    put_line(page, MSG_END, text_of(object, "end"), true);
    put_line(page, MSG_RECIPIENT, text_of(recipient, "kind"), true);
    put_line(page, MSG_RECIPIENT_NAME, text_of(recipient, "name"), false);
    if (text_of(object, "url").len > 0) {
        page_term(page, MSG_REFERRED_URL);
        HTML(page->html, "<dd>");
        flagged_link(page->html, text_of(object, "url"), 2000);
        HTML(page->html, "</dd>");
    }
    put_line(page, MSG_CLAIMED, text_of(object, "claim"), false);
    put_line(page, MSG_CORRECTION_TEXT, text_of(object, "text"), false);
    put_line(page, MSG_CORRECTION_TEXT_EN, text_of(object, "text_en"), false);
    put_line(page, MSG_FACTS, text_of(object, "reason"), false);
    put_line(page, MSG_OBSERVED, text_of(object, "observed"), true);
    put_list(page, MSG_EVIDENCE_HASHES, json_object_get(object, "evidence"));
    HTML(page->html, "</dl>");
    json_decref(object);
}

static void put_form_head(const struct page *page, const struct page_approve *approve,
                          enum place_route route, const char *kind)
{
    struct place there = page_place(page, route);
    there.case_id = approve->one->summary.id;
    page_form_open(page, &there, kind);
    PAGE_HIDDEN_NUMBER(page, "version", approve->one->summary.version);
}

static void put_blind(const struct page *page, const struct page_approve *approve)
{
    struct html *html = page->html;
    HTML(html, "<section id=\"blind\"><h2>");
    page_say(page, MSG_BLIND);
    HTML(html, "</h2><p class=\"hint\">");
    page_say(page, MSG_BLIND_HINT);
    if (str_is(approve->one->proposal_kind, "referral")) {
        HTML(html, " ");
        page_say(page, MSG_TESTS_HOSTING);
    }
    HTML(html, "</p>");
    put_form_head(page, approve, ROUTE_ANSWER, "blind-form");
    page_tests(page, NULL);
    HTML(html, "<p class=\"buttons\">");
    page_button(page, NULL, "main", MSG_BLIND_SEND);
    HTML(html, "</p></form></section>\n");
}

static void put_answer(const struct page *page, struct str answer)
{
    if (str_is(answer, "yes")) {
        HTML(page->html, "<td class=\"yes\">");
        page_say(page, MSG_YES);
    } else if (str_is(answer, "no")) {
        HTML(page->html, "<td>");
        page_say(page, MSG_NO);
    } else {
        HTML(page->html, "<td>-");
    }
    HTML(page->html, "</td>");
}

/* Both people's answers beside one another, now that both are in. */
static void put_comparison(const struct page *page, const struct page_approve *approve)
{
    struct html *html = page->html;
    json_t *record = read_json(approve->record), *own = read_json(approve->own);
    const json_t *theirs = json_object_get(record, "answers");
    HTML(html, "<section id=\"compare\"><h2>");
    page_say(page, MSG_COMPARE);
    HTML(html, "</h2><table class=\"compare\"><thead><tr><th scope=\"col\">");
    page_say(page, MSG_TEST);
    HTML(html, "</th><th scope=\"col\">");
    page_say(page, MSG_REVIEWER);
    HTML(html, "</th>");
    if (own != NULL) {
        HTML(html, "<th scope=\"col\">");
        page_say(page, MSG_YOU);
        HTML(html, "</th>");
    }
    HTML(html, "</tr></thead><tbody>");
    for (int i = 0; i < CASEBOOK_TEST_COUNT; i++) {
        enum casebook_test test = (enum casebook_test)i;
        HTML(html, "<tr><th scope=\"row\">");
        html_text(html, str_of(casebook_test_question(test, page->language == LANGUAGE_EN)));
        HTML(html, "</th>");
        put_answer(page, text_of(theirs, casebook_test_name(test)));
        if (own != NULL) {
            put_answer(page, text_of(own, casebook_test_name(test)));
        }
        HTML(html, "</tr>");
    }
    HTML(html, "</tbody></table><dl class=\"facts\">");
    put_line(page, MSG_REVIEWER, text_of(record, "reviewer"), false);
    put_line(page, MSG_ORGANISATION, text_of(record, "organisation"), false);
    put_line(page, MSG_CONFLICT, text_of(record, "conflict"), false);
    put_line(page, MSG_MILDER, text_of(record, "milder"), false);
    HTML(html, "</dl></section>\n");
    json_decref(record);
    json_decref(own);
}

static void put_bytes(const struct page *page, const struct page_approve *approve)
{
    struct html *html = page->html;
    struct place bytes = page_place(page, ROUTE_BYTES);
    bytes.case_id = approve->one->summary.id;
    struct hash hash = hash_sha256(approve->proposal);
    char hex[HASH_HEX], size[24];
    snprintf(size, sizeof size, "%zu", approve->proposal.len);
    HTML(html, "<h3>");
    page_say(page, MSG_BYTES);
    HTML(html, "</h3><p class=\"hint\">");
    page_say(page, MSG_BYTES_HINT);
    HTML(html, "</p><pre><bdi>");
    html_text(html, approve->proposal);
    HTML(html, "</bdi></pre><p>");
    message_say_with(html, page->language, MSG_BYTES_SIZE, (const struct str[]){str_of(size)}, 1);
    HTML(html, " <code>");
    html_text(html, str_of(hash_format(&hash, hex)));
    HTML(html, "</code></p><ol class=\"steps\"><li><a class=\"button\"");
    place_link(html, &bytes);
    HTML(html, ">");
    page_say(page, MSG_BYTES_FETCH);
    HTML(html, "</a></li><li>");
    page_say(page, MSG_BYTES_SIGN);
    HTML(html,
         " <code>ssh-keygen -Y sign -n saring -f ~/.ssh/id_ed25519 entri.json</code></li><li>");
    page_say(page, MSG_BYTES_PASTE);
    HTML(html, "</li></ol>");
}

/* What signing leads to. */
static const struct signing {
    const char *action;
    enum message title, button;
} signings[] = {{"approve", MSG_SIGN, MSG_DO_APPROVE},
                {"urgent", MSG_SIGN_SECOND, MSG_SIGN_SECOND},
                {"restore", MSG_RESTORE_TITLE, MSG_DO_RESTORE_SIGN}};

static void put_sign(const struct page *page, const struct page_approve *approve)
{
    const struct page_visitor *visitor = page->visitor;
    const struct signing *signing = &signings[approve->is_restore ? 2 : approve->is_second ? 1 : 0];
    HTML(page->html, "<section id=\"sign\"><h2>");
    page_say(page, signing->title);
    HTML(page->html, "</h2>");
    put_bytes(page, approve);
    put_form_head(page, approve, ROUTE_APPROVE, "sign-form");
    page_field(page, &(struct page_field){.name = "signature",
                                          .label = MSG_SIGNATURE,
                                          .hint = MSG_SIGNATURE_HINT,
                                          .value = visitor->is_refused ? visitor->typed : STR(""),
                                          .most = 4000,
                                          .rows = 7});
    if (approve->is_restore && visitor->role == ROLE_TEAM) {
        page_field(page, &(struct page_field){.name = "reason",
                                              .label = MSG_REASON_FIELD,
                                              .hint = MSG_REASON_HINT,
                                              .most = CASEBOOK_STATEMENT_MOST,
                                              .rows = 2});
    }
    page_field(page, &(struct page_field){.name = "conflict",
                                          .label = MSG_CONFLICT_FIELD,
                                          .hint = MSG_CONFLICT_HINT,
                                          .most = CASEBOOK_STATEMENT_MOST});
    if (!visitor->is_fresh) {
        page_field(page, &(struct page_field){.name = "code",
                                              .label = MSG_CODE_AGAIN,
                                              .hint = MSG_CODE_AGAIN_HINT,
                                              .complete = "one-time-code",
                                              .most = 40,
                                              .is_code = true});
    }
    HTML(page->html, "<p class=\"buttons\">");
    page_button(page, signing->action, "main", signing->button);
    HTML(page->html, "</p></form></section>\n");
}

/* The ways that take no signature: back once, or no. */
static void put_refusals(const struct page *page, const struct page_approve *approve)
{
    const uint64_t returns = UINT64_C(1) << ACTION_RETURN, rejects = UINT64_C(1) << ACTION_REJECT;
    uint64_t actions = approve->chances->actions;
    if ((actions & (returns | rejects)) == 0) {
        return;
    }
    HTML(page->html, "<section id=\"refuse\"><h2>");
    page_say(page, MSG_NOT_SO);
    HTML(page->html, "</h2>");
    put_form_head(page, approve, ROUTE_MOVE, "act-form");
    page_field(page, &(struct page_field){.name = "reason",
                                          .label = MSG_REASON_FIELD,
                                          .hint = MSG_REASON_HINT,
                                          .most = CASEBOOK_STATEMENT_MOST,
                                          .rows = 3});
    HTML(page->html, "<p class=\"buttons\">");
    if ((actions & returns) != 0) {
        page_button(page, "return", "", MSG_DO_RETURN);
    }
    if ((actions & rejects) != 0) {
        page_button(page, "reject", "danger", MSG_DO_REJECT);
    }
    HTML(page->html, "</p></form></section>\n");
}

static void put_head(const struct page *page, const struct page_approve *approve)
{
    struct html *html = page->html;
    const struct casebook_case *summary = &approve->one->summary;
    struct place back = page_place(page, ROUTE_CASE);
    back.case_id = summary->id;
    HTML(html, "<div class=\"top\"><div><p class=\"badges\">");
    page_badge(page, summary->class);
    HTML(html, " <span class=\"state\">");
    page_say(page, message_of_state(summary->state));
    HTML(html, "</span></p><h1>");
    page_say(page, MSG_JUDGE);
    HTML(html, ": <a");
    place_link(html, &back);
    HTML(html, ">");
    page_say(page, MSG_CASE);
    HTML(html, " ");
    html_int(html, summary->id);
    HTML(html, "</a></h1></div><p class=\"lease\">");
    page_say(page, MSG_DEADLINE);
    HTML(html, ": ");
    page_countdown(page, summary->deadline_ms);
    HTML(html, "</p></div>");
}

void page_approve(const struct page *page, const struct page_approve *approve)
{
    struct html *html = page->html;
    const struct casebook_page *one = approve->one;
    page_open(page, "approve-page", message_text(page->language, MSG_JUDGE));
    put_head(page, approve);
    if (approve->refusal.len > 0) {
        HTML(html, "<div class=\"said refused\" role=\"alert\"><strong>");
        page_say(page, MSG_NOTHING_TO_SIGN);
        HTML(html, "</strong> <span>");
        html_foreign(html, approve->refusal, 1000);
        HTML(html, "</span></div>");
    }
    HTML(html, "<div class=\"columns\"><div><section id=\"proposed\"><h2>");
    page_say(page, approve->is_restore ? MSG_RESTORE_TITLE : MSG_PROPOSAL);
    HTML(html, "</h2>");
    if (approve->is_restore) {
        HTML(html, "<p class=\"hint\">");
        page_say(page, MSG_RESTORE_HINT);
        HTML(html, "</p>");
    }
    put_proposal(page, approve->proposal.len > 0 && !approve->is_restore ? approve->proposal
                                                                         : one->proposal);
    HTML(html, "</section>\n");
    if (approve->proposal.len > 0 && approve->is_restore) {
        put_sign(page, approve);
    } else if (approve->proposal.len > 0) {
        put_comparison(page, approve);
        put_sign(page, approve);
    } else if ((approve->chances->actions & (UINT64_C(1) << ACTION_ANSWER)) != 0) {
        put_blind(page, approve);
    }
    put_refusals(page, approve);
    HTML(html, "</div><div>");
    if (approve->proposal.len == 0) {
        page_case_post(page, one); /* what is signed is long enough without it */
    }
    page_case_why(page, one);
    if (approve->is_restore) { /* who suspended it, and why */
        page_case_history(page, one);
    }
    HTML(html, "</div></div>");
    page_close(page);
}
