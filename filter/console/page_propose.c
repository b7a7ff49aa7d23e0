#include "filter/console/page_propose.h"

#include "filter/console/flagged.h"
#include "filter/console/page_case.h"
#include "filter/console/page_form.h"

static const struct page_choice scopes[] = {{"URL", MSG_SCOPE_URL},
                                            {"URL_PREFIX", MSG_SCOPE_PREFIX},
                                            {"HOST", MSG_SCOPE_HOST},
                                            {"DOMAIN", MSG_SCOPE_DOMAIN}};
static const struct page_choice harvests[] = {{"credentials", MSG_HARVEST_CREDENTIALS},
                                              {"money", MSG_HARVEST_MONEY},
                                              {"personal_data", MSG_HARVEST_DATA},
                                              {"malware", MSG_HARVEST_MALWARE}};
static const enum message recipients[] = {[RECIPIENT_PLATFORM] = MSG_RECIPIENT_PLATFORM,
                                          [RECIPIENT_HOSTING] = MSG_RECIPIENT_HOSTING,
                                          [RECIPIENT_SUPERVISOR] = MSG_RECIPIENT_SUPERVISOR};
static const struct page_choice ages[] = {{"15", MSG_SEEN_NOW},     {"60", MSG_SEEN_HOUR},
                                          {"110", MSG_SEEN_TWO},    {"360", MSG_SEEN_SIX},
                                          {"720", MSG_SEEN_TWELVE}, {"1410", MSG_SEEN_DAY}};
enum { SCOPES = 4, HARVESTS = 4, RECIPIENTS = 3, AGES = 6 };

/* Whether the form came back with this recipient chosen: "kind:name". */
static bool is_chosen(const struct page_propose *propose, const struct casebook_addressee *one)
{
    struct str left = propose->form != NULL ? form_get(propose->form, "recipient") : STR("");
    struct str kind = str_cut(&left, ':');
    return str_is(kind, casebook_recipient_name(one->kind)) && str_equal(left, one->name);
}

/* What was typed there before. */
static struct str typed(const struct page_propose *propose, const char *name, struct str otherwise)
{
    return propose->form != NULL ? form_raw(propose->form, name) : otherwise;
}

static void put_kind_link(const struct page *page, const struct page_propose *propose,
                          enum casebook_kind kind, bool is_urgent, enum message label)
{
    struct html *html = page->html;
    struct place there = page_place(page, ROUTE_PROPOSE);
    there.case_id = page->place->case_id;
    there.has_kind = true;
    there.kind = kind;
    there.is_urgent = is_urgent;
    HTML(html, "<a");
    place_link(html, &there);
    if (propose->kind == kind && propose->is_urgent == is_urgent) {
        HTML(html, " aria-current=\"page\"");
    }
    HTML(html, ">");
    page_say(page, label);
    HTML(html, "</a>");
}

/* The outcomes that this class may have. */
static void put_kinds(const struct page *page, const struct page_propose *propose)
{
    HTML(page->html, "<nav class=\"kinds\"");
    HTML_ATTRIBUTE(page->html, "aria-label", message_text(page->language, MSG_PROPOSE_KIND));
    HTML(page->html, ">");
    if (propose->one->summary.class == RULE_FRAUD) {
        put_kind_link(page, propose, KIND_ENTRY, false, MSG_KIND_ENTRY);
        put_kind_link(page, propose, KIND_ENTRY, true, MSG_ACTION_OF_ACTION_URGENT);
    } else {
        put_kind_link(page, propose, KIND_CORRECTION, false, MSG_KIND_CORRECTION);
    }
    put_kind_link(page, propose, KIND_REFERRAL, false, MSG_KIND_REFERRAL);
    HTML(page->html, "</nav>");
}

/* A set of harvests as bits in the order of the choices. */
static unsigned chosen_harvests(const struct page_propose *propose)
{
    unsigned chosen = 0;
    size_t at = 0;
    struct str value;
    while (propose->form != NULL && form_next(propose->form, "harvest", &at, &value)) {
        for (unsigned i = 0; i < HARVESTS; i++) {
            chosen |= str_is(value, harvests[i].value) ? 1u << i : 0;
        }
    }
    return chosen;
}

