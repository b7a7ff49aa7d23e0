#include "filter/console/message.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <strings.h>

static const char *const texts[LANGUAGE_COUNT][MESSAGE_COUNT] = {
    [LANGUAGE_ID] =
        {
#define MESSAGE(key, id, en) [key] = (id),
#include "filter/console/messages.tbl"
#undef MESSAGE
        },
    [LANGUAGE_EN] =
        {
#define MESSAGE(key, id, en) [key] = (en),
#include "filter/console/messages.tbl"
#undef MESSAGE
        },
};

static const char *const tags[] = {
#define X(constant, tag, name) tag,
    LANGUAGES(X)
#undef X
};

static const char *const names[] = {
#define X(constant, tag, name) name,
    LANGUAGES(X)
#undef X
};

const char *language_tag(enum language language)
{
    return tags[language];
}

const char *language_name(enum language language)
{
    return names[language];
}

bool language_parse(struct str tag, enum language *language)
{
    for (size_t i = 0; i < LANGUAGE_COUNT; i++) {
        size_t len = strlen(tags[i]);
        if (tag.len >= len && strncasecmp(tag.at, tags[i], len) == 0 &&
            (tag.len == len || tag.at[len] == '-')) {
            *language = (enum language)i;
            return true;
        }
    }
    return false;
}

struct str message_text(enum language language, enum message key)
{
    assert((size_t)language < LANGUAGE_COUNT && (size_t)key < MESSAGE_COUNT);
    return str_of(texts[language][key]);
}

void message_say_with(struct html *page, enum language language, enum message key,
                      const struct str *values, size_t count)
{
    struct str text = message_text(language, key);
    size_t done = 0;
    for (size_t at = 0; at + 2 < text.len; at++) {
        if (text.at[at] == '{' && text.at[at + 2] == '}') {
            size_t which = (size_t)(text.at[at + 1] - '0');
            assert(which < count);
            html_text(page, str_part(text, done, at));
            html_text(page, values[which]);
            done = at + 3;
        }
    }
    html_text(page, str_part(text, done, text.len));
}

void message_say(struct html *page, enum language language, enum message key)
{
    html_text(page, message_text(language, key));
}

void message_say_int(struct html *page, enum language language, enum message key, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)value);
    message_say_with(page, language, key, (const struct str[]){str_of(text)}, 1);
}

enum message message_of_class(enum rule_class class)
{
    switch (class) {
    case RULE_FRAUD:
        return MSG_CLASS_FRAUD;
    case RULE_PROCEDURE:
        return MSG_CLASS_PROCEDURE;
    case RULE_CLAIM:
        return MSG_CLASS_CLAIM;
    }
    assert(false);
    return MSG_CLASS;
}

enum message message_of_state(enum casebook_state state)
{
    switch (state) {
#define X(constant, name)                                                                          \
    case constant:                                                                                 \
        return MSG_STATE_OF_##constant;
        CASEBOOK_STATES(X)
#undef X
    }
    assert(false);
    return MSG_STATE;
}

enum message message_of_action(enum casebook_action action)
{
    switch (action) {
#define X(constant, name)                                                                          \
    case constant:                                                                                 \
        return MSG_ACTION_OF_##constant;
        CASEBOOK_ACTIONS(X)
#undef X
    }
    assert(false);
    return MSG_ACTION;
}

enum message message_of_role(enum casebook_role role)
{
    switch (role) {
#define X(constant, name)                                                                          \
    case constant:                                                                                 \
        return MSG_ROLE_OF_##constant;
        CASEBOOK_ROLES(X)
#undef X
    }
    assert(false);
    return MSG_PEOPLE;
}
