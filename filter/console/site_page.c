#include "filter/console/site_page.h"

#include <stdio.h>

#include "filter/base/buf.h"
#include "filter/base/clock.h"
#include "filter/casebook/appeal.h"
#include "filter/casebook/proposal.h"

enum { TEXT_COST = 6000, LINE_COST = 240 };

struct str site_text(const json_t *row, const char *one, const char *two)
{
    const json_t *value = json_object_get(row, one);
    if (two != NULL) {
        value = json_object_get(value, two);
    }
    return json_is_string(value)
               ? (struct str){.at = json_string_value(value), .len = json_string_length(value)}
               : STR("");
}

/* Indonesian, and English behind it. */
static void both_with(struct html *html, enum message key, const struct str *values, size_t count)
{
    message_say_with(html, LANGUAGE_ID, key, values, count);
    HTML(html, " <span lang=\"en\">/ ");
    message_say_with(html, LANGUAGE_EN, key, values, count);
    HTML(html, "</span>");
}

/* Sentences: English below them. */
static void below(struct html *html, enum message key)
{
    message_say(html, LANGUAGE_ID, key);
    HTML(html, " <small lang=\"en\">");
    message_say(html, LANGUAGE_EN, key);
    HTML(html, "</small>");
}

/* "2026-11-25 21:49 UTC" of an RFC 3339 time. */
static void put_time(struct html *html, struct str time)
{
    if (time.len < sizeof "2026-11-25T21:49" - 1) {
        return;
    }
    HTML(html, "<time");
    HTML_ATTRIBUTE(html, "datetime", time);
    HTML(html, ">");
    html_text(html, str_part(time, 0, 10));
    HTML(html, " ");
    html_text(html, str_part(time, 11, 16));
    HTML(html, " UTC</time>");
}

static void both(struct html *html, enum message key)
{
    both_with(html, key, NULL, 0);
}

static void open_page(struct html *html, enum message title, const struct str *values, size_t count)
{
    static const struct {
        const char *path;
        enum message label;
    } tabs[] = {{"/index.html", MSG_SITE_REGISTER},
                {"/banding.html", MSG_SITE_OBJECT},
                {"/diblokir.html", MSG_SITE_BLOCKED},
                {"/angka.html", MSG_SITE_FIGURES}};
    HTML(html, "<!DOCTYPE html>\n<html lang=\"id\"><head><meta charset=\"utf-8\"/>"
               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>"
               "<meta name=\"color-scheme\" content=\"light dark\"/><title>");
    message_say_with(html, LANGUAGE_ID, title, values, count);
    HTML(html, " · saring</title><link rel=\"stylesheet\"");
    html_local(html, STR("/style.css"));
    HTML(html, "/><link rel=\"alternate\" type=\"application/atom+xml\"");
    html_local(html, STR("/perubahan.atom"));
    HTML(html, "/></head>\n<body><header><p class=\"brand\">saring</p><nav class=\"tabs\" "
               "aria-label=\"Register\">");
    for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++) {
        HTML(html, "<a");
        html_local(html, str_of(tabs[i].path));
        HTML(html, ">");
        message_say(html, LANGUAGE_ID, tabs[i].label);
        HTML(html, "</a>");
    }
    HTML(html, "</nav></header><main><h1>");
    both_with(html, title, values, count);
    HTML(html, "</h1>");
}

static void close_page(struct html *html)
{
    HTML(html, "</main><footer><p><a");
    html_local(html, STR("/register.ndjson"));
    HTML(html, ">NDJSON</a> · <a");
    html_local(html, STR("/register.csv"));
    HTML(html, ">CSV</a> · <a");
    html_local(html, STR("/perubahan.atom"));
    HTML(html, ">Atom</a></p><p>");
    below(html, MSG_SITE_OUTSIDE);
    HTML(html, "</p></footer></body></html>\n");
}

static void hint(struct html *html, enum message key)
{
    HTML(html, "<p class=\"hint\">");
    below(html, key);
    HTML(html, "</p>");
}

/* So that nobody opens it by a slip: kpu-tiruan[.]example. */
static void put_target(struct html *html, struct str target)
{
    struct buf defanged = BUF_EMPTY;
    for (size_t i = 0; i < target.len && defanged.len < LINE_COST; i++) {
        if (target.at[i] == '.') {
            buf_put_string(&defanged, "[.]");
        } else {
            buf_put_char(&defanged, target.at[i]);
        }
    }
    html_foreign(html, buf_str(&defanged), 2 * (size_t)LINE_COST);
    buf_fini(&defanged);
}

