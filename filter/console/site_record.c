/* The page of a record: its newest row, member by member. */
#include <stdio.h>
#include <string.h>

#include "filter/casebook/organisation.h"
#include "filter/casebook/proposal.h"
#include "filter/console/site_correction.h"
#include "filter/console/site_page.h"
#include "filter/console/site_part.h"

/* A page has a size; the data has them all. */
enum {
    RULES_MOST = 2,
    BASES_MOST = 2,
    TIES_MOST = 3,
    APPEALS_MOST = 3,
    ELEMENTS_MOST = 3,
    EVIDENCE_MOST = 8,
    FACTS_COST = 1800,
    STATEMENT_COST = 800,
    REASON_COST = 400,
    SHORT_COST = 120,
};

static json_t *list_at(const json_t *row, const char *one, const char *two)
{
    json_t *list = json_object_get(row, one);
    return two != NULL ? json_object_get(list, two) : list;
}

static struct str text_at(const json_t *text)
{
    return json_is_string(text) ? str_of(json_string_value(text)) : STR("");
}

static void term_cut(struct html *html, enum message key, struct str text, size_t cost)
{
    if (text.len > 0) {
        site_part_term(html, key);
        HTML(html, "<dd>");
        html_foreign(html, text, cost);
        HTML(html, "</dd>");
    }
}

static void term_text(struct html *html, enum message key, struct str text)
{
    term_cut(html, key, text, STATEMENT_COST);
}

static void put_code(struct html *html, struct str text)
{
    HTML(html, "<code>");
    html_cut(html, text, SHORT_COST);
    HTML(html, "</code>");
}

/* Enough of a hash to find the whole of it in the data. */
static void put_short(struct html *html, struct str hash)
{
    put_code(html, hash.len > 16 ? str_part(hash, 0, 16) : hash);
}

static void put_class_elements(struct html *html, const json_t *row)
{
    static const struct {
        const char *member;
        enum message key;
    } lists[] = {{"impersonates", MSG_SITE_IMPERSONATES},
                 {"contradicts", MSG_SITE_CONTRADICTS},
                 {"repeats", MSG_SITE_REPEATS}};
    const json_t *one;
    size_t k;
    site_part_term(html, MSG_CLASS);
    HTML(html, "<dd>");
    site_part_class(html, site_text(row, "class", NULL));
    HTML(html, "</dd>");
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        json_array_foreach(list_at(row, "elements", lists[i].member), k, one)
        {
            site_part_term(html, lists[i].key);
            HTML(html, "<dd>");
            html_foreign(html, text_at(one), SITE_LINE_COST);
            HTML(html, "</dd>");
            if (k + 1 == ELEMENTS_MOST) {
                break;
            }
        }
    }
}

static void put_harvest(struct html *html, const json_t *row)
{
    static const struct {
        const char *name;
        enum message key;
    } names[] = {{"credentials", MSG_HARVEST_CREDENTIALS},
                 {"money", MSG_HARVEST_MONEY},
                 {"personal_data", MSG_HARVEST_DATA},
                 {"malware", MSG_HARVEST_MALWARE}};
    const json_t *one;
    size_t i;
    json_array_foreach(list_at(row, "decision", "harvest"), i, one)
    {
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            if (str_is(text_at(one), names[k].name)) {
                site_part_term(html, MSG_HARVEST);
                HTML(html, "<dd>");
                site_part_both(html, names[k].key);
                HTML(html, "</dd>");
            }
        }
    }
}

static enum message message_of_scope(struct str scope)
{
    return str_is(scope, "DOMAIN")       ? MSG_SCOPE_DOMAIN
           : str_is(scope, "HOST")       ? MSG_SCOPE_HOST
           : str_is(scope, "URL_PREFIX") ? MSG_SCOPE_PREFIX
                                         : MSG_SCOPE_URL;
}

static void put_territory(struct html *html, const json_t *row)
{
    struct str territory = site_text(row, "territory", NULL);
    const json_t *one;
    size_t i;
    if (territory.len > 0) {
        site_part_term(html, MSG_SITE_TERRITORY);
        HTML(html, "<dd>");
        site_part_both(html, str_is(territory, "networks_that_fetch") ? MSG_SITE_TERRITORY_NETWORKS
                             : str_is(territory, "public")            ? MSG_SITE_TERRITORY_PUBLIC
                                                           : MSG_SITE_TERRITORY_RECIPIENT);
        HTML(html, "</dd>");
    }
    if (json_array_size(list_at(row, "consumers", NULL)) == 0) {
        return;
    }
    site_part_term(html, MSG_SITE_CONSUMERS);
    HTML(html, "<dd>");
    json_array_foreach(list_at(row, "consumers", NULL), i, one)
    {
        HTML(html, " ");
        html_cut(html, text_at(one), SHORT_COST);
    }
    HTML(html, "</dd>");
}

