#include "tests/filter/rule/generate.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"

/* Words that meet often, and the characters that fold, join or match in surprising ways. */
static const char *const words[] = {
    "kpu",
    "nik",
    "bri",
    "k",
    "s",
    "K",
    "S",
    "a",
    "\u212a",
    "\u017f",
    "É",
    "é",
    "e\u0301",
    "ß",
    "verifikasi",
    "daftar",
    "pemilih",
    "k.p.u",
    "h0ax",
    "p1lk4da",
    "1",
    "12",
    "2024",
    "_",
    "\u200d",
    "😀",
    "（",
    "“",
    "а",
    "日本",
    "İ",
    "ﬁ",
    "kpu-daftar.xyz",
    "https://bri.example.com/a?b=c",
    "www.kpu.go.id",
    "http://10.0.0.1/nik",
    "http://[2001:db8::7]/nik",
    "٣",
    "Ǆ",
    "klik di sini",
    "undian",
    "hadiah",
    "aaaa",
    "abab",
    "KPU",
};
static const char *const gaps[] = {" ", " ", " ", "", "", "-", ".", ",", "\n", "  ", "/", "\u00a0"};

enum { WORDS = sizeof words / sizeof *words, GAPS = sizeof gaps / sizeof *gaps };

unsigned decide(struct decisions *decisions, unsigned limit)
{
    return decisions->at < decisions->len ? decisions->bytes[decisions->at++] % limit : 0;
}

static const char *word(struct decisions *in)
{
    return words[decide(in, WORDS)];
}

/* Words with gaps between them. */
static void put_text(struct decisions *in, struct buf *out, unsigned most)
{
    unsigned count = decide(in, most + 1);
    for (unsigned i = 0; i < count; i++) {
        buf_put_string(out, i > 0 ? gaps[decide(in, GAPS)] : "");
        buf_put_string(out, word(in));
    }
}

static void put_class(struct decisions *in, struct buf *out)
{
    static const char *const classes[] = {
        "[a-c]",    "[^k]",      "[kK]", "[0-9]",       "\\d",          "\\w",       "\\s",
        ".",        "\\S",       "[aé]", "[[:alpha:]]", "[^[:lower:]]", "\\D",       "\\W",
        "\\h",      "[\\w-]",    "[s]",  "[^\\sé]",     "[a-z]",        "[A-Z0-9]",  "\\p{L}",
        "[\\p{L}]", "[^\\P{L}]", "\\N",  "[]k]",        "[\\x6b\\-]",   "[^\\d\\s]", "[а-я]",
    };
    buf_put_string(out, classes[decide(in, sizeof classes / sizeof *classes)]);
}

/* No {0}: PCRE2 10.42 takes (a|.*\\1){0}nik to start a line, and then finds nothing. */
static void put_quantifier(struct decisions *in, struct buf *out)
{
    static const char *const quantifiers[] = {"",    "",      "",      "",   "",   "?",    "*", "+",
                                              "{2}", "{1,3}", "{0,9}", "+?", "*+", "{2,}", "??"};
    buf_put_string(out, quantifiers[decide(in, sizeof quantifiers / sizeof *quantifiers)]);
}

static void put_regex(struct decisions *in, struct buf *out, unsigned depth);

static void put_group(struct decisions *in, struct buf *out, unsigned depth)
{
    static const char *const opens[] = {"(",    "(?:",  "(?:",   "(?>",   "(?=",   "(?!",
                                        "(?<=", "(?i:", "(?-i:", "(?<n>", "(?s)(", "(?i)("};
    unsigned open = decide(in, sizeof opens / sizeof *opens);
    unsigned count = 1 + decide(in, 3);
    if (open == 6) { /* what looks back must have a fixed length */
        buf_printf(out, "(?<=%s)", decide(in, 2) == 0 ? "k" : "\\w");
        return;
    }
    buf_put_string(out, opens[open]);
    for (unsigned i = 0; i < count; i++) {
        buf_put_string(out, i > 0 ? "|" : "");
        put_regex(in, out, depth + 1);
    }
    buf_put_char(out, ')');
}