static enum message message_of_measure(struct str measure)
{
    return str_is(measure, "entry")        ? MSG_SITE_ENTRY
           : str_is(measure, "correction") ? MSG_SITE_CORRECTION
                                           : MSG_SITE_REFERRAL;
}

static void put_class(struct html *html, struct str class)
{
    enum rule_class one;
    if (rule_class_parse(class, &one)) {
        both(html, message_of_class(one));
    }
}

static void put_state(struct html *html, struct str state)
{
    enum casebook_state one;
    if (casebook_state_parse(state, &one)) {
        both(html, message_of_state(one));
    } else {
        html_text(html, state); /* of an entry: active, removed, … */
    }
}

static struct str record_path(int64_t case_id, char out[48])
{
    snprintf(out, 48, "/kasus-%lld.html", (long long)case_id);
    return str_of(out);
}

static void put_case_link(struct html *html, int64_t case_id)
{
    char path[48], number[24];
    snprintf(number, sizeof number, "%lld", (long long)case_id);
    HTML(html, "<a");
    html_local(html, record_path(case_id, path));
    HTML(html, ">");
    message_say_with(html, LANGUAGE_ID, MSG_SITE_RECORD, &(struct str){number, strlen(number)}, 1);
    HTML(html, "</a>");
}

static void put_line(struct html *html, const struct site_line *line)
{
    HTML(html, "<article class=\"card\"><h2>");
    put_case_link(html, line->case_id);
    HTML(html, "</h2><p>");
    put_class(html, line->class);
    HTML(html, " · ");
    both(html, message_of_measure(line->measure));
    HTML(html, " · ");
    put_state(html, line->state);
    HTML(html, " · ");
    put_time(html, line->since);
    HTML(html, "</p>");
    if (line->target.len > 0) {
        HTML(html, "<p><code>");
        put_target(html, line->target);
        HTML(html, "</code></p>");
    }
    HTML(html, "<p>");
    html_foreign(html, line->reason, 2 * (size_t)LINE_COST);
    HTML(html, "</p></article>");
}

void site_page_register(struct html *html, const struct site_line *lines, size_t count,
                        unsigned number, unsigned pages)
{
    open_page(html, MSG_SITE_REGISTER, NULL, 0);
    hint(html, MSG_SITE_REGISTER_HINT);
    if (count == 0) {
        hint(html, MSG_SITE_EMPTY);
    }
    for (size_t i = 0; i < count; i++) {
        put_line(html, &lines[i]);
    }
    HTML(html, "<nav class=\"kinds\" aria-label=\"Halaman\">");
    /* Around this one: a page has a size, and the register grows. */
    for (unsigned page = number > 3 ? number - 3 : 1; page <= pages && page <= number + 3; page++) {
        char path[48], text[16];
        snprintf(path, sizeof path, page == 1 ? "/index.html" : "/register-%u.html", page);
        snprintf(text, sizeof text, "%u", page);
        HTML(html, "<a");
        html_local(html, str_of(path));
        if (page == number) {
            HTML(html, " aria-current=\"page\"");
        }
        HTML(html, ">");
        message_say_with(html, LANGUAGE_ID, MSG_SITE_PAGE, &(struct str){text, strlen(text)}, 1);
        HTML(html, "</a>");
    }
    HTML(html, "</nav>");
    close_page(html);
}

static void term(struct html *html, enum message key)
{
    HTML(html, "<dt>");
    both(html, key);
    HTML(html, "</dt>");
}

static void term_text(struct html *html, enum message key, struct str text)
{
    if (text.len > 0) {
        term(html, key);
        HTML(html, "<dd>");
        html_foreign(html, text, TEXT_COST);
        HTML(html, "</dd>");
    }
}

static void term_time(struct html *html, enum message key, struct str time)
{
    if (time.len > 0) {
        term(html, key);
        HTML(html, "<dd>");
        put_time(html, time);
        HTML(html, "</dd>");
    }
}

