#include "filter/console/pack_page.h"

#include <stdio.h>
#include <string.h>

#include "filter/base/buf.h"
#include "filter/base/clock.h"
#include "filter/console/flagged.h"
#include "filter/console/message.h"
#include "filter/console/site_part.h"

enum { LINE_COST = 400, TEXT_COST = 20000, URL_COST = 24000 };

static void put_style(struct html *html)
{
    HTML_STYLE(html, "@page{size:A4;margin:18mm 16mm}"
                     "*{box-sizing:border-box}"
                     "body{font:10.5pt/1.45 system-ui,sans-serif;color:#111;background:#fff;"
                     "max-width:46rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere}"
                     "h1{font-size:17pt;line-height:1.2;margin:0 0 .2rem}"
                     "h2{font-size:11.5pt;margin:1.1rem 0 .3rem;border-bottom:1px solid #999;"
                     "break-after:avoid}"
                     "p{margin:.3rem 0}[lang=en]{color:#444}small{font-size:9pt}"
                     "header{border-bottom:3px solid #9b1c2e;margin-bottom:.8rem;"
                     "padding-bottom:.5rem}"
                     ".brand{color:#9b1c2e;font-weight:800;margin:0}"
                     ".now{border:2px solid #9b1c2e;padding:.5rem .75rem;margin:.8rem 0}"
                     "dl{display:grid;grid-template-columns:11rem 1fr;gap:.2rem .8rem;margin:.3rem "
                     "0}"
                     "dt{color:#444;font-size:9.5pt}dd{margin:0}dl>*{break-inside:avoid}"
                     "code{font:9pt/1.35 ui-monospace,monospace}"
                     "ul{margin:.2rem 0;padding-left:1.1rem}li{break-inside:avoid}"
                     "footer{margin-top:1.2rem;border-top:1px solid #999;font-size:9pt;color:#444}"
                     "@media(max-width:36rem){dl{display:block}dd{margin:0 0 .4rem}}");
}

static void sentence(struct html *html, enum message key)
{
    HTML(html, "<p>");
    message_say(html, LANGUAGE_ID, key);
    HTML(html, "</p><p lang=\"en\"><small>");
    message_say(html, LANGUAGE_EN, key);
    HTML(html, "</small></p>");
}

static void put_time(struct html *html, int64_t time_ms)
{
    char text[CLOCK_TEXT];
    site_part_time(html, str_of(clock_format(time_ms, text)));
}

static void term_time(struct html *html, enum message key, int64_t time_ms)
{
    if (time_ms != CLOCK_NEVER) {
        site_part_term(html, key);
        HTML(html, "<dd>");
        put_time(html, time_ms);
        HTML(html, "</dd>");
    }
}

static enum message title_of(const struct casebook_pack *pack)
{
    switch (pack->kind) {
    case PACK_REFERRAL:
        return pack->recipient == RECIPIENT_HOSTING ? MSG_PACK_ABUSE : MSG_PACK_REFERRAL;
    case PACK_DISPUTED:
        return MSG_PACK_DISPUTED;
    case PACK_UPHELD:
        return MSG_PACK_UPHELD;
    case PACK_WITHDRAWN:
        return MSG_PACK_WITHDRAWN;
    }
    return MSG_PACK_REFERRAL;
}

/* What the recipient is asked for. They decide. */
static enum message wish_of(const struct casebook_pack *pack)
{
    switch (pack->kind) {
    case PACK_DISPUTED:
        return MSG_PACK_ASK_DISPUTED;
    case PACK_UPHELD:
        return MSG_PACK_ASK_UPHELD;
    case PACK_WITHDRAWN:
        return MSG_PACK_ASK_WITHDRAWN;
    case PACK_REFERRAL:
        break;
    }
    switch (pack->recipient) {
    case RECIPIENT_PLATFORM:
        return MSG_PACK_ASK_PLATFORM;
    case RECIPIENT_HOSTING:
        return MSG_PACK_ASK_HOSTING;
    case RECIPIENT_SUPERVISOR:
        break;
    }
    return MSG_PACK_ASK_SUPERVISOR;
}

