/* Escapes and classes of characters in a pattern. */
#include "filter/rule/program.h"
#include "filter/rule/syntax_parser.h"

/* One code point of the pattern, which the language has checked to be UTF-8. */
bool rule_syntax_take_code(struct rule_syntax_parser *p, uint32_t *code)
{
    int lead = rule_syntax_peek(p, 0);
    size_t len = lead < 0 ? 0 : lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (len == 0 || p->at + len > p->text.len || (lead >= 0x80 && lead < 0xc2)) {
        p->failed = true;
        return false;
    }
    *code = len == 1 ? (uint32_t)lead : (uint32_t)lead & (0xffU >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        *code = *code << 6 | ((uint32_t)rule_syntax_peek(p, i) & 0x3f);
    }
    p->at += len;
    return true;
}

static int hex_digit(int c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* What follows "\x": up to two digits, or any number in braces. */
static void take_hex(struct rule_syntax_parser *p, uint32_t *code)
{
    bool braced = rule_syntax_take(p, '{');
    size_t digits = 0;
    for (*code = 0; hex_digit(rule_syntax_peek(p, 0)) >= 0 && (braced || digits < 2);
         digits++, p->at++) {
        *code = *code << 4 | (uint32_t)hex_digit(rule_syntax_peek(p, 0));
        if (*code > 0x10ffff) {
            break;
        }
    }
    if (digits == 0 || *code > 0x10ffff || *code == 0 || (braced && !rule_syntax_take(p, '}'))) {
        p->failed = true;
    }
}

/* "\p", "\P": any property may hold any character. */
static void skip_property(struct rule_syntax_parser *p)
{
    if (!rule_syntax_take(p, '{')) {
        p->at++;
        return;
    }
    while (rule_syntax_peek(p, 0) >= 0 && rule_syntax_peek(p, 0) != '}') {
        p->at++;
    }
    if (!rule_syntax_take(p, '}')) {
        p->failed = true;
    }
}

bool rule_syntax_take_escape(struct rule_syntax_parser *p, struct rule_charset *set, bool *single,
                             uint32_t *code)
{
    static const struct {
        char letter;
        uint32_t code;
    } controls[] = {{'t', '\t'}, {'n', '\n'}, {'r', '\r'}, {'f', '\f'}, {'a', 7}, {'e', 27}};
    int c = rule_syntax_peek(p, 0);
    *single = true;
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++) {
        if (c == controls[i].letter) {
            p->at++;
            *code = controls[i].code;
            return true;
        }
    }
    if (c == 'x') {
        p->at++;
        take_hex(p, code);
        return true;
    }
    if (c > 0 && c < 0x80 && !rule_charset_is_word((unsigned char)c)) {
        p->at++;
        *code = (uint32_t)c;
        return true;
    }
    *single = false;
    if (c == 'p' || c == 'P') {
        p->at++;
        skip_property(p);
        rule_charset_all(set);
        p->exact = false;
        return true;
    }
    if (rule_charset_escape(set, c, p->folded)) {
        p->at++;
        return true;
    }
    return false;
}

/* "[:name:]" in a class, its '[' not yet taken. False: there is none. */
static bool take_posix(struct rule_syntax_parser *p, struct rule_charset *set)
{
    int kind = rule_syntax_peek(p, 1);
    if (rule_syntax_peek(p, 0) != '[' || (kind != ':' && kind != '.' && kind != '=')) {
        return false;
    }
    size_t end = p->at + 2;
    while (end < p->text.len && p->text.at[end] != ']' && p->text.at[end] != ':') {
        end++;
    }
    if (kind != ':' || end + 1 >= p->text.len || p->text.at[end] != ':' ||
        p->text.at[end + 1] != ']' ||
        !rule_charset_posix(set, str_part(p->text, p->at + 2, end), p->folded)) {
        p->failed = true; /* too rare to tell from a plain '[' */
    }
    p->at = end + 2 < p->text.len ? end + 2 : p->text.len;
    return true;
}

/* One member of a class. *single: one code point, which may begin a range. */
static void take_member(struct rule_syntax_parser *p, struct rule_charset *set, bool *single,
                        uint32_t *code)
{
    *single = false;
    if (take_posix(p, set)) {
        return;
    }
    if (!rule_syntax_take(p, '\\')) {
        *single = rule_syntax_take_code(p, code);
        return;
    }
    if (rule_syntax_take(p, 'b')) {
        *single = true;
        *code = 8;
        return;
    }
    if (!rule_syntax_take_escape(p, set, single, code)) {
        p->failed = true;
    }
}

static bool fail(struct rule_syntax_parser *p)
{
    p->failed = true;
    return false;
}

bool rule_syntax_take_class(struct rule_syntax_parser *p, struct rule_charset *set)
{
    bool caseless = (p->flags & RULE_REGEX_I) != 0;
    bool negated = rule_syntax_take(p, '^');
    bool first = true;
    while (!p->failed && (first || rule_syntax_peek(p, 0) != ']')) {
        bool single;
        uint32_t from = 0, to = 0;
        first = false;
        take_member(p, set, &single, &from);
        if (!single || p->failed) {
            continue;
        }
        to = from;
        if (rule_syntax_peek(p, 0) == '-' && rule_syntax_peek(p, 1) != ']' &&
            rule_syntax_peek(p, 1) >= 0) {
            p->at++;
            bool ends;
            take_member(p, set, &ends, &to);
            if (!ends) { /* "a-\d": the hyphen is itself */
                rule_charset_add(set, '-', '-', false);
                to = from;
            }
        }
        if (to < from) {
            return fail(p);
        }
        rule_charset_add(set, from, to, caseless);
    }
    if (p->failed || !rule_syntax_take(p, ']')) {
        return fail(p);
    }
    if (negated) {
        rule_charset_negate(set);
    }
    return true;
}