static void put_basis(struct html *html, const json_t *row)
{
    const json_t *rule, *one;
    size_t i, k;
    json_array_foreach((json_t *)(uintptr_t)json_object_get(row, "rules"), i, rule)
    {
        json_array_foreach((json_t *)(uintptr_t)json_object_get(rule, "evidence"), k, one)
        {
            term(html, MSG_SITE_BASIS);
            HTML(html, "<dd>");
            html_foreign(html, site_text(one, "publisher", NULL), LINE_COST);
            HTML(html, ": ");
            html_outside(html, site_text(one, "url", NULL), LINE_COST);
            if (site_text(one, "claim", NULL).len > 0) {
                HTML(html, " · ");
                html_foreign(html, site_text(one, "claim", NULL), 2 * (size_t)LINE_COST);
                HTML(html, " · ");
                html_foreign(html, site_text(one, "rating", NULL), LINE_COST);
            }
            HTML(html, "</dd>");
        }
    }
}

static void put_evidence(struct html *html, const json_t *row)
{
    const json_t *hash;
    size_t i;
    const json_t *all = json_object_get(json_object_get(row, "decision"), "evidence");
    json_array_foreach((json_t *)(uintptr_t)all, i, hash)
    {
        if (json_is_string(hash)) {
            term(html, MSG_SITE_EVIDENCE);
            HTML(html, "<dd><code>");
            html_text(html, str_of(json_string_value(hash)));
            HTML(html, "</code></dd>");
        }
    }
}

static void put_people(struct html *html, const json_t *row)
{
    const json_t *person;
    size_t i;
    term(html, MSG_SITE_PEOPLE);
    HTML(html, "<dd>");
    json_array_foreach((json_t *)(uintptr_t)json_object_get(row, "people"), i, person)
    {
        const struct str values[] = {site_text(person, "pseudonym", NULL),
                                     site_text(person, "organisation", NULL)};
        HTML(html, "<p>");
        both_with(html,
                  str_is(site_text(person, "role", NULL), "reviewer") ? MSG_SITE_REVIEWER
                                                                      : MSG_SITE_APPROVER,
                  values, 2);
        HTML(html, "</p>");
    }
    HTML(html, "</dd>");
}

static void put_tests(struct html *html, const json_t *row)
{
    const json_t *answers = json_object_get(json_object_get(row, "because"), "answers");
    if (answers == NULL) {
        return;
    }
    HTML(html, "<h2>");
    both(html, MSG_SITE_TESTS);
    HTML(html, "</h2><ul>");
    for (int i = 0; i < CASEBOOK_TEST_COUNT; i++) {
        enum casebook_test test = (enum casebook_test)i;
        struct str answer = site_text(answers, casebook_test_name(test), NULL);
        HTML(html, "<li>");
        html_text(html, str_of(casebook_test_question(test, false)));
        HTML(html, " <span lang=\"en\">/ ");
        html_text(html, str_of(casebook_test_question(test, true)));
        HTML(html, "</span> <strong>");
        both(html, str_is(answer, "no") ? MSG_SITE_NO : MSG_SITE_YES);
        HTML(html, "</strong></li>");
    }
    HTML(html, "</ul>");
}

static void put_appeals(struct html *html, const json_t *row)
{
    const json_t *appeals = json_object_get(row, "appeals"), *one;
    size_t i;
    if (json_array_size(appeals) == 0) {
        return;
    }
    HTML(html, "<h2>");
    both(html, MSG_SITE_APPEALS);
    HTML(html, "</h2><ul>");
    json_array_foreach((json_t *)(uintptr_t)appeals, i, one)
    {
        char number[24];
        snprintf(number, sizeof number, "%lld",
                 (long long)json_integer_value(json_object_get(one, "number")));
        const struct str values[] = {str_of(number), site_text(one, "state", NULL)};
        HTML(html, "<li>");
        both_with(html, MSG_SITE_APPEAL_AT, values, 2);
        HTML(html, " ");
        html_foreign(html, site_text(one, "reason", NULL), TEXT_COST);
        HTML(html, "</li>");
    }
    HTML(html, "</ul>");
}

