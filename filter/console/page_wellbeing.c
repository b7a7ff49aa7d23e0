#include "filter/console/page_wellbeing.h"

#include <stdio.h>

#include "filter/console/page_form.h"

void page_wellbeing(const struct page *page, const struct ease *ease)
{
    static const struct page_choice breaks[] = {
        {"0", MSG_BREAK_NEVER}, {"30", MSG_BREAK_30}, {"50", MSG_BREAK_50}, {"90", MSG_BREAK_90}};
    static const struct page_choice classes[] = {
        {"fraud", MSG_CLASS_FRAUD}, {"procedure", MSG_CLASS_PROCEDURE}, {"claim", MSG_CLASS_CLAIM}};
    struct html *html = page->html;
    struct place here = page_place(page, ROUTE_WELLBEING);
    char chosen[12];
    snprintf(chosen, sizeof chosen, "%u", ease->break_minutes);
    page_open(page, "narrow", message_text(page->language, MSG_WELLBEING));
    page_title(page, MSG_WELLBEING_TITLE, MSG_WELLBEING_HINT);
    HTML(html, "<section><h2>");
    page_say(page, MSG_TEXT_ONLY);
    HTML(html, "</h2><p>");
    page_say(page, MSG_TEXT_ONLY_HINT);
    HTML(html, "</p></section><section>");
    page_form_open(page, &here, "act-form");
    page_radios(page, "break", MSG_BREAK_EVERY, breaks, 4, str_of(chosen));
    page_checks(page, "hide", MSG_OPT_OUT, classes, 3, ease->hidden);
    HTML(html, "<p class=\"hint\">");
    page_say(page, MSG_OPT_OUT_HINT);
    HTML(html, "</p>");
    page_button(page, NULL, "main", MSG_SAVE);
    HTML(html, "</form></section>");
    page_close(page);
}
