#include "filter/rule/syntax.h"

#include <assert.h>

#include "filter/rule/charset.h"
#include "filter/rule/program.h"

enum { MAX_DEPTH = 60, MAX_COUNT = 65535 };

struct parser {
    struct str text;
    size_t at;
    unsigned flags;
    unsigned depth;
    bool folded; /* the view is a folded one */
    bool exact;
    bool failed;
    struct arena *arena;
};

static const struct rule_syntax *parse_choice(struct parser *p);

static struct rule_syntax *fail(struct parser *p)
{
    p->failed = true;
    return NULL;
}

static int peek(const struct parser *p, size_t ahead)
{
    return p->at + ahead < p->text.len ? (unsigned char)p->text.at[p->at + ahead] : -1;
}

static bool take(struct parser *p, int c)
{
    if (peek(p, 0) != c) {
        return false;
    }
    p->at++;
    return true;
}

static bool take_string(struct parser *p, const char *string)
{
    struct str wanted = str_of(string);
    if (!str_starts(str_part(p->text, p->at, p->text.len), wanted)) {
        return false;
    }
    p->at += wanted.len;
    return true;
}

static struct rule_syntax *make(struct parser *p, enum rule_syntax_kind kind)
{
    struct rule_syntax *node = arena_alloc(p->arena, sizeof *node);
    if (node == NULL) {
        return fail(p);
    }
    node->kind = kind;
    return node;
}

static struct rule_syntax *make_set(struct parser *p, const struct rule_charset *set)
{
    struct rule_charset seen = *set;
    rule_charset_see(&seen, p->folded);
    struct rule_syntax *node = make(p, RULE_SYNTAX_SET);
    if (node == NULL) {
        return NULL;
    }
    node->ascii[0] = seen.ascii[0];
    node->ascii[1] = seen.ascii[1];
    node->wide = seen.wide;
    node->code = seen.wide ? 0 : seen.code;
    bool has_ascii = (seen.ascii[0] | seen.ascii[1]) != 0;
    char utf8[4];
    size_t code_bytes = node->code != 0 ? rule_syntax_utf8(node->code, utf8) : 0;
    node->min_bytes = has_ascii ? 1 : seen.wide ? 2 : code_bytes > 0 ? code_bytes : 1;
    node->max_bytes = seen.wide ? 4 : code_bytes > 0 ? code_bytes : 1;
    return node;
}

static struct rule_syntax *make_anything(struct parser *p)
{
    struct rule_syntax *node = make(p, RULE_SYNTAX_ANYTHING);
    p->exact = false;
    if (node != NULL) {
        node->max_bytes = RULE_SYNTAX_ENDLESS;
    }
    return node;
}

static struct rule_syntax *make_character(struct parser *p, uint32_t code)
{
    struct rule_charset set = {.code = 0};
    rule_charset_add(&set, code, code, (p->flags & RULE_REGEX_I) != 0);
    return make_set(p, &set);
}