static void put_decision(struct html *html, const json_t *row)
{
    struct str target = site_text(row, "decision", "target");
    HTML(html, "<dl class=\"facts\">");
    term(html, MSG_CLASS);
    HTML(html, "<dd>");
    put_class(html, site_text(row, "class", NULL));
    HTML(html, "</dd>");
    term(html, MSG_SITE_MEASURE);
    HTML(html, "<dd>");
    both(html, message_of_measure(site_text(row, "measure", NULL)));
    HTML(html, "</dd>");
    term(html, MSG_STATE);
    HTML(html, "<dd>");
    put_state(html, site_text(row, "state", NULL));
    if (site_text(row, "entry", "state").len > 0) {
        HTML(html, " · ");
        html_text(html, site_text(row, "entry", "state"));
    }
    HTML(html, "</dd>");
    if (target.len > 0) {
        term(html, MSG_SITE_TARGET);
        HTML(html, "<dd><code>");
        put_target(html, target);
        HTML(html, "</code> (");
        html_text(html, site_text(row, "decision", "scope"));
        HTML(html, ")</dd>");
    }
    term_time(html, MSG_SITE_SINCE, site_text(row, "since", NULL));
    term_time(html, MSG_SITE_START, site_text(row, "decision", "start"));
    term_time(html, MSG_SITE_END, site_text(row, "entry", "end"));
    term_text(html, MSG_SITE_FACTS, site_text(row, "decision", "reason"));
    term_text(html, MSG_SITE_FACTS, site_text(row, "because", "reason_en"));
    term_text(html, MSG_SITE_TEXT, site_text(row, "decision", "text"));
    const json_t *recipient = json_object_get(json_object_get(row, "decision"), "recipient");
    term_text(html, MSG_SITE_RECIPIENT, site_text(recipient, "name", NULL));
    put_basis(html, row);
    put_evidence(html, row);
    put_people(html, row);
    term_text(html, MSG_SITE_CONFLICT, site_text(row, "because", "conflict"));
    term_text(html, MSG_SITE_MILDER, site_text(row, "because", "milder"));
    term_text(html, MSG_SITE_REGISTRANT, site_text(row, "because", "registrant"));
    HTML(html, "</dl>");
}

/* Its number is filled in; anyone can change it. */
static void put_form(struct html *html, int64_t case_id)
{
    HTML(html, "<form method=\"post\"");
    html_action(html, STR("/banding"));
    HTML(html, "><p class=\"field\"><label for=\"kasus\">");
    both(html, MSG_SITE_APPEAL_CASE);
    HTML(html, "</label><input id=\"kasus\" name=\"case\" inputmode=\"numeric\" "
               "pattern=\"[0-9]{1,18}\" required=\"required\"");
    if (case_id > 0) {
        HTML_NUMBER(html, "value", case_id);
    }
    HTML(html, "/></p><p class=\"field\"><label for=\"alasan\">");
    both(html, MSG_SITE_APPEAL_GROUND);
    HTML(html, "</label><textarea id=\"alasan\" name=\"ground\" rows=\"8\" minlength=\"20\" "
               "maxlength=\"4000\" required=\"required\"></textarea></p><p><button "
               "class=\"main\">");
    both(html, MSG_SITE_APPEAL_SEND);
    HTML(html, "</button></p></form>");
}

void site_page_record(struct html *html, const json_t *row, struct str hash)
{
    char number[24];
    int64_t case_id = json_integer_value(json_object_get(row, "case"));
    snprintf(number, sizeof number, "%lld", (long long)case_id);
    open_page(html, MSG_SITE_RECORD, &(struct str){number, strlen(number)}, 1);
    if (json_is_true(json_object_get(row, "disputed"))) {
        HTML(html, "<p class=\"demo\">");
        both(html, MSG_SITE_DISPUTED);
        HTML(html, "</p>");
    }
    if (json_is_true(json_object_get(json_object_get(row, "entry"), "urgent"))) {
        hint(html, MSG_SITE_URGENT);
    }
    put_decision(html, row);
    hint(html, MSG_SITE_AUTOMATED);
    put_tests(html, row);
    put_appeals(html, row);
    HTML(html, "<h2>");
    both(html, MSG_SITE_OBJECT);
    HTML(html, "</h2>");
    hint(html, MSG_SITE_APPEAL_HINT);
    put_form(html, case_id);
    HTML(html, "<p class=\"hint\">");
    both(html, MSG_SITE_HASH);
    HTML(html, " <code>");
    html_text(html, hash);
    HTML(html, "</code></p>");
    close_page(html);
}