static void put_head(struct html *html, const struct casebook_pack *pack)
{
    char number[24];
    snprintf(number, sizeof number, "%lld", (long long)pack->case_id);
    const struct str value = str_of(number);
    HTML(html, "<!DOCTYPE html>\n<html lang=\"id\"><head><meta charset=\"utf-8\"/>"
               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>"
               "<meta name=\"referrer\" content=\"no-referrer\"/><title>");
    message_say_with(html, LANGUAGE_ID, title_of(pack), &value, 1);
    HTML(html, " · saring</title>");
    put_style(html);
    HTML(html, "</head>\n<body><header><p class=\"brand\">saring</p><h1>");
    message_say_with(html, LANGUAGE_ID, title_of(pack), &value, 1);
    HTML(html, "</h1><p lang=\"en\">");
    message_say_with(html, LANGUAGE_EN, title_of(pack), &value, 1);
    HTML(html, "</p></header><main><dl>");
    site_part_term(html, MSG_SITE_RECIPIENT);
    HTML(html, "<dd>");
    html_foreign(html, pack->recipient_name, LINE_COST);
    if (pack->address.len > 0) {
        HTML(html, "<br/>");
        html_foreign(html, pack->address, 2 * (size_t)LINE_COST);
    }
    HTML(html, "</dd>");
    term_time(html, MSG_SITE_SENT, pack->referred_ms);
    term_time(html, MSG_PACK_ANSWER_BY, pack->answer_ms);
    HTML(html, "</dl><div class=\"now\">");
    if (pack->is_demo) {
        HTML(html, "<p><strong>");
        site_part_both(html, MSG_PACK_DEMO);
        HTML(html, "</strong></p>");
    }
    sentence(html, wish_of(pack));
    if (pack->kind == PACK_WITHDRAWN && pack->ended_why.len > 0) {
        HTML(html, "<p>");
        put_time(html, pack->ended_ms);
        HTML(html, ": ");
        html_foreign(html, pack->ended_why, TEXT_COST);
        HTML(html, "</p>");
    }
    HTML(html, "</div>");
}

static void put_matter(struct html *html, const struct casebook_pack *pack)
{
    site_part_heading(html, MSG_PACK_MATTER);
    HTML(html, "<dl>");
    site_part_term(html, MSG_REFERRED_URL);
    HTML(html, "<dd><code>");
    flagged_link(html, pack->url, URL_COST);
    HTML(html, "</code></dd>");
    site_part_term(html, MSG_CLAIMED);
    HTML(html, "<dd>");
    html_foreign(html, pack->claim, TEXT_COST);
    HTML(html, "</dd>");
    site_part_term(html, MSG_CLASS);
    HTML(html, "<dd>");
    site_part_both(html, message_of_class(pack->class));
    HTML(html, "</dd>");
    term_time(html, MSG_SITE_OBSERVED, pack->observed_ms);
    HTML(html, "</dl>");
}

static void put_reasons(struct html *html, const struct casebook_pack *pack)
{
    site_part_heading(html, MSG_PACK_REASONS);
    HTML(html, "<p>");
    html_foreign(html, pack->reason, TEXT_COST);
    HTML(html, "</p>");
    if (pack->reason_en.len > 0) {
        HTML(html, "<p lang=\"en\">");
        html_foreign(html, pack->reason_en, TEXT_COST);
        HTML(html, "</p>");
    }
    HTML(html, "<dl>");
    site_part_term_text(html, MSG_SITE_MILDER, pack->milder);
    HTML(html, "</dl>");
}

static void put_evidence(struct html *html, const struct casebook_pack *pack)
{
    char hex[HASH_HEX];
    site_part_heading(html, MSG_PACK_EVIDENCE);
    HTML(html, "<ul>");
    for (size_t i = 0; i < pack->evidence_count; i++) {
        const struct casebook_pack_evidence *one = &pack->evidence[i];
        HTML(html, "<li>SHA-256 <code>");
        html_text(html, str_of(hash_format(&one->sha256, hex)));
        HTML(html, "</code>");
        if (one->is_captured) {
            HTML(html, "<br/>");
            put_time(html, one->time_ms);
            HTML(html, ", WARC 1.1, ");
            message_say_int(html, LANGUAGE_ID, MSG_BYTES_N, (int64_t)one->size);
            HTML(html, ": <code>");
            flagged_link(html, one->url, LINE_COST);
            HTML(html, "</code>");
        } else {
            HTML(html, "<br/>");
            site_part_both(html, MSG_SITE_TOOL_REVIEWER);
            HTML(html, ", ");
            put_time(html, pack->observed_ms);
        }
        HTML(html, "</li>");
    }
    HTML(html, "</ul>");
}

static void put_day(struct html *html, enum message key, int64_t time_ms)
{
    char text[CLOCK_TEXT];
    if (time_ms != CLOCK_NEVER) {
        HTML(html, "; ");
        site_part_both(html, key);
        HTML(html, " ");
        html_text(html, str_of(clock_format_date(time_ms, text)));
    }
}