/* A word with what means something in a regex escaped. */
static void put_word(struct decisions *in, struct buf *out)
{
    for (const char *at = word(in); *at != '\0'; at++) {
        if (strchr(".?*+()[]{}|^$\\/-", *at) != NULL) {
            buf_put_char(out, '\\');
        }
        if (*at == ' ') {
            buf_put_string(out, decide(in, 2) == 0 ? "\\s+" : " ");
        } else {
            buf_put_char(out, *at);
        }
    }
}

static void put_piece(struct decisions *in, struct buf *out, unsigned depth)
{
    static const char *const others[] = {"\\b", "\\b", "\\B",       "^",    "$",
                                         "\\A", "\\z", "\\s+",      "\\s*", ".{0,20}",
                                         ".*",  "\\1", "\\x{212a}", "\\."};
    unsigned kind = decide(in, 8);
    if (kind < 3) {
        put_word(in, out);
    } else if (kind < 5) {
        put_class(in, out);
        put_quantifier(in, out);
    } else if (kind == 5 && depth < 3) {
        put_group(in, out, depth);
        put_quantifier(in, out);
    } else {
        buf_put_string(out, others[decide(in, sizeof others / sizeof *others)]);
    }
}

static void put_regex(struct decisions *in, struct buf *out, unsigned depth)
{
    unsigned count = 1 + decide(in, depth == 0 ? 5 : 3);
    for (unsigned i = 0; i < count; i++) {
        put_piece(in, out, depth);
    }
}

static bool compiles(struct str pattern, unsigned flags)
{
    int error;
    PCRE2_SIZE at;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern.at, pattern.len,
                                     PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C |
                                         ((flags & RULE_REGEX_I) != 0 ? PCRE2_CASELESS : 0U),
                                     &error, &at, NULL);
    pcre2_code_free(code);
    return code != NULL;
}

/* The text folded as the language folds it; the text itself where that leaves nothing. */
static void put_folded(struct arena *arena, enum text_view_kind view, struct str text,
                       struct buf *out)
{
    struct err err = ERR_NONE;
    struct str folded;
    if (text.len > 0 && view != TEXT_RAW && text_fold_literal(view, text, arena, &folded, &err)) {
        buf_put_str(out, folded);
    } else {
        buf_put_str(out, text);
    }
}

static void put_glob(struct decisions *in, struct arena *arena, enum text_view_kind view,
                     struct buf *out)
{
    static const char *const wild[] = {"", "*", "*", "*", "?", "*?", "**"};
    unsigned pieces = decide(in, 4);
    buf_put_string(out, wild[decide(in, 7)]);
    for (unsigned i = 0; i < pieces; i++) {
        struct buf piece = BUF_EMPTY;
        put_text(in, &piece, 3);
        put_folded(arena, view, buf_str(&piece), out);
        buf_fini(&piece);
        buf_put_string(out, wild[decide(in, 7)]);
    }
}

static void put_pattern(struct decisions *in, struct arena *arena, const struct rule_atom *atom,
                        struct buf *out)
{
    static const char *const ranges[] = {"10.0.0.0/8",    "10.0.0.1", "0.0.0.0/0",
                                         "2001:db8::/32", "::/0",     "fe80::/10"};
    struct buf text = BUF_EMPTY;
    switch (atom->op) {
    case RULE_GLOB:
        put_glob(in, arena, atom->view, out);
        break;
    case RULE_WORDS:
        put_text(in, &text, 3);
        put_folded(arena, atom->view, buf_str(&text), out);
        break;
    case RULE_REGEX:
        put_regex(in, out, 0);
        if (!compiles(buf_str(out), atom->flags)) {
            buf_clear(out);
            put_word(in, out);
        }
        break;
    case RULE_EXISTS:
        buf_put_string(out, decide(in, 2) == 0 ? "true" : "false");
        break;
    case RULE_CIDR:
        buf_put_string(out, ranges[decide(in, sizeof ranges / sizeof *ranges)]);
        break;
    case RULE_NULL:
    case RULE_COMPARE:
    case RULE_FIELDREF:
        break;
    }
    buf_fini(&text);
}

