#include "filter/console/site_part.h"

#include <stdio.h>
#include <string.h>

#include "filter/base/buf.h"
#include "filter/base/clock.h"
#include "filter/console/when.h"

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
void site_part_both_with(struct html *html, enum message key, const struct str *values,
                         size_t count)
{
    message_say_with(html, LANGUAGE_ID, key, values, count);
    HTML(html, " <span lang=\"en\">/ ");
    message_say_with(html, LANGUAGE_EN, key, values, count);
    HTML(html, "</span>");
}

/* Sentences: English below them. */
void site_part_below(struct html *html, enum message key)
{
    message_say(html, LANGUAGE_ID, key);
    HTML(html, " <small lang=\"en\">");
    message_say(html, LANGUAGE_EN, key);
    HTML(html, "</small>");
}

/* "26 Nov 2026 04.49 WIB" of an RFC 3339 time. */
void site_part_time(struct html *html, struct str time)
{
    int64_t time_ms;
    if (clock_parse(time, &time_ms)) {
        when_put(html, LANGUAGE_ID, time_ms);
    }
}

void site_part_both(struct html *html, enum message key)
{
    site_part_both_with(html, key, NULL, 0);
}

static void open_page(struct html *html, enum message title, const struct str *values, size_t count,
                      bool is_listed)
{
    static const struct {
        const char *path;
        enum message label;
    } tabs[] = {{"/index.html", MSG_SITE_REGISTER},   {"/pelurusan.html", MSG_SITE_CORRECTIONS},
                {"/diblokir.html", MSG_SITE_WHY_TAB}, {"/banding.html", MSG_SITE_OBJECT},
                {"/angka.html", MSG_SITE_FIGURES},    {"/sumber.html", MSG_SITE_RULES_TAB},
                {"/data.html", MSG_SITE_DATA_TAB}};
    HTML(html, "<!DOCTYPE html>\n<html lang=\"id\"><head><meta charset=\"utf-8\"/>"
               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>"
               "<meta name=\"color-scheme\" content=\"light dark\"/>");
    if (!is_listed) {
        HTML(html, "<meta name=\"robots\" content=\"noindex\"/>");
    }
    HTML(html, "<title>");
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
    site_part_both_with(html, title, values, count);
    HTML(html, "</h1>");
}

void site_part_open(struct html *html, enum message title, const struct str *values, size_t count)
{
    open_page(html, title, values, count, true);
}

void site_part_open_unlisted(struct html *html, enum message title)
{
    open_page(html, title, NULL, 0, false);
}

void site_part_open_unlisted_with(struct html *html, enum message title, const struct str *values,
                                  size_t count)
{
    open_page(html, title, values, count, false);
}

void site_part_close(struct html *html)
{
    HTML(html, "</main><footer><p><a");
    html_local(html, STR("/data.html"));
    HTML(html, ">NDJSON, CSV</a> · <a");
    html_local(html, STR("/perubahan.atom"));
    HTML(html, ">Atom</a></p><p>");
    site_part_below(html, MSG_SITE_OUTSIDE);
    HTML(html, "</p></footer></body></html>\n");
}

void site_part_heading(struct html *html, enum message key)
{
    HTML(html, "<h2>");
    site_part_both(html, key);
    HTML(html, "</h2>");
}

void site_part_hint(struct html *html, enum message key)
{
    HTML(html, "<p class=\"hint\">");
    site_part_below(html, key);
    HTML(html, "</p>");
}

/* So that nobody opens it by a slip: kpu-tiruan[.]example. */
void site_part_target(struct html *html, struct str target)
{
    struct buf defanged = BUF_EMPTY;
    for (size_t i = 0; i < target.len && defanged.len < SITE_LINE_COST; i++) {
        if (target.at[i] == '.') {
            buf_put_string(&defanged, "[.]");
        } else {
            buf_put_char(&defanged, target.at[i]);
        }
    }
    html_foreign(html, buf_str(&defanged), 2 * (size_t)SITE_LINE_COST);
    buf_fini(&defanged);
}

enum message site_part_measure(struct str measure)
{
    return str_is(measure, "entry")        ? MSG_SITE_ENTRY
           : str_is(measure, "correction") ? MSG_SITE_CORRECTION
                                           : MSG_SITE_REFERRAL;
}

void site_part_class(struct html *html, struct str class)
{
    enum rule_class one;
    if (rule_class_parse(class, &one)) {
        site_part_both(html, message_of_class(one));
    }
}