/* What an entry is about, for how long, and why it is over. */
static void put_measure(struct html *html, const json_t *row)
{
    struct str target = site_text(row, "decision", "target");
    site_part_term(html, MSG_SITE_MEASURE);
    HTML(html, "<dd>");
    site_part_both(html, site_part_measure(site_text(row, "measure", NULL)));
    HTML(html, "</dd>");
    site_part_term(html, MSG_STATE);
    HTML(html, "<dd>");
    site_part_state(html, site_text(row, "state", NULL));
    if (site_text(row, "entry", "state").len > 0) {
        HTML(html, " · ");
        site_part_state(html, site_text(row, "entry", "state"));
    }
    HTML(html, "</dd>");
    if (target.len > 0) {
        site_part_term(html, MSG_SITE_TARGET);
        HTML(html, "<dd><code>");
        site_part_target(html, target);
        HTML(html, "</code> (");
        site_part_both(html, message_of_scope(site_text(row, "decision", "scope")));
        HTML(html, ")</dd>");
    }
    site_part_term_time(html, MSG_SITE_SINCE, site_text(row, "since", NULL));
    site_part_term_time(html, MSG_SITE_START, site_text(row, "decision", "start"));
    site_part_term_time(html, MSG_SITE_END, site_text(row, "entry", "end"));
}

static void put_end(struct html *html, const json_t *row)
{
    const json_t *ended = json_object_get(row, "ended");
    struct str role = site_text(ended, "by", "role");
    if (ended == NULL) {
        return;
    }
    site_part_term(html, MSG_SITE_ENDED);
    HTML(html, "<dd>");
    site_part_time(html, site_text(ended, "time", NULL));
    HTML(html, " · ");
    if (site_text(ended, "by", "organisation").len > 0) {
        const struct str values[] = {site_text(ended, "by", "pseudonym"),
                                     site_text(ended, "by", "organisation")};
        message_say_with(html, LANGUAGE_ID, MSG_SITE_BY, values, 2);
    } else {
        site_part_both(html, str_is(role, "clock")    ? MSG_SITE_BY_CLOCK
                             : str_is(role, "public") ? MSG_SITE_BY_PUBLIC
                                                      : MSG_SITE_BY_MACHINE);
    }
    if (site_text(ended, "reason", NULL).len > 0) {
        HTML(html, " · ");
        html_foreign(html, site_text(ended, "reason", NULL), STATEMENT_COST);
    }
    HTML(html, "</dd>");
}

static void put_ground(struct html *html, const json_t *row)
{
    const json_t *one;
    size_t i;
    json_array_foreach(list_at(row, "legal_ground", NULL), i, one)
    {
        site_part_term(html, MSG_SITE_GROUND);
        HTML(html, "<dd>");
        html_cut(html, site_text(one, "law", NULL), SITE_LINE_COST);
        HTML(html, ": ");
        html_cut(html, site_text(one, "why", NULL), SITE_LINE_COST);
        HTML(html, " <small lang=\"en\">");
        html_cut(html, site_text(one, "why_en", NULL), SITE_LINE_COST);
        HTML(html, "</small></dd>");
    }
}

static void put_day(struct html *html, enum message key, const json_t *time)
{
    char text[CLOCK_TEXT];
    if (json_is_integer(time)) {
        HTML(html, " · ");
        site_part_both(html, key);
        HTML(html, " ");
        html_text(html, str_of(clock_format_date(json_integer_value(time), text)));
    }
}

