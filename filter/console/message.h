/* The words of the pages, in Indonesian and in English, from messages.tbl. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/str.h"
#include "filter/casebook/casebook.h"
#include "filter/casebook/move.h"
#include "filter/console/html.h"
#include "filter/rule/rule.h"

/* X(constant, BCP 47 tag, its name in itself) */
#define LANGUAGES(X)                                                                               \
    X(LANGUAGE_ID, "id", "Bahasa Indonesia")                                                       \
    X(LANGUAGE_EN, "en", "English")

enum language {
#define X(constant, tag, name) constant,
    LANGUAGES(X)
#undef X
};

enum { LANGUAGE_COUNT = LANGUAGE_EN + 1 };

const char *language_tag(enum language language);
const char *language_name(enum language language);

/* Reads "id", "en", in any case, also with subtags ("en-GB"); false if it is another language. */
bool language_parse(struct str tag, enum language *language);

enum message {
#define MESSAGE(key, id, en) key,
#include "filter/console/messages.tbl"
#undef MESSAGE
    MESSAGE_COUNT
};

/* The message as it stands in the table. */
struct str message_text(enum language language, enum message key);

/* Onto a page, as text; each of {0}, {1} becomes its value. */
void message_say(struct html *page, enum language language, enum message key);
void message_say_with(struct html *page, enum language language, enum message key,
                      const struct str *values, size_t count);
void message_say_int(struct html *page, enum language language, enum message key, int64_t value);

/* The messages that name such a thing. */
enum message message_of_class(enum rule_class class);
enum message message_of_state(enum casebook_state state);
enum message message_of_action(enum casebook_action action);
enum message message_of_role(enum casebook_role role);
