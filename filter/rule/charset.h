/* Sets of characters as rule_syntax needs them: ASCII exactly, all beyond it as one. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/str.h"

struct rule_charset {
    uint64_t ascii[2];
    uint32_t code; /* the only member beyond ASCII, if that is known; 0: none */
    bool wide;     /* any member beyond ASCII */
    bool kelvin;   /* k or s without case: U+212A or U+017F too, outside folded views */
    bool loose;    /* has ASCII characters that PCRE2's set may not have */
};

/* The range; `caseless` adds what PCRE2 takes for the same letter. */
void rule_charset_add(struct rule_charset *set, uint32_t from, uint32_t to, bool caseless);
void rule_charset_all(struct rule_charset *set); /* also where not all of them may be in it */
void rule_charset_remove(struct rule_charset *set, unsigned char c);

/* Never narrower than the complement: what lies beyond ASCII stays. */
void rule_charset_negate(struct rule_charset *set);

/*
 * What of the set can be in a view. Folded ones have no capitals, no white space but the blank and
 * neither U+212A nor U+017F.
 */
void rule_charset_see(struct rule_charset *set, bool folded);

/* \d \D \w \W \s \S \h \H \v \V \N; false if `letter` is none of them. */
bool rule_charset_escape(struct rule_charset *set, int letter, bool folded);

/* The inside of [:alpha:], [:^digit:] …; false if there is no such class. */
bool rule_charset_posix(struct rule_charset *set, struct str name, bool folded);

/* Letters, digits and '_' of ASCII. */
bool rule_charset_is_word(unsigned char c);
