/* Reading a pattern, shared by syntax.c and the classes and escapes of syntax_class.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/rule/charset.h"

struct rule_syntax_parser {
    struct str text;
    size_t at;
    unsigned flags;
    unsigned depth;
    bool folded; /* the view is a folded one */
    bool exact;
    bool failed;
    struct arena *arena;
};

/* The byte `ahead` of where the parser is; -1 past the end. */
static inline int rule_syntax_peek(const struct rule_syntax_parser *p, size_t ahead)
{
    return p->at + ahead < p->text.len ? (unsigned char)p->text.at[p->at + ahead] : -1;
}

/* Takes the byte `c` if it is next. */
static inline bool rule_syntax_take(struct rule_syntax_parser *p, int c)
{
    if (rule_syntax_peek(p, 0) != c) {
        return false;
    }
    p->at++;
    return true;
}

/* One code point. False, and the parser has failed, if it is none. */
bool rule_syntax_take_code(struct rule_syntax_parser *p, uint32_t *code);

/*
 * An escape that stands for characters, its backslash taken. True and *single: one code point;
 * true otherwise: added to `set`. False: it stands for something else, and nothing is taken.
 */
bool rule_syntax_take_escape(struct rule_syntax_parser *p, struct rule_charset *set, bool *single,
                             uint32_t *code);

/* A class, its '[' taken. False, and the parser has failed, if it is outside the subset. */
bool rule_syntax_take_class(struct rule_syntax_parser *p, struct rule_charset *set);
