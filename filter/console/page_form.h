/*
 * Forms on pages: each carries its token and its name (ticket.h), labels and hints stand beside
 * the fields, and what was typed is kept when a form comes back.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/casebook/proposal.h"
#include "filter/console/page.h"

/* <form method="post">, to be closed with </form>. `kind` is its class. */
void page_form_open(const struct page *page, const struct place *action, const char *kind);

/* A value that is sent along. */
#define PAGE_HIDDEN(page, name, value) page_form_hidden_((page), "" name "", (value))
void page_form_hidden_(const struct page *page, const char *name, struct str value);
#define PAGE_HIDDEN_NUMBER(page, name, value) page_form_hidden_number_((page), "" name "", (value))
void page_form_hidden_number_(const struct page *page, const char *name, int64_t value);

/* What a field is like; the literals are attributes of ours. */
struct page_field {
    const char *name; /* of the field, and its id */
    enum message label;
    enum message hint; /* MESSAGE_COUNT: none */
    struct str value;
    unsigned most, least; /* characters; 0: not said */
    unsigned rows;        /* of a text area; 0: one line */
    const char *type;     /* of one line: "text", "password", "number"; NULL: text */
    const char *complete; /* autocomplete: "username", "current-password", "one-time-code", … */
    bool is_optional;
    bool is_unmarked; /* an optional one without the word for it: the casebook asks for it where it
                         is needed */
    bool is_code;     /* digits, on a phone's keys for them */
};
void page_field(const struct page *page, const struct page_field *field);

/* One of several words as radio buttons, or any of them as check boxes. */
struct page_choice {
    const char *value;
    enum message label;
};
void page_radios(const struct page *page, const char *name, enum message legend,
                 const struct page_choice *choices, size_t count, struct str chosen);
void page_checks(const struct page *page, const char *name, enum message legend,
                 const struct page_choice *choices, size_t count, unsigned chosen);
void page_select(const struct page *page, const char *name, enum message label,
                 const struct page_choice *choices, size_t count, struct str chosen);

/* A button; `action` is the value that it sends as "action", NULL for none. */
void page_button(const struct page *page, const char *action, const char *kind, enum message label);

/* The nine tests, each with yes and no, none chosen but what `answers` (or NULL) says. */
void page_tests(const struct page *page, const struct casebook_answers *answers);
