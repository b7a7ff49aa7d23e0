#include "filter/console/page_sign.h"

#include "filter/console/page_form.h"

static void put_problem(const struct page *page, enum message problem, int64_t wait_ms)
{
    if (problem != MESSAGE_COUNT) {
        HTML(page->html, "<div class=\"said refused\" role=\"alert\"><strong>");
        message_say_int(page->html, page->language, problem, (wait_ms + 999) / 1000);
        HTML(page->html, "</strong></div>");
    }
}

void page_sign_in(const struct page *page, enum message problem, int64_t wait_ms)
{
    struct place there = page_place(page, ROUTE_SIGN_IN);
    page_open(page, "narrow", message_text(page->language, MSG_SIGN_IN));
    page_title(page, MSG_SIGN_IN, MSG_SIGN_IN_HINT);
    put_problem(page, problem, wait_ms);
    page_form_open(page, &there, "card");
    page_field(page, &(struct page_field){.name = "name",
                                          .label = MSG_NAME,
                                          .hint = MESSAGE_COUNT,
                                          .complete = "username",
                                          .most = CASEBOOK_NAME_MOST,
                                          .is_code = true});
    page_field(page, &(struct page_field){.name = "password",
                                          .label = MSG_PASSWORD,
                                          .hint = MESSAGE_COUNT,
                                          .type = "password",
                                          .most = CASEBOOK_PASSWORD_MOST,
                                          .complete = "current-password"});
    page_button(page, NULL, "main", MSG_SIGN_IN);
    HTML(page->html, "</form><p class=\"hint\">");
    page_say(page, MSG_SIGN_IN_NO_ACCOUNT);
    HTML(page->html, "</p>");
    page_close(page);
}

/* The secret as people type it where a camera is not at hand. */
static void put_secret(const struct page *page, struct str uri)
{
    const char *name = "secret=";
    const char *found = memmem(uri.at, uri.len, name, strlen(name));
    if (found == NULL) {
        return;
    }
    struct str secret = str_part(uri, (size_t)(found - uri.at) + strlen(name), uri.len);
    secret = str_cut(&secret, '&');
    HTML(page->html, "<p>");
    page_say(page, MSG_ENROL_BY_HAND);
    HTML(page->html, " <code>");
    for (size_t at = 0; at < secret.len; at += 4) {
        html_text(page->html, str_part(secret, at, at + 4 < secret.len ? at + 4 : secret.len));
        HTML(page->html, " ");
    }
    HTML(page->html, "</code></p>");
}

void page_code(const struct page *page, const struct page_code *code)
{
    struct html *html = page->html;
    struct place there = page_place(page, ROUTE_CODE);
    enum message title = code->is_new ? MSG_ENROL : MSG_CODE;
    page_open(page, "narrow", message_text(page->language, title));
    page_title(page, title, code->is_new ? MSG_ENROL_HINT : MSG_CODE_HINT);
    put_problem(page, code->problem, code->wait_ms);
    page_form_open(page, &there, "card");
    if (code->is_new) {
        html_drawing(html, code->drawing, code->size, message_text(page->language, MSG_ENROL_QR));
        put_secret(page, code->uri);
    }
    page_field(page, &(struct page_field){.name = "code",
                                          .label = MSG_CODE_FIELD,
                                          .hint = code->is_new ? MESSAGE_COUNT : MSG_CODE_RECOVERY,
                                          .complete = "one-time-code",
                                          .most = 40,
                                          .is_code = true});
    page_button(page, NULL, "main", MSG_CODE_SEND);
    HTML(html, "</form>");
    page_close(page);
}

void page_recovery(const struct page *page, const struct casebook_recovery *recovery)
{
    struct html *html = page->html;
    struct place queue = page_place(page, ROUTE_QUEUE);
    page_open(page, "narrow", message_text(page->language, MSG_RECOVERY));
    page_title(page, MSG_RECOVERY, MSG_RECOVERY_HINT);
    HTML(html, "<section><ol class=\"codes\">");
    for (size_t i = 0; i < CASEBOOK_RECOVERY_CODES; i++) {
        HTML(html, "<li><code>");
        html_text(html, str_of(recovery->code[i]));
        HTML(html, "</code></li>");
    }
    HTML(html, "</ol><p><a class=\"button\"");
    place_link(html, &queue);
    HTML(html, ">");
    page_say(page, MSG_RECOVERY_DONE);
    HTML(html, "</a></p></section>");
    page_close(page);
}
