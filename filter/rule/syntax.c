#include "filter/rule/syntax.h"

#include <assert.h>

#include "filter/rule/program.h"
#include "filter/rule/syntax_parser.h"

enum { MAX_DEPTH = 60, MAX_COUNT = 65535 };

static const struct rule_syntax *parse_choice(struct rule_syntax_parser *p);

static struct rule_syntax *fail(struct rule_syntax_parser *p)
{
    p->failed = true;
    return NULL;
}

static bool take_string(struct rule_syntax_parser *p, const char *string)
{
    struct str wanted = str_of(string);
    if (!str_starts(str_part(p->text, p->at, p->text.len), wanted)) {
        return false;
    }
    p->at += wanted.len;
    return true;
}

static struct rule_syntax *make(struct rule_syntax_parser *p, enum rule_syntax_kind kind)
{
    struct rule_syntax *node = arena_alloc(p->arena, sizeof *node);
    if (node == NULL) {
        return fail(p);
    }
    node->kind = kind;
    return node;
}

static struct rule_syntax *make_set(struct rule_syntax_parser *p, const struct rule_charset *set)
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

static struct rule_syntax *make_anything(struct rule_syntax_parser *p)
{
    struct rule_syntax *node = make(p, RULE_SYNTAX_ANYTHING);
    p->exact = false;
    if (node != NULL) {
        node->max_bytes = RULE_SYNTAX_ENDLESS;
    }
    return node;
}

static struct rule_syntax *make_character(struct rule_syntax_parser *p, uint32_t code)
{
    struct rule_charset set = {.code = 0};
    rule_charset_add(&set, code, code, (p->flags & RULE_REGEX_I) != 0);
    return make_set(p, &set);
}