void site_record_basis(struct html *html, const json_t *one)
{
    struct str claim = site_text(one, "claim", NULL), hash = site_text(one, "sha256", NULL);
    site_part_term(html, MSG_SITE_BASIS);
    HTML(html, "<dd>");
    html_foreign(html, site_text(one, "publisher", NULL), SHORT_COST);
    HTML(html, ": ");
    html_outside(html, site_text(one, "url", NULL), SITE_LINE_COST);
    if (claim.len > 0) {
        HTML(html, " · ");
        html_foreign(html, claim, SITE_LINE_COST);
        HTML(html, " · ");
        html_foreign(html, site_text(one, "rating", NULL), SHORT_COST);
    }
    put_day(html, MSG_SITE_PUBLISHED, json_object_get(one, "published_ms"));
    put_day(html, MSG_SITE_RATED, json_object_get(one, "rated_ms"));
    put_day(html, MSG_SITE_START, json_object_get(one, "valid_from_ms"));
    put_day(html, MSG_SITE_END, json_object_get(one, "valid_until_ms"));
    if (hash.len > 0) {
        HTML(html, " · SHA-256 ");
        put_code(html, hash);
    }
    HTML(html, "</dd>");
}

static void put_rules(struct html *html, const json_t *row)
{
    const json_t *rule, *one;
    size_t i, k;
    json_array_foreach(list_at(row, "rules", NULL), i, rule)
    {
        site_part_term(html, MSG_RULE);
        HTML(html, "<dd>");
        html_foreign(html, site_text(rule, "title", NULL), SITE_LINE_COST);
        HTML(html, " · ");
        put_code(html, site_text(rule, "id", NULL));
        HTML(html, " · ");
        put_short(html, site_text(rule, "revision", NULL));
        if (site_text(rule, "release", NULL).len > 0) {
            HTML(html, " · ");
            put_short(html, site_text(rule, "release", NULL));
        }
        HTML(html, "</dd>");
        json_array_foreach(json_object_get(rule, "evidence"), k, one)
        {
            if (k < BASES_MOST) {
                site_record_basis(html, one);
            }
        }
        if (i + 1 == RULES_MOST) {
            break;
        }
    }
}

/* Rows of schema 1 name the hashes alone. */
void site_record_evidence(struct html *html, const json_t *row)
{
    const json_t *one, *list = list_at(row, "evidence", NULL);
    size_t i;
    list = list != NULL ? list : list_at(row, "decision", "evidence");
    json_array_foreach((json_t *)(uintptr_t)list, i, one)
    {
        struct str hash =
            json_is_string(one) ? str_of(json_string_value(one)) : site_text(one, "sha256", NULL);
        site_part_term(html, MSG_SITE_EVIDENCE);
        HTML(html, "<dd>");
        put_code(html, hash);
        if (site_text(one, "captured", NULL).len > 0) {
            HTML(html, " · ");
            site_part_time(html, site_text(one, "captured", NULL));
        }
        if (site_text(one, "tool", NULL).len > 0) {
            HTML(html, " · ");
            if (str_is(site_text(one, "tool", NULL), "reviewer")) {
                site_part_both(html, MSG_SITE_TOOL_REVIEWER);
            } else {
                html_cut(html, site_text(one, "tool", NULL), SHORT_COST);
            }
        }
        HTML(html, "</dd>");
        if (i + 1 == EVIDENCE_MOST) {
            break;
        }
    }
    site_part_term_time(html, MSG_SITE_OBSERVED, site_text(row, "decision", "observed"));
}

static void put_sector(struct html *html, struct str sector)
{
    static const enum message keys[] = {
#define X(constant, name, may_approve) [constant] = MSG_SECTOR_OF_##constant,
        CASEBOOK_SECTORS(X)
#undef X
    };
    enum casebook_sector one;
    if (casebook_sector_parse(sector, &one)) {
        site_part_both(html, keys[one]);
    }
}

static void put_person(struct html *html, const json_t *person)
{
    struct str role = site_text(person, "role", NULL);
    const json_t *ties = json_object_get(person, "ties"), *tie;
    const struct str values[] = {site_text(person, "pseudonym", NULL),
                                 site_text(person, "organisation", NULL)};
    size_t i;
    HTML(html, "<p>");
    site_part_both_with(html,
                        str_is(role, "reviewer") ? MSG_SITE_REVIEWER
                        : str_is(role, "second") ? MSG_SITE_SECOND
                                                 : MSG_SITE_APPROVER,
                        values, 2);
    if (site_text(person, "sector", NULL).len > 0) {
        HTML(html, "<small>");
        put_sector(html, site_text(person, "sector", NULL));
        HTML(html, " · ");
        site_part_both(html, json_array_size(ties) > 0 ? MSG_SITE_TIES : MSG_SITE_NO_TIES);
        json_array_foreach((json_t *)(uintptr_t)ties, i, tie)
        {
            HTML(html, " ");
            html_foreign(html, text_at(tie), SHORT_COST);
            if (i + 1 == TIES_MOST) {
                break;
            }
        }
        HTML(html, "</small>");
    }
    HTML(html, "</p>");
}