static void put_entry(const struct page *page, const struct page_propose *propose)
{
    page_select(page, "scope", MSG_SCOPE, scopes, SCOPES, typed(propose, "scope", STR("HOST")));
    page_field(page, &(struct page_field){.name = "target",
                                          .label = MSG_TARGET,
                                          .hint = MSG_TARGET_HINT,
                                          .value = typed(propose, "target", STR("")),
                                          .most = 2000,
                                          .is_code = true});
    page_checks(page, "harvest", MSG_HARVEST, harvests, HARVESTS, chosen_harvests(propose));
    if (!propose->is_urgent) {
        page_field(page, &(struct page_field){.name = "days",
                                              .label = MSG_DAYS_LISTED,
                                              .hint = MSG_DAYS_HINT,
                                              .type = "number",
                                              .value = typed(propose, "days", STR("7")),
                                              .most = 2});
    }
}

/* What the 24-hour lane takes besides. */
static void put_urgent(const struct page *page, const struct page_propose *propose)
{
    static const struct page_field fields[] = {
        {.name = "second",
         .label = MSG_SECOND,
         .hint = MSG_SECOND_HINT,
         .most = CASEBOOK_NAME_MOST},
        {.name = "second_minutes",
         .label = MSG_SECOND_MINUTES,
         .hint = MESSAGE_COUNT,
         .type = "number",
         .most = 3},
        {.name = "second_sha256",
         .label = MSG_SECOND_CAPTURE,
         .hint = MSG_SECOND_CAPTURE_HINT,
         .most = 64},
        {.name = "on_call",
         .label = MSG_ON_CALL,
         .hint = MSG_ON_CALL_HINT,
         .most = CASEBOOK_NAME_MOST},
        {.name = "told_minutes",
         .label = MSG_TOLD_MINUTES,
         .hint = MESSAGE_COUNT,
         .type = "number",
         .most = 3},
        {.name = "registrant",
         .label = MSG_REGISTRANT,
         .hint = MSG_REGISTRANT_HINT,
         .most = CASEBOOK_STATEMENT_MOST,
         .rows = 2},
    };
    HTML(page->html, "<p class=\"basis\">");
    page_say(page, MSG_URGENT_RULES);
    HTML(page->html, "</p>");
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        struct page_field field = fields[i];
        field.value = typed(propose, field.name, STR(""));
        page_field(page, &field);
    }
}

/* Those of one kind on the team's list. */
static void put_recipients(const struct page *page, const struct page_propose *propose,
                           enum casebook_recipient kind)
{
    struct html *html = page->html;
    size_t count, shown = 0;
    const struct casebook_addressee *all = casebook_addressees_all(propose->addressees, &count);
    for (size_t i = 0; i < count; i++) {
        const struct str value[] = {str_of(casebook_recipient_name(kind)), STR(":"), all[i].name};
        if (all[i].kind != kind) {
            continue;
        }
        if (shown++ == 0) {
            HTML(html, "<optgroup");
            HTML_ATTRIBUTE(html, "label", message_text(page->language, recipients[kind]));
            HTML(html, ">");
        }
        HTML(html, "<option");
        HTML_JOINED(html, "value", value, 3);
        if (is_chosen(propose, &all[i])) {
            HTML(html, " selected=\"selected\"");
        }
        HTML(html, ">");
        html_text(html, all[i].name);
        HTML(html, "</option>");
    }
    if (shown > 0) {
        HTML(html, "</optgroup>");
    }
}

static void put_recipient(const struct page *page, const struct page_propose *propose)
{
    struct html *html = page->html;
    HTML(html, "<div class=\"field\"><label for=\"recipient\">");
    page_say(page, MSG_RECIPIENT);
    HTML(html, "</label><select name=\"recipient\" id=\"recipient\" required=\"required\" "
               "aria-describedby=\"hint-recipient\"><option value=\"\">");
    page_say(page, MSG_RECIPIENT_CHOOSE);
    HTML(html, "</option>");
    for (int kind = 0; kind < RECIPIENTS; kind++) {
        put_recipients(page, propose, (enum casebook_recipient)kind);
    }
    HTML(html, "</select><p class=\"hint\" id=\"hint-recipient\">");
    page_say(page, MSG_RECIPIENT_HINT);
    HTML(html, "</p></div>");
}

/* What the fact-check says is claimed; the reviewer puts it into words of their own. */
static struct str known_claim(const struct page_propose *propose)
{
    const struct casebook_page *one = propose->one;
    bool is_there = one->rule_count > 0 && one->rules[0].evidence_count > 0;
    return is_there ? one->rules[0].evidence[0].claim : STR("");
}