static void put_basis(struct html *html, const struct rule_evidence *one)
{
    HTML(html, "<li>");
    html_foreign(html, one->publisher, LINE_COST);
    HTML(html, ": <code>");
    html_foreign(html, one->url, LINE_COST);
    HTML(html, "</code>");
    if (one->impersonates.len > 0) {
        HTML(html, "; ");
        site_part_both(html, MSG_SITE_IMPERSONATES);
        HTML(html, " ");
        html_foreign(html, one->impersonates, LINE_COST);
    }
    if (one->claim.len > 0) {
        HTML(html, "; “");
        html_foreign(html, one->claim, 2 * (size_t)LINE_COST);
        HTML(html, "”: ");
        html_foreign(html, one->rating, LINE_COST);
    }
    put_day(html, MSG_SITE_PUBLISHED, one->published_ms);
    put_day(html, MSG_SITE_RATED, one->rated_ms);
    put_day(html, MSG_SITE_START, one->valid_from_ms);
    put_day(html, MSG_SITE_END, one->valid_until_ms);
    if (one->sha256.len > 0) {
        HTML(html, "; SHA-256 <code>");
        html_foreign(html, one->sha256, LINE_COST);
        HTML(html, "</code>");
    }
    HTML(html, "</li>");
}

static void put_rules(struct html *html, const struct casebook_pack *pack)
{
    char hex[HASH_HEX];
    site_part_heading(html, MSG_PACK_RULES);
    for (size_t i = 0; i < pack->rule_count; i++) {
        const struct casebook_rule *rule = &pack->rules[i];
        HTML(html, "<p>");
        html_foreign(html, rule->title, LINE_COST);
        HTML(html, "<br/><code>");
        html_foreign(html, rule->id, LINE_COST);
        HTML(html, "</code>, ");
        site_part_both(html, MSG_PACK_REVISION);
        HTML(html, " <code>");
        html_text(html, str_of(hash_format(&rule->revision, hex)));
        HTML(html, "</code></p><ul>");
        for (size_t k = 0; k < rule->evidence_count; k++) {
            put_basis(html, &rule->evidence[k]);
        }
        HTML(html, "</ul>");
    }
}

static void put_people(struct html *html, const struct casebook_pack *pack)
{
    site_part_heading(html, MSG_SITE_PEOPLE);
    HTML(html, "<ul>");
    for (size_t i = 0; i < pack->people_count; i++) {
        const struct casebook_pack_person *one = &pack->people[i];
        const struct str values[] = {one->pseudonym, one->organisation};
        HTML(html, "<li>");
        site_part_both_with(
            html, str_is(one->role, "reviewer") ? MSG_SITE_REVIEWER : MSG_SITE_APPROVER, values, 2);
        HTML(html, "</li>");
    }
    HTML(html, "</ul><dl>");
    term_time(html, MSG_PACK_DECIDED, pack->decided_ms);
    HTML(html, "</dl>");
    sentence(html, MSG_SITE_AUTOMATED);
    sentence(html, MSG_PACK_SIGNED);
}

static void put_appeals(struct html *html, const struct casebook_pack *pack, const char *origin)
{
    site_part_heading(html, MSG_PACK_APPEAL);
    sentence(html, MSG_PACK_APPEAL_HOW);
    if (origin != NULL) {
        char path[40];
        snprintf(path, sizeof path, "/kasus-%lld.html", (long long)pack->case_id);
        HTML(html, "<p><code>");
        html_text(html, str_of(origin));
        html_text(html, str_of(path));
        HTML(html, "</code></p>");
    }
    HTML(html, "<ul>");
    for (size_t i = 0; i < pack->objection_count; i++) {
        const struct casebook_objection *one = &pack->objections[i];
        HTML(html, "<li>");
        put_time(html, one->lodged_ms);
        HTML(html, ": ");
        site_part_state(html, str_of(casebook_appeal_state_name(one->state)));
        if (one->reason.len > 0) {
            HTML(html, ", ");
            html_foreign(html, one->reason, 4 * (size_t)LINE_COST);
        }
        HTML(html, "</li>");
    }
    HTML(html, "</ul>");
}

void pack_page(struct html *html, const struct casebook_pack *pack, const char *origin)
{
    put_head(html, pack);
    put_matter(html, pack);
    put_reasons(html, pack);
    put_evidence(html, pack);
    put_rules(html, pack);
    put_people(html, pack);
    put_appeals(html, pack, origin);
    HTML(html, "</main><footer>");
    sentence(html, MSG_PACK_NOBODY);
    HTML(html, "</footer></body></html>\n");
}