static void put_people(struct html *html, const json_t *row)
{
    const json_t *person;
    size_t i;
    site_part_term(html, MSG_SITE_PEOPLE);
    HTML(html, "<dd>");
    json_array_foreach(list_at(row, "people", NULL), i, person)
    {
        put_person(html, person);
    }
    HTML(html, "</dd>");
    json_array_foreach(list_at(row, "signatures", NULL), i, person)
    {
        site_part_term(html, MSG_SITE_SIGNED);
        HTML(html, "<dd>");
        site_part_time(html, site_text(person, "time", NULL));
        HTML(html, " · ");
        put_code(html, site_text(person, "fingerprint", NULL));
        HTML(html, "</dd>");
    }
    term_text(html, MSG_SITE_CONFLICT, site_text(row, "because", "conflict"));
    term_text(html, MSG_SITE_CONFLICT, site_text(row, "because", "conflict_approver"));
}

static void put_notice(struct html *html, const json_t *row)
{
    struct str because = site_text(row, "notice", "because");
    struct str registrant = site_text(row, "notice", "registrant");
    registrant = registrant.len > 0 ? registrant : site_text(row, "because", "registrant");
    term_text(html, MSG_SITE_REGISTRANT, registrant);
    if (because.len > 0) {
        site_part_term(html, MSG_SITE_NOTICE);
        HTML(html, "<dd>");
        site_part_both(html, str_is(because, "owner_unknown") ? MSG_SITE_NOTICE_OWNER
                                                              : MSG_SITE_NOTICE_NOBODY);
        HTML(html, "</dd>");
    }
    if (site_text(row, "origin", NULL).len > 0) {
        site_part_term(html, MSG_SITE_ORIGIN);
        HTML(html, "<dd>");
        site_part_both(html, MSG_SITE_ORIGIN_OWN);
        HTML(html, "</dd>");
    }
}

static void put_outcome(struct html *html, const json_t *row)
{
    const json_t *recipient = list_at(row, "decision", "recipient");
    term_text(html, MSG_SITE_RECIPIENT, site_text(recipient, "name", NULL));
    site_part_term_time(html, MSG_SITE_SENT, site_text(row, "outcome", "sent"));
    site_part_term_time(html, MSG_SITE_PUBLISHED, site_text(row, "outcome", "published"));
    term_text(html, MSG_SITE_DECISION_OF, site_text(row, "outcome", "decision"));
    site_part_term_time(html, MSG_SITE_UNANSWERED, site_text(row, "outcome", "unanswered"));
}

static void put_tests(struct html *html, const json_t *row)
{
    const json_t *answers = list_at(row, "because", "answers");
    if (answers == NULL) {
        return;
    }
    HTML(html, "<details><summary>");
    site_part_both(html, MSG_SITE_TESTS);
    HTML(html, "</summary><ul>");
    for (int i = 0; i < CASEBOOK_TEST_COUNT; i++) {
        enum casebook_test test = (enum casebook_test)i;
        struct str answer = site_text(answers, casebook_test_name(test), NULL);
        HTML(html, "<li>");
        html_text(html, str_of(casebook_test_question(test, false)));
        HTML(html, " <span lang=\"en\">/ ");
        html_text(html, str_of(casebook_test_question(test, true)));
        HTML(html, "</span> <strong>");
        site_part_both(html, str_is(answer, "no") ? MSG_SITE_NO : MSG_SITE_YES);
        HTML(html, "</strong></li>");
    }
    HTML(html, "</ul></details>");
}

/* As signed, and the signature: what is too long for a page stands whole in the register's data. */
static void put_panel(struct html *html, const json_t *appeal)
{
    struct str signature = site_text(appeal, "signature", NULL);
    if (signature.len == 0) {
        return;
    }
    HTML(html, "<details><summary>");
    site_part_both(html, MSG_SITE_SIGNATURE_PANEL);
    HTML(html, "</summary><pre><bdi>");
    html_foreign(html, site_text(appeal, "signed", NULL), (size_t)2 * REASON_COST);
    HTML(html, "</bdi></pre><pre>");
    html_text(html, signature);
    HTML(html, "</pre></details>");
}