static const struct rule_node *make_atom(struct decisions *in, struct builder *builder)
{
    static const char *const fields[] = {
        "text",        "text",      "text",        "title", "text",   "link.url", "link.host",
        "link.domain", "link.path", "author_name", "lang",  "source", "nothing"};
    static const enum rule_op ops[] = {RULE_GLOB, RULE_WORDS,  RULE_REGEX, RULE_REGEX,
                                       RULE_GLOB, RULE_EXISTS, RULE_CIDR};
    const char *field = fields[decide(in, sizeof fields / sizeof *fields)];
    struct rule_atom atom = {.view = decide(in, TEXT_VIEW_KINDS), .op = ops[decide(in, 7)]};
    atom.flags = atom.op == RULE_REGEX ? decide(in, 8) : 0;
    atom.view = atom.op == RULE_EXISTS || atom.op == RULE_CIDR ? TEXT_RAW : atom.view;
    struct buf pattern = BUF_EMPTY;
    struct arena *arena = arena_new(1 << 20);
    put_pattern(in, arena, &atom, &pattern);
    const struct rule_node *node =
        builder_atom(builder, field, atom.view, atom.op, atom.flags, buf_str(&pattern));
    arena_free(arena);
    buf_fini(&pattern);
    return node;
}

static const struct rule_node *make_condition(struct decisions *in, struct builder *builder,
                                              unsigned depth)
{
    unsigned kind = decide(in, 8);
    if (kind < 4 || depth > 3) {
        return make_atom(in, builder);
    }
    const struct rule_node *children[4];
    size_t count = kind == 4 ? 1 : 1 + decide(in, 4);
    for (size_t i = 0; i < count; i++) {
        children[i] = make_condition(in, builder, depth + 1);
    }
    enum rule_node_kind join = kind == 4 ? RULE_NODE_NOT : kind == 5 ? RULE_NODE_OR : RULE_NODE_AND;
    return builder_node(builder, join, children, count);
}

void generate_rules(struct decisions *decisions, struct builder *builder, size_t most)
{
    size_t count = 1 + decide(decisions, most < 256 ? (unsigned)most : 256);
    for (size_t i = 0; i < count; i++) {
        enum rule_class class = decide(decisions, 4) == 0 ? RULE_PROCEDURE : RULE_FRAUD;
        builder_rule(builder, class, make_condition(decisions, builder, 0));
    }
}

static struct str make_text(struct decisions *in, struct arena *arena, unsigned most)
{
    struct buf text = BUF_EMPTY;
    put_text(in, &text, most);
    struct str copy = {.len = text.len};
    copy.at = arena_copy(arena, text.len > 0 ? text.bytes : "", text.len);
    buf_fini(&text);
    if (copy.at == NULL) {
        abort();
    }
    return copy;
}

struct post generate_post(struct decisions *decisions, struct arena *arena)
{
    struct post post = POST_EMPTY;
    post.fields[POST_TITLE] = make_text(decisions, arena, 4);
    post.fields[POST_TEXT] = make_text(decisions, arena, 24);
    post.fields[POST_AUTHOR_NAME] = make_text(decisions, arena, 3);
    post.lang = decide(decisions, 2) == 0 ? STR("id") : STR("");
    post.source = make_text(decisions, arena, 1);
    post.link_count = decide(decisions, 3);
    struct str *links = arena_array(arena, 3, sizeof *links);
    if (links == NULL) {
        abort();
    }
    for (size_t i = 0; i < post.link_count; i++) {
        links[i] = decide(decisions, 3) == 0 ? make_text(decisions, arena, 2)
                                             : str_of(words[WORDS - 12 + decide(decisions, 4)]);
    }
    post.links = links;
    return post;
}