void site_part_state(struct html *html, struct str state)
{
    static const struct {
        const char *name;
        enum message key;
    } others[] = {
        {"active", MSG_ENTRY_ACTIVE},          {"provisional", MSG_ENTRY_PROVISIONAL},
        {"suspended", MSG_ENTRY_SUSPENDED},    {"removed", MSG_ENTRY_REMOVED},
        {"expired", MSG_ENTRY_EXPIRED},        {"asked", MSG_APPEAL_ASKED},
        {"lodged", MSG_APPEAL_LODGED},         {"upheld", MSG_APPEAL_UPHELD},
        {"overturned", MSG_APPEAL_OVERTURNED}, {"abusive", MSG_APPEAL_ABUSIVE},
        {"declined", MSG_APPEAL_DECLINED},
    };
    enum casebook_state one;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (str_is(state, others[i].name)) {
            site_part_both(html, others[i].key);
            return;
        }
    }
    if (casebook_state_parse(state, &one)) {
        site_part_both(html, message_of_state(one));
    } else {
        html_text(html, state);
    }
}

static struct str record_path(int64_t case_id, char out[48])
{
    snprintf(out, 48, "/kasus-%lld.html", (long long)case_id);
    return str_of(out);
}

void site_part_case_link(struct html *html, int64_t case_id)
{
    char path[48], number[24];
    snprintf(number, sizeof number, "%lld", (long long)case_id);
    HTML(html, "<a");
    html_local(html, record_path(case_id, path));
    HTML(html, ">");
    message_say_with(html, LANGUAGE_ID, MSG_SITE_RECORD, &(struct str){number, strlen(number)}, 1);
    HTML(html, "</a>");
}

void site_part_term(struct html *html, enum message key)
{
    HTML(html, "<dt>");
    site_part_both(html, key);
    HTML(html, "</dt>");
}

void site_part_term_text(struct html *html, enum message key, struct str text)
{
    if (text.len > 0) {
        site_part_term(html, key);
        HTML(html, "<dd>");
        html_foreign(html, text, SITE_TEXT_COST);
        HTML(html, "</dd>");
    }
}

void site_part_term_time(struct html *html, enum message key, struct str time)
{
    if (time.len > 0) {
        site_part_term(html, key);
        HTML(html, "<dd>");
        site_part_time(html, time);
        HTML(html, "</dd>");
    }
}

void site_part_search(struct html *html, struct str asked)
{
    HTML(html, "<form class=\"filter\" method=\"get\" role=\"search\"");
    html_action(html, STR("/mengapa"));
    HTML(html, "><label for=\"q\"><span>");
    site_part_both(html, MSG_SITE_ASK);
    HTML(html, "</span><input id=\"q\" name=\"q\" type=\"text\" inputmode=\"url\" "
               "autocapitalize=\"none\" spellcheck=\"false\" maxlength=\"400\" "
               "required=\"required\"");
    HTML_ATTRIBUTE(html, "value", asked);
    HTML(html, "/></label><button>");
    site_part_both(html, MSG_SITE_ASK_SEND);
    HTML(html, "</button></form>");
}

void site_part_appeal_link(struct html *html, int64_t case_id)
{
    char path[64];
    snprintf(path, sizeof path, "/kasus-%lld.html#keberatan", (long long)case_id);
    html_local(html, str_of(path));
}

/* Around this one: a page has a size, and the register grows. */
void site_part_turn(struct html *html, struct str first, struct str stem, unsigned number,
                    unsigned pages)
{
    if (pages < 2) {
        return;
    }
    HTML(html, "<nav class=\"kinds\" aria-label=\"Halaman\">");
    for (unsigned page = number > 3 ? number - 3 : 1; page <= pages && page <= number + 3; page++) {
        char path[64], text[16];
        snprintf(path, sizeof path, "%.*s%u.html", STR_FORMAT(stem), page);
        snprintf(text, sizeof text, "%u", page);
        HTML(html, "<a");
        html_local(html, page == 1 ? first : str_of(path));
        if (page == number) {
            HTML(html, " aria-current=\"page\"");
        }
        HTML(html, ">");
        message_say_with(html, LANGUAGE_ID, MSG_SITE_PAGE, &(struct str){text, strlen(text)}, 1);
        HTML(html, "</a>");
    }
    HTML(html, "</nav>");
}
