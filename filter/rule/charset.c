#include "filter/rule/charset.h"

#include <ctype.h>
#include <stddef.h>

static void put(struct rule_charset *set, unsigned c)
{
    set->ascii[c >> 6] |= UINT64_C(1) << (c & 63);
}

void rule_charset_add(struct rule_charset *set, uint32_t from, uint32_t to, bool caseless)
{
    for (uint32_t c = from; c <= to && c < 0x80; c++) {
        put(set, c);
        if (caseless && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) {
            put(set, c ^ 0x20);
            set->kelvin = set->kelvin || (c | 0x20) == 'k' || (c | 0x20) == 's';
        }
    }
    if (to < 0x80) {
        return;
    }
    if (caseless) { /* it may be, or span, U+212A or U+017F */
        set->loose = true;
        put(set, 'k');
        put(set, 'K');
        put(set, 's');
        put(set, 'S');
    }
    if (caseless || from != to || set->code != 0 || set->wide) {
        set->wide = true;
    } else {
        set->code = to;
    }
}

void rule_charset_all(struct rule_charset *set)
{
    *set = (struct rule_charset){.ascii = {UINT64_MAX, UINT64_MAX}, .wide = true, .loose = true};
}

void rule_charset_remove(struct rule_charset *set, unsigned char c)
{
    set->ascii[c >> 6] &= ~(UINT64_C(1) << (c & 63));
}

void rule_charset_negate(struct rule_charset *set)
{
    bool loose = set->loose;
    *set = (struct rule_charset){
        .ascii = {loose ? UINT64_MAX : ~set->ascii[0], loose ? UINT64_MAX : ~set->ascii[1]},
        .wide = true,
        .loose = loose,
    };
}

void rule_charset_see(struct rule_charset *set, bool folded)
{
    if (!folded) {
        set->wide = set->wide || set->kelvin;
        return;
    }
    struct rule_charset seen = *set;
    for (int c = 'A'; c <= 'Z'; c++) {
        rule_charset_remove(&seen, (unsigned char)c);
    }
    for (int c = '\t'; c <= '\r'; c++) {
        rule_charset_remove(&seen, (unsigned char)c);
    }
    if ((seen.ascii[0] | seen.ascii[1]) != 0 || seen.wide || seen.code != 0) {
        *set = seen; /* else it can't be in the view at all: leave it, and it won't be found */
    }
}

bool rule_charset_is_word(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static void add_where(struct rule_charset *set, bool (*holds)(unsigned char c), bool wanted)
{
    for (unsigned char c = 0; c < 0x80; c++) {
        if (holds(c) == wanted) {
            put(set, c);
        }
    }
}

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static bool is_space(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_horizontal(unsigned char c)
{
    return c == ' ' || c == '\t';
}

static bool is_vertical(unsigned char c)
{
    return c >= '\n' && c <= '\r';
}

static bool is_newline(unsigned char c)
{
    return c == '\n';
}

bool rule_charset_escape(struct rule_charset *set, int letter, bool folded)
{
    static const struct {
        char letter;
        bool (*holds)(unsigned char c);
        bool wanted;
    } escapes[] = {
        {'d', is_digit, true},
        {'D', is_digit, false},
        {'w', rule_charset_is_word, true},
        {'W', rule_charset_is_word, false},
        {'s', is_space, true},
        {'S', is_space, false},
        {'h', is_horizontal, true},
        {'H', is_horizontal, false},
        {'v', is_vertical, true},
        {'V', is_vertical, false},
        {'N', is_newline, false},
    };
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
        if (letter != escapes[i].letter) {
            continue;
        }
        add_where(set, escapes[i].holds, escapes[i].wanted);
        /* A folded view has no white space beyond ASCII; all other classes reach past it. */
        bool space = letter == 's' || letter == 'h' || letter == 'v';
        set->wide = set->wide || !space || !folded;
        return true;
    }
    return false;
}

static bool is_ascii(unsigned char c)
{
    return c < 0x80;
}

#define HOLDS(name)                                                                                \
    static bool holds_##name(unsigned char c)                                                      \
    {                                                                                              \
        return is##name(c) != 0;                                                                   \
    }
HOLDS(alnum)
HOLDS(alpha)
HOLDS(cntrl)
HOLDS(graph)
HOLDS(lower)
HOLDS(print)
HOLDS(punct)
HOLDS(upper)
HOLDS(xdigit)
#undef HOLDS

bool rule_charset_posix(struct rule_charset *set, struct str name, bool folded)
{
    static const struct {
        const char *name;
        bool (*holds)(unsigned char c);
    } classes[] = {
        {"alnum", holds_alnum},         {"alpha", holds_alpha},   {"ascii", is_ascii},
        {"blank", is_horizontal},       {"cntrl", holds_cntrl},   {"digit", is_digit},
        {"graph", holds_graph},         {"lower", holds_lower},   {"print", holds_print},
        {"punct", holds_punct},         {"space", is_space},      {"upper", holds_upper},
        {"word", rule_charset_is_word}, {"xdigit", holds_xdigit},
    };
    bool negated = name.len > 0 && name.at[0] == '^';
    struct str plain = negated ? str_part(name, 1, name.len) : name;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if (!str_is(plain, classes[i].name)) {
            continue;
        }
        bool either_case = classes[i].holds == holds_lower || classes[i].holds == holds_upper;
        /* [:lower:] and [:upper:] are the same without case; take them so always. */
        add_where(set, classes[i].holds, !negated);
        if (either_case) {
            add_where(set, holds_alpha, true);
            set->loose = true;
        }
        bool space = classes[i].holds == is_space || classes[i].holds == is_horizontal;
        set->wide = set->wide || !space || negated || !folded;
        return true;
    }
    return false;
}