/* One code point of the pattern, which the language has checked to be UTF-8. */
static bool take_code(struct parser *p, uint32_t *code)
{
    int lead = peek(p, 0);
    size_t len = lead < 0 ? 0 : lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (len == 0 || p->at + len > p->text.len || (lead >= 0x80 && lead < 0xc2)) {
        p->failed = true;
        return false;
    }
    *code = len == 1 ? (uint32_t)lead : (uint32_t)lead & (0xffU >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        *code = *code << 6 | ((uint32_t)peek(p, i) & 0x3f);
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
static void take_hex(struct parser *p, uint32_t *code)
{
    bool braced = take(p, '{');
    size_t digits = 0;
    for (*code = 0; hex_digit(peek(p, 0)) >= 0 && (braced || digits < 2); digits++, p->at++) {
        *code = *code << 4 | (uint32_t)hex_digit(peek(p, 0));
        if (*code > 0x10ffff) {
            break;
        }
    }
    if (digits == 0 || *code > 0x10ffff || *code == 0 || (braced && !take(p, '}'))) {
        p->failed = true;
    }
}

/* "\p", "\P": any property may hold any character. */
static void skip_property(struct parser *p)
{
    if (!take(p, '{')) {
        p->at++;
        return;
    }
    while (peek(p, 0) >= 0 && peek(p, 0) != '}') {
        p->at++;
    }
    if (!take(p, '}')) {
        p->failed = true;
    }
}

/*
 * An escape that stands for characters, its backslash taken. True and *single: one code point;
 * true otherwise: added to `set`. False: it stands for something else, and nothing is taken.
 */
static bool take_escape(struct parser *p, struct rule_charset *set, bool *single, uint32_t *code)
{
    static const struct {
        char letter;
        uint32_t code;
    } controls[] = {{'t', '\t'}, {'n', '\n'}, {'r', '\r'}, {'f', '\f'}, {'a', 7}, {'e', 27}};
    int c = peek(p, 0);
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
static bool take_posix(struct parser *p, struct rule_charset *set)
{
    int kind = peek(p, 1);
    if (peek(p, 0) != '[' || (kind != ':' && kind != '.' && kind != '=')) {
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
static void take_member(struct parser *p, struct rule_charset *set, bool *single, uint32_t *code)
{
    *single = false;
    if (take_posix(p, set)) {
        return;
    }
    if (!take(p, '\\')) {
        *single = take_code(p, code);
        return;
    }
    if (take(p, 'b')) {
        *single = true;
        *code = 8;
        return;
    }
    if (!take_escape(p, set, single, code)) {
        p->failed = true;
    }
}

static struct rule_syntax *parse_class(struct parser *p)
{
    struct rule_charset set = {.code = 0};
    bool caseless = (p->flags & RULE_REGEX_I) != 0;
    bool negated = take(p, '^');
    bool first = true;
    while (!p->failed && (first || peek(p, 0) != ']')) {
        bool single;
        uint32_t from = 0, to = 0;
        first = false;
        take_member(p, &set, &single, &from);
        if (!single || p->failed) {
            continue;
        }
        to = from;
        if (peek(p, 0) == '-' && peek(p, 1) != ']' && peek(p, 1) >= 0) {
            p->at++;
            bool ends;
            take_member(p, &set, &ends, &to);
            if (!ends) { /* "a-\d": the hyphen is itself */
                rule_charset_add(&set, '-', '-', false);
                to = from;
            }
        }
        if (to < from) {
            return fail(p);
        }
        rule_charset_add(&set, from, to, caseless);
    }
    if (p->failed || !take(p, ']')) {
        return fail(p);
    }
    if (negated) {
        rule_charset_negate(&set);
    }
    return make_set(p, &set);
}

/* "(?i)", "(?-s:": True if flags were read, up to the ')' or ':' that is left. */
static bool take_flags(struct parser *p)
{
    bool off = false;
    for (;; p->at++) {
        unsigned flag = 0;
        switch (peek(p, 0)) {
        case 'i':
            flag = RULE_REGEX_I;
            break;
        case 'm':
            flag = RULE_REGEX_M;
            break;
        case 's':
            flag = RULE_REGEX_S;
            break;
        case '-':
            if (off) {
                return false;
            }
            off = true;
            continue;
        case ')':
        case ':':
            return true;
        default:
            return false;
        }
        p->flags = off ? p->flags & ~flag : p->flags | flag;
    }
}

/* The rest of "(?<name>", "(?'name'". */
static bool take_name(struct parser *p, int end)
{
    size_t start = p->at;
    while (peek(p, 0) > 0 && peek(p, 0) < 0x80 && rule_charset_is_word((unsigned char)peek(p, 0))) {
        p->at++;
    }
    return p->at > start && take(p, end);
}

/* A group, its '(' taken. Flags set alone, as in "(?i)", last to the end of the group around. */
static const struct rule_syntax *parse_group(struct parser *p)
{
    static const char *const looks[] = {"?=", "?!", "?<=", "?<!"};
    unsigned outer = p->flags;
    bool look = false;
    if (peek(p, 0) == '*') {
        return fail(p); /* a verb: (*ACCEPT) ends a match before the rest */
    }
    for (size_t i = 0; i < sizeof looks / sizeof *looks && !look; i++) {
        look = take_string(p, looks[i]);
    }
    if (look || take_string(p, "?>")) {
        p->exact = false;
    } else if (take_string(p, "?P<") || take_string(p, "?<")) {
        if (!take_name(p, '>')) {
            return fail(p);
        }
    } else if (take_string(p, "?'")) {
        if (!take_name(p, '\'')) {
            return fail(p);
        }
    } else if (!take_string(p, "?|") && take(p, '?')) {
        if (!take_flags(p)) {
            return fail(p);
        }
        if (take(p, ')')) {
            return make(p, RULE_SYNTAX_SEQUENCE); /* nothing; the flags stay */
        }
        p->at++;
    }
    if (++p->depth > MAX_DEPTH) {
        return fail(p);
    }
    const struct rule_syntax *inside = parse_choice(p);
    p->depth--;
    if (p->failed || !take(p, ')')) {
        return fail(p);
    }
    p->flags = outer;
    return look ? make(p, RULE_SYNTAX_ASSERT) : inside;
}

static const struct rule_syntax *parse_escape(struct parser *p)
{
    struct rule_charset set = {.code = 0};
    bool single;
    uint32_t code = 0;
    int c = peek(p, 0);
    switch (c) {
    case 'b':
        p->at++;
        return make(p, RULE_SYNTAX_BOUNDARY);
    case 'A':
    case 'B':
    case 'Z':
    case 'z':
        p->at++;
        return make(p, RULE_SYNTAX_ASSERT);
    case 'R':
    case 'X':
        p->at++;
        return make_anything(p);
    default:
        break;
    }
    if (c >= '1' && c <= '9') {
        p->at++;
        bool longer = peek(p, 0) >= '0' && peek(p, 0) <= '9'; /* perhaps octal */
        return longer ? fail(p) : make_anything(p);
    }
    if (!take_escape(p, &set, &single, &code) || p->failed) {
        return fail(p);
    }
    return single ? make_character(p, code) : make_set(p, &set);
}

static const struct rule_syntax *parse_atom(struct parser *p)
{
    uint32_t code;
    switch (peek(p, 0)) {
    case '(':
        p->at++;
        return parse_group(p);
    case '[':
        p->at++;
        return parse_class(p);
    case '\\':
        p->at++;
        return parse_escape(p);
    case '^':
    case '$':
        p->at++;
        return make(p, RULE_SYNTAX_ASSERT);
    case '.': {
        p->at++;
        struct rule_charset set = {.code = 0};
        rule_charset_all(&set);
        if ((p->flags & RULE_REGEX_S) == 0) {
            rule_charset_remove(&set, '\n');
        }
        return make_set(p, &set);
    }
    case '*':
    case '+':
    case '?':
        return fail(p);
    default:
        return take_code(p, &code) ? make_character(p, code) : fail(p);
    }
}

static bool take_number(struct parser *p, size_t *number)
{
    size_t digits = 0;
    for (*number = 0; peek(p, 0) >= '0' && peek(p, 0) <= '9' && digits < 6; digits++, p->at++) {
        *number = *number * 10 + (size_t)(peek(p, 0) - '0');
    }
    return digits > 0 && *number <= MAX_COUNT;
}

/* A quantifier, if one is next. A '{' that is none is a plain character in some PCRE2, so fails. */
static bool take_quantifier(struct parser *p, size_t *least, size_t *most)
{
    *most = RULE_SYNTAX_ENDLESS;
    if (take(p, '*')) {
        *least = 0;
    } else if (take(p, '+')) {
        *least = 1;
    } else if (take(p, '?')) {
        *least = 0;
        *most = 1;
    } else if (take(p, '{')) {
        if (!take_number(p, least)) {
            return p->failed = true;
        }
        *most = *least;
        if (take(p, ',')) {
            *most = RULE_SYNTAX_ENDLESS;
            if (peek(p, 0) != '}' && !take_number(p, most)) {
                p->failed = true;
            }
        }
        if (!take(p, '}') || *most < *least) {
            p->failed = true;
        }
    } else {
        return false;
    }
    if (!take(p, '?') && take(p, '+')) {
        p->exact = false; /* possessive: matches less than the tree says */
    }
    return true;
}

static size_t times(size_t bytes, size_t count)
{
    size_t product;
    if (bytes == 0 || count == 0) {
        return 0;
    }
    return bytes == RULE_SYNTAX_ENDLESS || count == RULE_SYNTAX_ENDLESS ||
                   __builtin_mul_overflow(bytes, count, &product)
               ? RULE_SYNTAX_ENDLESS
               : product;
}

static size_t plus(size_t a, size_t b)
{
    size_t sum;
    return __builtin_add_overflow(a, b, &sum) ? RULE_SYNTAX_ENDLESS : sum;
}

static const struct rule_syntax *parse_piece(struct parser *p)
{
    const struct rule_syntax *piece = parse_atom(p);
    size_t least, most;
    while (!p->failed && take_quantifier(p, &least, &most)) {
        struct rule_syntax *repeat = make(p, RULE_SYNTAX_REPEAT);
        const struct rule_syntax **child = arena_array(p->arena, 1, sizeof(*child));
        if (repeat == NULL || child == NULL || p->failed) {
            return fail(p);
        }
        *child = piece;
        repeat->children = child;
        repeat->child_count = 1;
        repeat->least = least;
        repeat->most = most;
        repeat->min_bytes = times(piece->min_bytes, least);
        repeat->max_bytes = times(piece->max_bytes, most);
        piece = repeat;
    }
    return piece;
}

/* Children collected while their number is unknown. */
struct list {
    const struct rule_syntax **items;
    size_t count, room;
};

static bool append(struct parser *p, struct list *list, const struct rule_syntax *item)
{
    if (list->count == list->room) {
        size_t room = list->room > 0 ? 2 * list->room : 8;
        const struct rule_syntax **items = arena_array(p->arena, room, sizeof(*items));
        if (items == NULL) {
            p->failed = true;
            return false;
        }
        for (size_t i = 0; i < list->count; i++) {
            items[i] = list->items[i];
        }
        list->items = items;
        list->room = room;
    }
    list->items[list->count++] = item;
    return true;
}

static const struct rule_syntax *parse_sequence(struct parser *p)
{
    struct list list = {.count = 0};
    while (!p->failed && peek(p, 0) >= 0 && peek(p, 0) != '|' && peek(p, 0) != ')') {
        const struct rule_syntax *piece = parse_piece(p);
        if (p->failed || !append(p, &list, piece)) {
            return fail(p);
        }
    }
    if (list.count == 1) {
        return list.items[0];
    }
    struct rule_syntax *sequence = make(p, RULE_SYNTAX_SEQUENCE);
    if (sequence == NULL) {
        return NULL;
    }
    sequence->children = list.items;
    sequence->child_count = list.count;
    for (size_t i = 0; i < list.count; i++) {
        sequence->min_bytes = plus(sequence->min_bytes, list.items[i]->min_bytes);
        sequence->max_bytes = plus(sequence->max_bytes, list.items[i]->max_bytes);
    }
    return sequence;
}

static const struct rule_syntax *parse_choice(struct parser *p)
{
    struct list list = {.count = 0};
    do {
        const struct rule_syntax *one = parse_sequence(p);
        if (p->failed || !append(p, &list, one)) {
            return fail(p);
        }
    } while (take(p, '|'));
    if (list.count == 1) {
        return list.items[0];
    }
    struct rule_syntax *choice = make(p, RULE_SYNTAX_CHOICE);
    if (choice == NULL) {
        return NULL;
    }
    choice->children = list.items;
    choice->child_count = list.count;
    choice->min_bytes = RULE_SYNTAX_ENDLESS;
    for (size_t i = 0; i < list.count; i++) {
        const struct rule_syntax *one = list.items[i];
        choice->min_bytes = one->min_bytes < choice->min_bytes ? one->min_bytes : choice->min_bytes;
        choice->max_bytes = one->max_bytes > choice->max_bytes ? one->max_bytes : choice->max_bytes;
    }
    return choice;
}

const struct rule_syntax *rule_syntax_parse(struct str pattern, unsigned flags,
                                            enum text_view_kind view, struct arena *arena,
                                            bool *exact)
{
    struct parser p = {
        .text = pattern, .flags = flags, .folded = view != TEXT_RAW, .exact = true, .arena = arena};
    const struct rule_syntax *tree = parse_choice(&p);
    *exact = p.exact;
    return p.failed || p.at < pattern.len ? NULL : tree;
}

unsigned rule_syntax_ascii_count(const struct rule_syntax *set)
{
    return (unsigned)(__builtin_popcountll(set->ascii[0]) + __builtin_popcountll(set->ascii[1]));
}

bool rule_syntax_has(const struct rule_syntax *set, unsigned char c)
{
    return c < 0x80 && (set->ascii[c >> 6] >> (c & 63) & 1) != 0;
}

size_t rule_syntax_utf8(uint32_t code, char out[4])
{
    assert(code <= 0x10ffff);
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, code >>= 6) {
        out[i] = (char)(0x80 | (code & 0x3f));
    }
    out[0] = (char)((0xf00U >> len & 0xff) | code);
    return len;
}