static void put_claim(const struct page *page, const struct page_propose *propose)
{
    page_field(page, &(struct page_field){.name = "claim",
                                          .label = MSG_CLAIMED,
                                          .hint = MSG_CLAIMED_HINT,
                                          .value = typed(propose, "claim", known_claim(propose)),
                                          .most = CASEBOOK_CLAIM_MOST,
                                          .least = CASEBOOK_CLAIM_LEAST,
                                          .rows = 2});
}

static void put_correction(const struct page *page, const struct page_propose *propose)
{
    put_claim(page, propose);
    page_field(page, &(struct page_field){.name = "text",
                                          .label = MSG_CORRECTION_TEXT,
                                          .hint = MSG_CORRECTION_HINT,
                                          .value = typed(propose, "text", STR("")),
                                          .most = CASEBOOK_TEXT_MOST,
                                          .rows = 8});
    page_field(page, &(struct page_field){.name = "text_en",
                                          .label = MSG_CORRECTION_TEXT_EN,
                                          .hint = MSG_CORRECTION_EN_HINT,
                                          .value = typed(propose, "text_en", STR("")),
                                          .most = CASEBOOK_TEXT_MOST,
                                          .rows = 5,
                                          .is_optional = true});
}

static void put_referral(const struct page *page, const struct page_propose *propose)
{
    const struct casebook_page *one = propose->one;
    put_recipient(page, propose);
    put_claim(page, propose);
    page_field(
        page, &(struct page_field){
                  .name = "url",
                  .label = MSG_REFERRED_URL,
                  .hint = MSG_REFERRED_URL_HINT,
                  .value = typed(propose, "url", one->post_count > 0 ? one->posts[0].url : STR("")),
                  .most = 2000,
                  .is_code = true});
}

static void put_kind(const struct page *page, const struct page_propose *propose)
{
    switch (propose->kind) {
    case KIND_ENTRY:
        put_entry(page, propose);
        break;
    case KIND_CORRECTION:
        put_correction(page, propose);
        break;
    case KIND_REFERRAL:
        put_referral(page, propose);
        break;
    }
    if (propose->is_urgent) {
        put_urgent(page, propose);
    }
}

static void put_evidence(const struct page *page, const struct page_propose *propose)
{
    page_field(page, &(struct page_field){.name = "evidence",
                                          .label = MSG_EVIDENCE_HASHES,
                                          .hint = MSG_EVIDENCE_HINT,
                                          .value = typed(propose, "evidence", propose->captured),
                                          .most = 1100,
                                          .rows = 3});
    page_select(page, "observed", MSG_OBSERVED, ages, AGES, typed(propose, "observed", STR("15")));
}

static void put_statements(const struct page *page, const struct page_propose *propose)
{
    page_field(page, &(struct page_field){.name = "reason",
                                          .label = MSG_FACTS,
                                          .hint = MSG_FACTS_HINT,
                                          .value = typed(propose, "reason", STR("")),
                                          .most = CASEBOOK_STATEMENT_MOST,
                                          .least = 80,
                                          .rows = 5});
    page_field(page, &(struct page_field){.name = "reason_en",
                                          .label = MSG_FACTS_EN,
                                          .hint = MESSAGE_COUNT,
                                          .value = typed(propose, "reason_en", STR("")),
                                          .most = CASEBOOK_STATEMENT_MOST,
                                          .rows = 3,
                                          .is_optional = true});
    page_field(page, &(struct page_field){.name = "milder",
                                          .label = MSG_MILDER,
                                          .hint = MSG_MILDER_HINT,
                                          .value = typed(propose, "milder", STR("")),
                                          .most = CASEBOOK_STATEMENT_MOST,
                                          .rows = 2});
    page_field(page, &(struct page_field){.name = "conflict",
                                          .label = MSG_CONFLICT_FIELD,
                                          .hint = MSG_CONFLICT_HINT,
                                          .value = typed(propose, "conflict", STR("")),
                                          .most = CASEBOOK_STATEMENT_MOST});
}

static void put_tests(const struct page *page, const struct page_propose *propose)
{
    struct casebook_answers answers = {.of = {ANSWER_NONE}};
    for (int i = 0; propose->form != NULL && i < CASEBOOK_TEST_COUNT; i++) {
        struct str value = form_get(propose->form, casebook_test_name((enum casebook_test)i));
        answers.of[i] = str_is(value, "no")    ? ANSWER_NO
                        : str_is(value, "yes") ? ANSWER_YES
                                               : ANSWER_NONE;
    }
    page_tests(page, &answers);
}

