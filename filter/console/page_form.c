#include "filter/console/page_form.h"

#include <string.h>

void page_form_hidden_(const struct page *page, const char *name, struct str value)
{
    HTML(page->html, "<input type=\"hidden\"");
    HTML_ATTRIBUTE(page->html, "name", str_of(name));
    HTML_ATTRIBUTE(page->html, "value", value);
    HTML(page->html, "/>");
}

void page_form_hidden_number_(const struct page *page, const char *name, int64_t value)
{
    HTML(page->html, "<input type=\"hidden\"");
    HTML_ATTRIBUTE(page->html, "name", str_of(name));
    HTML_NUMBER(page->html, "value", value);
    HTML(page->html, "/>");
}

void page_form_open(const struct page *page, const struct place *action, const char *kind)
{
    HTML(page->html, "<form method=\"post\"");
    HTML_ATTRIBUTE(page->html, "class", str_of(kind));
    place_action(page->html, action);
    HTML(page->html, ">");
    if (page->visitor != NULL) {
        PAGE_HIDDEN(page, "token", page->visitor->token);
        PAGE_HIDDEN(page, "once", page->visitor->once);
    }
}

static void put_lengths(const struct page *page, const struct page_field *field)
{
    if (field->most > 0) {
        HTML_NUMBER(page->html, "maxlength", field->most);
    }
    if (field->least > 0) {
        HTML_NUMBER(page->html, "minlength", field->least);
    }
    if (!field->is_optional) {
        HTML(page->html, " required=\"required\"");
    }
    if (field->hint != MESSAGE_COUNT) {
        struct str parts[] = {STR("hint-"), str_of(field->name)};
        HTML_JOINED(page->html, "aria-describedby", parts, 2);
    }
}

static void put_area(const struct page *page, const struct page_field *field)
{
    struct html *html = page->html;
    HTML(html, "<textarea");
    HTML_ATTRIBUTE(html, "name", str_of(field->name));
    HTML_ATTRIBUTE(html, "id", str_of(field->name));
    HTML_NUMBER(html, "rows", field->rows);
    put_lengths(page, field);
    HTML(html, ">\n"); /* the first line end of a text area is not of its text */
    html_text(html, field->value);
    HTML(html, "</textarea>");
}

static void put_line(const struct page *page, const struct page_field *field)
{
    struct html *html = page->html;
    HTML(html, "<input");
    HTML_ATTRIBUTE(html, "type", str_of(field->type != NULL ? field->type : "text"));
    HTML_ATTRIBUTE(html, "name", str_of(field->name));
    HTML_ATTRIBUTE(html, "id", str_of(field->name));
    if (field->complete != NULL) {
        HTML_ATTRIBUTE(html, "autocomplete", str_of(field->complete));
    } else {
        HTML(html, " autocomplete=\"off\"");
    }
    if (field->is_code) {
        HTML(html, " inputmode=\"text\" autocapitalize=\"none\" spellcheck=\"false\"");
    }
    if (field->value.len > 0) {
        HTML_ATTRIBUTE(html, "value", field->value);
    }
    put_lengths(page, field);
    HTML(html, "/>");
}

void page_field(const struct page *page, const struct page_field *field)
{
    struct html *html = page->html;
    HTML(html, "<div class=\"field\"><label");
    HTML_ATTRIBUTE(html, "for", str_of(field->name));
    HTML(html, ">");
    page_say(page, field->label);
    if (field->is_optional && !field->is_unmarked) {
        HTML(html, " <small>");
        page_say(page, MSG_OPTIONAL);
        HTML(html, "</small>");
    }
    HTML(html, "</label>");
    if (field->rows > 0) {
        put_area(page, field);
    } else {
        put_line(page, field);
    }
    if (field->hint != MESSAGE_COUNT) {
        struct str parts[] = {STR("hint-"), str_of(field->name)};
        HTML(html, "<p class=\"hint\"");
        HTML_JOINED(html, "id", parts, 2);
        HTML(html, ">");
        page_say(page, field->hint);
        HTML(html, "</p>");
    }
    HTML(html, "</div>");
}

