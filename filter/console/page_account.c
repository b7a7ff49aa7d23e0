#include "filter/console/page_account.h"

#include "filter/console/page_form.h"
#include "filter/console/page_table.h"
#include "filter/console/when.h"

static void open_form(const struct page *page)
{
    struct place here = page_place(page, ROUTE_ACCOUNT);
    page_form_open(page, &here, "act-form");
}

static void put_person(const struct page *page, const struct page_account *account)
{
    struct html *html = page->html;
    const struct page_visitor *visitor = page->visitor;
    HTML(html, "<section><h2>");
    html_foreign(html, visitor->name, 80);
    HTML(html, "</h2><dl class=\"facts\">");
    page_term(page, MSG_ORGANISATION);
    HTML(html, "<dd>");
    html_foreign(html, visitor->organisation, 300);
    HTML(html, "</dd>");
    page_term(page, MSG_ROLE);
    HTML(html, "<dd>");
    page_say(page, message_of_role(visitor->role));
    HTML(html, "</dd>");
    page_term(page, MSG_ACCOUNT_SINCE);
    HTML(html, "<dd>");
    when_put_date(html, page->language, account->created_ms);
    HTML(html, "</dd>");
    page_term(page, MSG_KEY);
    HTML(html, "<dd>");
    if (account->has_key) {
        HTML(html, "<code>");
        html_cut(html, account->fingerprint, 80);
        HTML(html, "</code><small>");
        page_say(page, account->is_sealed ? MSG_KEY_SEALED : MSG_KEY_ELSEWHERE);
        HTML(html, "</small>");
    } else {
        page_say(page, MSG_NO_KEY);
    }
    HTML(html, "</dd></dl></section>");
}

static void put_password(const struct page *page, const struct page_account *account)
{
    static const struct page_field fields[] = {
        {.name = "old",
         .label = MSG_PASSWORD_OLD,
         .hint = MESSAGE_COUNT,
         .type = "password",
         .most = CASEBOOK_PASSWORD_MOST,
         .complete = "current-password"},
        {.name = "new",
         .label = MSG_PASSWORD_NEW,
         .hint = MSG_PASSWORD_HINT,
         .type = "password",
         .least = CASEBOOK_PASSWORD_LEAST,
         .most = CASEBOOK_PASSWORD_MOST,
         .complete = "new-password"},
        {.name = "again",
         .label = MSG_PASSWORD_AGAIN,
         .hint = MESSAGE_COUNT,
         .type = "password",
         .most = CASEBOOK_PASSWORD_MOST,
         .complete = "new-password"},
    };
    HTML(page->html, "<section id=\"password\"><h2>");
    page_say(page, MSG_PASSWORD_CHANGE);
    HTML(page->html, "</h2><p class=\"hint\">");
    page_say(page, account->is_sealed ? MSG_PASSWORD_SEALS : MSG_PASSWORD_ENDS);
    HTML(page->html, "</p>");
    open_form(page);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        page_field(page, &fields[i]);
    }
    HTML(page->html, "<p class=\"buttons\">");
    page_button(page, "password", "main", MSG_PASSWORD_CHANGE);
    HTML(page->html, "</p></form></section>");
}

static void put_code_form(const struct page *page, const char *name, enum message hint,
                          const char *action, const char *kind, enum message label)
{
    open_form(page);
    page_field(page, &(struct page_field){.name = name,
                                          .label = MSG_CODE_FIELD,
                                          .hint = hint,
                                          .complete = "one-time-code",
                                          .most = 40,
                                          .is_code = true});
    HTML(page->html, "<p class=\"buttons\">");
    page_button(page, action, kind, label);
    HTML(page->html, "</p></form>");
}

static void put_factor(const struct page *page, const struct page_account *account)
{
    struct html *html = page->html;
    HTML(html, "<section id=\"factor\"><h2>");
    page_say(page, MSG_CODE);
    HTML(html, "</h2><p>");
    message_say_int(html, page->language, MSG_RECOVERY_LEFT, account->recovery_left);
    HTML(html, "</p><details><summary>");
    page_say(page, MSG_RECOVERY_NEW);
    HTML(html, "</summary>");
    put_code_form(page, "code", MSG_RECOVERY_NEW_HINT, "recovery", "main", MSG_RECOVERY_NEW);
    HTML(html, "</details><details><summary>");
    page_say(page, MSG_FACTOR_NEW);
    HTML(html, "</summary>");
    put_code_form(page, "last_code", MSG_FACTOR_NEW_HINT, "factor", "danger", MSG_FACTOR_RESET);
    HTML(html, "</details></section>");
}

static void put_sign_in(const struct page *page, const struct casebook_sign_in_seen *one)
{
    struct html *html = page->html;
    HTML(html, "<tr>");
    page_cell(page, "what", MSG_SIGNED_IN_SINCE);
    when_put(html, page->language, one->made_ms);
    if (one->is_this) {
        HTML(html, " <b class=\"live\">");
        page_say(page, MSG_SIGN_IN_THIS);
        HTML(html, "</b>");
    } else if (one->stage != STAGE_IN) {
        HTML(html, " <small>");
        page_say(page, MSG_SIGN_IN_HALF);
        HTML(html, "</small>");
    }
    HTML(html, "</td>");
    page_cell(page, "", MSG_LAST_SEEN);
    when_put_ago(html, page->language, one->seen_ms, page->now_ms);
    HTML(html, "</td>");
    page_cell(page, "", MSG_SIGN_OUT);
    if (!one->is_this) {
        open_form(page);
        PAGE_HIDDEN(page, "id", str_of(one->id));
        page_button(page, "end", "quiet", MSG_SIGN_IN_END);
        HTML(html, "</form>");
    } else {
        HTML(html, "-");
    }
    HTML(html, "</td></tr>");
}

static void put_sign_ins(const struct page *page, const struct page_account *account)
{
    static const enum message heads[] = {MSG_SIGNED_IN_SINCE, MSG_LAST_SEEN, MSG_SIGN_OUT};
    HTML(page->html, "<h2 id=\"sign-ins\">");
    page_say(page, MSG_SIGN_INS);
    HTML(page->html, "</h2><p class=\"hint\">");
    page_say(page, MSG_SIGN_INS_HINT);
    HTML(page->html, "</p>");
    page_table_open(page, heads, sizeof heads / sizeof *heads);
    for (size_t i = 0; i < account->sign_in_count; i++) {
        put_sign_in(page, &account->sign_ins[i]);
    }
    page_table_close(page);
    if (account->sign_in_count > 1) {
        open_form(page);
        HTML(page->html, "<p class=\"buttons\">");
        page_button(page, "end_others", "danger", MSG_SIGN_INS_END);
        HTML(page->html, "</p></form>");
    }
}

void page_account(const struct page *page, const struct page_account *account)
{
    page_open(page, "account-page", message_text(page->language, MSG_ACCOUNT));
    page_title(page, MSG_ACCOUNT, MSG_ACCOUNT_HINT);
    HTML(page->html, "<div class=\"columns even\"><div>");
    put_person(page, account);
    put_password(page, account);
    HTML(page->html, "</div><div>");
    put_factor(page, account);
    HTML(page->html, "</div></div>");
    put_sign_ins(page, account);
    page_close(page);
}