/* What else would break, and the bytes as they would be signed. */
static void put_preview(const struct page *page, const struct page_propose *propose)
{
    struct html *html = page->html;
    if (propose->preview.len == 0) {
        return;
    }
    HTML(html, "<section id=\"preview\" class=\"preview\"><h2>");
    page_say(page, MSG_BREAKS);
    HTML(html, "</h2>");
    if (propose->kind == KIND_ENTRY) {
        HTML(html, "<p>");
        page_say(page, MSG_BREAKS_HINT);
        HTML(html, "</p>");
        if (propose->break_count == 0) {
            HTML(html, "<p class=\"empty\">");
            page_say(page, MSG_BREAKS_NONE);
            HTML(html, "</p>");
        }
        HTML(html, "<ul>");
        for (size_t i = 0; i < propose->break_count; i++) {
            HTML(html, "<li>");
            flagged_link(html, propose->breaks[i], 200);
            HTML(html, "</li>");
        }
        HTML(html, "</ul>");
    }
    HTML(html, "<details><summary>");
    page_say(page, MSG_PROPOSAL_BYTES);
    HTML(html, "</summary><pre><bdi>");
    html_cut(html, propose->preview, 4000);
    HTML(html, "</bdi></pre></details></section>");
}

static void open_step(const struct page *page, enum message title)
{
    HTML(page->html, "<section><h2>");
    page_say(page, title);
    HTML(page->html, "</h2>");
}

static void put_form(const struct page *page, const struct page_propose *propose)
{
    struct html *html = page->html;
    const struct casebook_case *summary = &propose->one->summary;
    struct place there = page_place(page, ROUTE_PROPOSE);
    there.case_id = summary->id;
    there.has_kind = true;
    there.kind = propose->kind;
    there.is_urgent = propose->is_urgent;
    page_form_open(page, &there, "propose-form");
    PAGE_HIDDEN_NUMBER(page, "version", summary->version);
    if (propose->chances->lease > 0) {
        PAGE_HIDDEN_NUMBER(page, "lease", propose->chances->lease);
    }
    open_step(page, MSG_STEP_WHAT);
    put_kind(page, propose);
    HTML(html, "</section>");
    open_step(page, MSG_STEP_EVIDENCE);
    put_evidence(page, propose);
    HTML(html, "</section>");
    open_step(page, MSG_STEP_TESTS);
    HTML(html, "<p class=\"hint\">");
    page_say(page, MSG_TESTS_HINT);
    if (propose->kind == KIND_REFERRAL) {
        HTML(html, " ");
        page_say(page, MSG_TESTS_HOSTING);
    }
    HTML(html, "</p>");
    put_tests(page, propose);
    HTML(html, "</section>");
    open_step(page, MSG_STEP_REASONS);
    put_statements(page, propose);
    HTML(html, "</section><p class=\"buttons\">");
    page_button(page, "preview", "", MSG_PREVIEW);
    page_button(page, "propose", "main", MSG_SIGN_AND_PROPOSE);
    HTML(html, "</p></form>");
}

void page_propose(const struct page *page, const struct page_propose *propose)
{
    struct html *html = page->html;
    const struct casebook_case *summary = &propose->one->summary;
    struct place back = page_place(page, ROUTE_CASE);
    back.case_id = summary->id;
    page_open(page, "propose-page", message_text(page->language, MSG_PROPOSE));
    HTML(html, "<div class=\"top\"><div><p class=\"badges\">");
    page_badge(page, summary->class);
    HTML(html, "</p><h1>");
    page_say(page, MSG_PROPOSE);
    HTML(html, ": <a");
    place_link(html, &back);
    HTML(html, ">");
    page_say(page, MSG_CASE);
    HTML(html, " ");
    html_int(html, summary->id);
    HTML(html, "</a></h1><p class=\"hint\">");
    flagged_line(html, summary->excerpt, 400);
    HTML(html, "</p></div>");
    if (propose->chances->is_holder && summary->deadline_ms != CLOCK_NEVER) {
        HTML(html, "<p class=\"lease\">");
        page_say(page, MSG_LEASE);
        HTML(html, " ");
        page_countdown(page, summary->deadline_ms);
        HTML(html, "</p>");
    }
    HTML(html, "</div>");
    if (propose->problem.len > 0) {
        HTML(html, "<div class=\"said refused\" role=\"alert\"><strong>");
        page_say(page, MSG_REFUSED);
        HTML(html, "</strong> <span>");
        html_foreign(html, propose->problem, 1000);
        HTML(html, "</span></div>");
    }
    put_preview(page, propose);
    put_kinds(page, propose);
    put_form(page, propose);
    page_close(page);
}