static void open_set(const struct page *page, enum message legend)
{
    HTML(page->html, "<fieldset><legend>");
    page_say(page, legend);
    HTML(page->html, "</legend>");
}

static void put_choice(const struct page *page, const char *type, const char *name,
                       const struct page_choice *choice, bool is_chosen, bool is_required)
{
    struct html *html = page->html;
    HTML(html, "<label class=\"choice\"><input");
    HTML_ATTRIBUTE(html, "type", str_of(type));
    HTML_ATTRIBUTE(html, "name", str_of(name));
    HTML_ATTRIBUTE(html, "value", str_of(choice->value));
    if (is_chosen) {
        HTML(html, " checked=\"checked\"");
    }
    if (is_required) {
        HTML(html, " required=\"required\"");
    }
    HTML(html, "/> ");
    page_say(page, choice->label);
    HTML(html, "</label>");
}

void page_radios(const struct page *page, const char *name, enum message legend,
                 const struct page_choice *choices, size_t count, struct str chosen)
{
    open_set(page, legend);
    for (size_t i = 0; i < count; i++) {
        put_choice(page, "radio", name, &choices[i], str_is(chosen, choices[i].value), true);
    }
    HTML(page->html, "</fieldset>");
}

void page_checks(const struct page *page, const char *name, enum message legend,
                 const struct page_choice *choices, size_t count, unsigned chosen)
{
    open_set(page, legend);
    for (size_t i = 0; i < count; i++) {
        put_choice(page, "checkbox", name, &choices[i], (chosen & (1u << i)) != 0, false);
    }
    HTML(page->html, "</fieldset>");
}

void page_select(const struct page *page, const char *name, enum message label,
                 const struct page_choice *choices, size_t count, struct str chosen)
{
    struct html *html = page->html;
    HTML(html, "<div class=\"field\"><label");
    HTML_ATTRIBUTE(html, "for", str_of(name));
    HTML(html, ">");
    page_say(page, label);
    HTML(html, "</label><select");
    HTML_ATTRIBUTE(html, "name", str_of(name));
    HTML_ATTRIBUTE(html, "id", str_of(name));
    HTML(html, ">");
    for (size_t i = 0; i < count; i++) {
        HTML(html, "<option");
        HTML_ATTRIBUTE(html, "value", str_of(choices[i].value));
        if (str_is(chosen, choices[i].value)) {
            HTML(html, " selected=\"selected\"");
        }
        HTML(html, ">");
        page_say(page, choices[i].label);
        HTML(html, "</option>");
    }
    HTML(html, "</select></div>");
}

void page_button(const struct page *page, const char *action, const char *kind, enum message label)
{
    struct html *html = page->html;
    HTML(html, "<button type=\"submit\"");
    HTML_ATTRIBUTE(html, "class", str_of(kind));
    if (action != NULL) {
        HTML(html, " name=\"action\"");
        HTML_ATTRIBUTE(html, "value", str_of(action));
    }
    HTML(html, ">");
    page_say(page, label);
    HTML(html, "</button>");
}

void page_tests(const struct page *page, const struct casebook_answers *answers)
{
    struct html *html = page->html;
    static const struct page_choice no = {"no", MSG_NO}, yes = {"yes", MSG_YES};
    HTML(html, "<div class=\"tests\">");
    for (int i = 0; i < CASEBOOK_TEST_COUNT; i++) {
        enum casebook_test test = (enum casebook_test)i;
        const char *name = casebook_test_name(test);
        enum casebook_answer answer = answers != NULL ? answers->of[i] : ANSWER_NONE;
        HTML(html, "<fieldset class=\"test\"><legend>");
        html_text(html, str_of(casebook_test_question(test, page->language == LANGUAGE_EN)));
        HTML(html, "</legend>");
        put_choice(page, "radio", name, &no, answer == ANSWER_NO, true);
        put_choice(page, "radio", name, &yes, answer == ANSWER_YES, true);
        HTML(html, "</fieldset>");
    }
    HTML(html, "</div>");
}