void site_page_appeal(struct html *html)
{
    open_page(html, MSG_SITE_OBJECT, NULL, 0);
    hint(html, MSG_SITE_APPEAL_HINT);
    put_form(html, 0);
    close_page(html);
}

void site_page_blocked(struct html *html, const struct site_line *lines, size_t count)
{
    open_page(html, MSG_SITE_BLOCKED, NULL, 0);
    hint(html, MSG_SITE_BLOCKED_HINT);
    HTML(html, "<ul>");
    for (size_t i = 0; i < count; i++) {
        HTML(html, "<li><code>");
        put_target(html, lines[i].target);
        HTML(html, "</code> · ");
        put_case_link(html, lines[i].case_id);
        HTML(html, "</li>");
    }
    HTML(html, "</ul>");
    close_page(html);
}

static void figure(struct html *html, enum message key, int64_t value)
{
    term(html, key);
    HTML(html, "<dd>");
    html_int(html, value);
    HTML(html, "</dd>");
}

/* Hours and minutes. */
static void duration(struct html *html, enum message key, int64_t time_ms)
{
    char text[48];
    int64_t minutes = time_ms / 60000;
    snprintf(text, sizeof text, "%lld:%02lld", (long long)(minutes / 60),
             (long long)(minutes % 60));
    term(html, key);
    HTML(html, "<dd>");
    html_text(html, str_of(text));
    HTML(html, "</dd>");
}

void site_page_figures(struct html *html, const struct casebook_measures *measures, size_t records,
                       int64_t now_ms)
{
    char time[CLOCK_TEXT];
    open_page(html, MSG_SITE_FIGURES, NULL, 0);
    hint(html, MSG_SITE_FIGURES_HINT);
    HTML(html, "<p>");
    html_text(html, str_of(clock_format_date(now_ms, time)));
    HTML(html, "</p><dl class=\"facts\">");
    figure(html, MSG_SITE_RECORDS, (int64_t)records);
    for (unsigned class = 0; class < MEASURES_CLASSES; class ++) {
        int64_t sum = 0;
        for (unsigned hour = 0; hour < MEASURES_HOURS; hour++) {
            sum += measures->flagged[class][hour];
        }
        HTML(html, "<dt>");
        both(html, MSG_SITE_FLAGGED_48);
        HTML(html, ": ");
        both(html, message_of_class((enum rule_class) class));
        HTML(html, "</dt><dd>");
        html_int(html, sum);
        HTML(html, "</dd>");
    }
    figure(html, MSG_SITE_DECIDED_30, measures->decided);
    figure(html, MSG_SITE_DISMISSED_30, measures->dismissed);
    figure(html, MSG_SITE_PROPOSED_30, measures->proposed);
    figure(html, MSG_SITE_APPROVED_30, measures->approved);
    figure(html, MSG_SITE_REJECTED_30, measures->rejected);
    figure(html, MSG_SITE_LAPSED_30, measures->lapsed);
    duration(html, MSG_SITE_MEDIAN, measures->median_ms);
    duration(html, MSG_SITE_P90, measures->p90_ms);
    figure(html, MSG_SITE_APPEALED, measures->appeals);
    figure(html, MSG_SITE_OVERTURNED, measures->overturned);
    HTML(html, "</dl>");
    hint(html, MSG_SITE_DATA);
    close_page(html);
}

void site_page_said(struct html *html, enum message title, enum message sentence, struct str detail)
{
    open_page(html, title, NULL, 0);
    HTML(html, "<p>");
    below(html, sentence);
    HTML(html, "</p>");
    if (detail.len > 0) {
        HTML(html, "<p><code>");
        html_foreign(html, detail, 4 * (size_t)LINE_COST);
        HTML(html, "</code></p>");
    }
    close_page(html);
}

void site_page_status(struct html *html, const struct casebook_appeal *appeal)
{
    char number[24];
    snprintf(number, sizeof number, "%lld", (long long)appeal->case_id);
    open_page(html, MSG_SITE_STATUS, &(struct str){number, strlen(number)}, 1);
    HTML(html, "<p>");
    html_text(html, str_of(casebook_appeal_state_name(appeal->objection.state)));
    HTML(html, "</p><p>");
    html_foreign(html, appeal->objection.reason, TEXT_COST);
    HTML(html, "</p><p>");
    put_case_link(html, appeal->case_id);
    HTML(html, "</p>");
    close_page(html);
}
