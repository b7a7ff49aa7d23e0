#include <stdio.h>

#include "filter/console/asked.h"
#include "filter/console/ease.h"
#include "filter/console/give.h"
#include "filter/console/page_wellbeing.h"

void give_wellbeing(struct asked *asked)
{
    struct ease ease = ease_read(asked->request->ease);
    struct str hidden[RULE_CLAIM + 1];
    struct shapes_ease shape = {.break_minutes = ease.break_minutes, .hidden = hidden};
    if (asked_open(asked) == NULL) {
        return;
    }
    for (unsigned i = 0; i <= RULE_CLAIM; i++) {
        if ((ease.hidden & 1u << i) != 0) {
            hidden[shape.hidden_count++] = str_of(rule_class_name((enum rule_class)i));
        }
    }
    if (asked_is_json(asked)) {
        asked_record(asked, &shape);
    } else {
        page_wellbeing(&asked->page, &ease);
        asked_finish(asked, 200);
    }
}

const struct form_field give_wellbeing_fields[] = {
    {"break", 2, false}, {"hide", 16, true}, {NULL, 0, false}};

void take_wellbeing(struct asked *asked)
{
    struct place there = asked_place(asked, ROUTE_WELLBEING);
    struct ease ease = {.break_minutes = (unsigned)form_number(&asked->form, "break")};
    struct str value;
    size_t at = 0;
    char text[EASE_TEXT];
    while (form_next(&asked->form, "hide", &at, &value)) {
        enum rule_class class;
        if (!rule_class_parse(value, &class)) {
            asked_fail(asked, &asked_bad_request);
            return;
        }
        ease.hidden |= 1u << class;
    }
    ease = ease_read(str_of(ease_write(&ease, text))); /* what is no choice is nothing */
    asked_set_ease(asked, ease_write(&ease, text));
    asked_done(asked, MSG_SAVED, &there);
}