static void put_appeals(struct html *html, const json_t *row)
{
    const json_t *one;
    size_t i;
    if (json_array_size(list_at(row, "appeals", NULL)) == 0) {
        return;
    }
    site_part_heading(html, MSG_SITE_APPEALS);
    HTML(html, "<ul>");
    json_array_foreach(list_at(row, "appeals", NULL), i, one)
    {
        HTML(html, "<li>");
        html_int(html, json_integer_value(json_object_get(one, "number")));
        HTML(html, " · ");
        site_part_time(html, site_text(one, "lodged", NULL));
        HTML(html, " · ");
        site_part_state(html, site_text(one, "state", NULL));
        HTML(html, " ");
        html_foreign(html, site_text(one, "reason", NULL), REASON_COST);
        put_panel(html, one);
        HTML(html, "</li>");
        if (i + 1 == APPEALS_MOST) {
            break;
        }
    }
    HTML(html, "</ul>");
}

static void put_facts(struct html *html, const json_t *row)
{
    HTML(html, "<dl class=\"facts\">");
    put_measure(html, row);
    put_end(html, row);
    term_cut(html, MSG_SITE_FACTS, site_text(row, "decision", "reason"), FACTS_COST);
    term_cut(html, MSG_SITE_FACTS, site_text(row, "because", "reason_en"), FACTS_COST);
    put_class_elements(html, row);
    put_harvest(html, row);
    term_text(html, MSG_SITE_CLAIMED, site_text(row, "decision", "claim"));
    term_text(html, MSG_SITE_TEXT, site_text(row, "decision", "text"));
    term_text(html, MSG_SITE_TEXT, site_text(row, "decision", "text_en"));
    if (site_correction_is(row)) {
        char path[SITE_CORRECTION_PATH];
        HTML(html, "<dt></dt><dd><a");
        html_local(html,
                   site_correction_path(json_integer_value(json_object_get(row, "case")), path));
        HTML(html, ">");
        site_part_both(html, MSG_SITE_CORRECTION_PAGE);
        HTML(html, "</a></dd>");
    }
    put_outcome(html, row);
    put_ground(html, row);
    term_text(html, MSG_SITE_MILDER, site_text(row, "because", "milder"));
    put_territory(html, row);
    put_rules(html, row);
    site_record_evidence(html, row);
    put_people(html, row);
    put_notice(html, row);
    HTML(html, "</dl>");
}

/* What is over cannot be appealed any more, and a form would only be refused. */
static void put_remedy(struct html *html, const json_t *row, int64_t case_id)
{
    static const char *const over[] = {"closed", "lapsed",   "withdrawn", "void",
                                       "purged", "rejected", NULL};
    bool is_over = false;
    for (const char *const *state = over; *state != NULL; state++) {
        is_over |= str_is(site_text(row, "state", NULL), *state);
    }
    HTML(html, "<section id=\"keberatan\"><h2>");
    site_part_both(html, MSG_SITE_OBJECT);
    HTML(html, "</h2>");
    if (is_over) {
        site_part_hint(html, MSG_SITE_APPEAL_OVER);
    } else {
        site_part_hint(html, MSG_SITE_APPEAL_HINT);
        site_page_form(html, case_id);
    }
    HTML(html, "</section>");
}

void site_page_record(struct html *html, const json_t *row, struct str hash)
{
    char number[24];
    int64_t case_id = json_integer_value(json_object_get(row, "case"));
    struct str lane = site_text(row, "entry", "lane");
    snprintf(number, sizeof number, "%lld", (long long)case_id);
    site_part_open(html, MSG_SITE_RECORD, &(struct str){number, strlen(number)}, 1);
    if (json_is_true(json_object_get(row, "disputed"))) {
        HTML(html, "<p class=\"demo\">");
        site_part_both(html, MSG_SITE_DISPUTED);
        HTML(html, "</p>");
    }
    if (site_text(row, "masked_since", NULL).len > 0) {
        site_part_hint(html, MSG_SITE_MASKED);
    }
    if (json_is_true(list_at(row, "entry", "urgent"))) {
        site_part_hint(html, MSG_SITE_URGENT);
    } else if (str_is(lane, "confirmed")) {
        site_part_hint(html, MSG_SITE_URGENT_CONFIRMED);
    }
    put_facts(html, row);
    site_part_hint(html, MSG_SITE_AUTOMATED);
    put_tests(html, row);
    put_appeals(html, row);
    put_remedy(html, row, case_id);
    HTML(html, "<p class=\"hint\">");
    site_part_both(html, MSG_SITE_HASH);
    HTML(html, " ");
    put_code(html, hash);
    HTML(html, "</p>");
    site_part_close(html);
}