/* "(?i)", "(?-s:": True if flags were read, up to the ')' or ':' that is left. */
static bool take_flags(struct rule_syntax_parser *p)
{
    bool off = false;
    for (;; p->at++) {
        unsigned flag = 0;
        switch (rule_syntax_peek(p, 0)) {
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
static bool take_name(struct rule_syntax_parser *p, int end)
{
    size_t start = p->at;
    while (rule_syntax_peek(p, 0) > 0 && rule_syntax_peek(p, 0) < 0x80 &&
           rule_charset_is_word((unsigned char)rule_syntax_peek(p, 0))) {
        p->at++;
    }
    return p->at > start && rule_syntax_take(p, end);
}

/* A group, its '(' taken. Flags set alone, as in "(?i)", last to the end of the group around. */
static const struct rule_syntax *parse_group(struct rule_syntax_parser *p)
{
    static const char *const looks[] = {"?=", "?!", "?<=", "?<!"};
    unsigned outer = p->flags;
    bool look = false;
    if (rule_syntax_peek(p, 0) == '*') {
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
    } else if (!take_string(p, "?|") && rule_syntax_take(p, '?')) {
        if (!take_flags(p)) {
            return fail(p);
        }
        if (rule_syntax_take(p, ')')) {
            return make(p, RULE_SYNTAX_SEQUENCE); /* nothing; the flags stay */
        }
        p->at++;
    }
    if (++p->depth > MAX_DEPTH) {
        return fail(p);
    }
    const struct rule_syntax *inside = parse_choice(p);
    p->depth--;
    if (p->failed || !rule_syntax_take(p, ')')) {
        return fail(p);
    }
    p->flags = outer;
    return look ? make(p, RULE_SYNTAX_ASSERT) : inside;
}

static const struct rule_syntax *parse_escape(struct rule_syntax_parser *p)
{
    struct rule_charset set = {.code = 0};
    bool single;
    uint32_t code = 0;
    int c = rule_syntax_peek(p, 0);
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
        bool longer =
            rule_syntax_peek(p, 0) >= '0' && rule_syntax_peek(p, 0) <= '9'; /* perhaps octal */
        return longer ? fail(p) : make_anything(p);
    }
    if (!rule_syntax_take_escape(p, &set, &single, &code) || p->failed) {
        return fail(p);
    }
    return single ? make_character(p, code) : make_set(p, &set);
}

static const struct rule_syntax *parse_atom(struct rule_syntax_parser *p)
{
    uint32_t code;
    switch (rule_syntax_peek(p, 0)) {
    case '(':
        p->at++;
        return parse_group(p);
    case '[': {
        p->at++;
        struct rule_charset set = {.code = 0};
        return rule_syntax_take_class(p, &set) ? make_set(p, &set) : fail(p);
    }
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
        return rule_syntax_take_code(p, &code) ? make_character(p, code) : fail(p);
    }
}

static bool take_number(struct rule_syntax_parser *p, size_t *number)
{
    size_t digits = 0;
    for (*number = 0; rule_syntax_peek(p, 0) >= '0' && rule_syntax_peek(p, 0) <= '9' && digits < 6;
         digits++, p->at++) {
        *number = *number * 10 + (size_t)(rule_syntax_peek(p, 0) - '0');
    }
    return digits > 0 && *number <= MAX_COUNT;
}

/* A quantifier, if one is next. A '{' that is none is a plain character in some PCRE2, so fails. */
static bool take_quantifier(struct rule_syntax_parser *p, size_t *least, size_t *most)
{
    *most = RULE_SYNTAX_ENDLESS;
    if (rule_syntax_take(p, '*')) {
        *least = 0;
    } else if (rule_syntax_take(p, '+')) {
        *least = 1;
    } else if (rule_syntax_take(p, '?')) {
        *least = 0;
        *most = 1;
    } else if (rule_syntax_take(p, '{')) {
        if (!take_number(p, least)) {
            return p->failed = true;
        }
        *most = *least;
        if (rule_syntax_take(p, ',')) {
            *most = RULE_SYNTAX_ENDLESS;
            if (rule_syntax_peek(p, 0) != '}' && !take_number(p, most)) {
                p->failed = true;
            }
        }
        if (!rule_syntax_take(p, '}') || *most < *least) {
            p->failed = true;
        }
    } else {
        return false;
    }
    if (!rule_syntax_take(p, '?') && rule_syntax_take(p, '+')) {
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

static const struct rule_syntax *parse_piece(struct rule_syntax_parser *p)
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

static bool append(struct rule_syntax_parser *p, struct list *list, const struct rule_syntax *item)
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

static const struct rule_syntax *parse_sequence(struct rule_syntax_parser *p)
{
    struct list list = {.count = 0};
    while (!p->failed && rule_syntax_peek(p, 0) >= 0 && rule_syntax_peek(p, 0) != '|' &&
           rule_syntax_peek(p, 0) != ')') {
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

static const struct rule_syntax *parse_choice(struct rule_syntax_parser *p)
{
    struct list list = {.count = 0};
    do {
        const struct rule_syntax *one = parse_sequence(p);
        if (p->failed || !append(p, &list, one)) {
            return fail(p);
        }
    } while (rule_syntax_take(p, '|'));
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
    struct rule_syntax_parser p = {
        .text = pattern, .flags = flags, .folded = view != TEXT_RAW, .exact = true, .arena = arena};
    const struct rule_syntax *tree = parse_choice(&p);
    *exact = p.exact;
    return p.failed || p.at < pattern.len ? NULL : tree;
}

/* What takes all it can and gives nothing back needs just those copies that it took. */
static bool is_atomic(struct str pattern)
{
    for (size_t i = 0; i + 1 < pattern.len; i++) {
        if ((pattern.at[i + 1] == '+' && strchr("+*?}", pattern.at[i]) != NULL) ||
            str_starts(str_part(pattern, i, pattern.len), STR("(?>"))) {
            return true;
        }
    }
    return false;
}

/* A reference back may be to the copies. */
static bool has_anything(const struct rule_syntax *node)
{
    bool has = node->kind == RULE_SYNTAX_ANYTHING;
    for (size_t i = 0; !has && i < node->child_count; i++) {
        has = has_anything(node->children[i]);
    }
    return has;
}

const struct rule_syntax *rule_syntax_lead(const struct rule_syntax *tree, struct str pattern)
{
    const struct rule_syntax *first = tree;
    while (first->kind == RULE_SYNTAX_SEQUENCE && first->child_count > 0) {
        size_t i = 0; /* flags alone, as in "(?i)", are an empty sequence */
        while (i + 1 < first->child_count && first->children[i]->kind == RULE_SYNTAX_SEQUENCE &&
               first->children[i]->child_count == 0) {
            i++;
        }
        first = first->children[i];
    }
    return first->kind == RULE_SYNTAX_REPEAT && first->children[0]->kind == RULE_SYNTAX_SET &&
                   !is_atomic(pattern) && !has_anything(tree)
               ? first
               : NULL;
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
