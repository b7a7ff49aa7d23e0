#include "filter/rule/approximate.h"

enum {
    MAX_PATTERN = 16000, /* Hyperscan's own limit is near */
    MAX_LEAST = 32,      /* repeats beyond cost it much and tell us little */
    MAX_MOST = 64,
};

static void put_range(struct buf *out, unsigned from, unsigned to)
{
    buf_printf(out, from == to ? "\\x%02x" : "\\x%02x-\\x%02x", from, to);
}

/* The bytes of the set's characters, or of the one beyond ASCII, as a class. */
static void put_set(struct buf *out, const struct rule_syntax *set)
{
    buf_put_char(out, '[');
    for (unsigned c = 0; c < 0x80;) {
        unsigned start = c;
        while (c < 0x80 && rule_syntax_has(set, (unsigned char)c)) {
            c++;
        }
        if (c > start) {
            put_range(out, start, c - 1);
        } else {
            c++;
        }
    }
    if (set->wide || set->code != 0) {
        put_range(out, 0x80, 0xff);
    }
    buf_put_char(out, ']');
}

static void put_counts(struct buf *out, size_t least, size_t most)
{
    if (least > MAX_LEAST) {
        least = MAX_LEAST;
        most = RULE_SYNTAX_ENDLESS;
    }
    if (most > MAX_MOST) {
        buf_printf(out, "{%zu,}", least);
    } else {
        buf_printf(out, "{%zu,%zu}", least, most);
    }
}

static void put_tree(struct buf *out, const struct rule_syntax *node);

static void put_repeat(struct buf *out, const struct rule_syntax *node)
{
    const struct rule_syntax *child = node->children[0];
    if (child->kind == RULE_SYNTAX_SET) { /* one character is one to four bytes of the class */
        bool beyond = child->wide || child->code != 0;
        put_set(out, child);
        put_counts(out, node->least,
                   beyond && node->most <= MAX_MOST ? 4 * node->most : node->most);
        return;
    }
    buf_put_string(out, "(?:");
    put_tree(out, child);
    buf_put_char(out, ')');
    put_counts(out, node->least, node->most);
}

static void put_choice(struct buf *out, const struct rule_syntax *node)
{
    buf_put_string(out, "(?:");
    for (size_t i = 0; i < node->child_count && out->len < MAX_PATTERN; i++) {
        if (i > 0) {
            buf_put_char(out, '|');
        }
        put_tree(out, node->children[i]);
    }
    buf_put_char(out, ')');
}

static void put_tree(struct buf *out, const struct rule_syntax *node)
{
    if (out->len >= MAX_PATTERN || node->max_bytes == 0) {
        return;
    }
    switch (node->kind) {
    case RULE_SYNTAX_SET:
        put_set(out, node);
        if (node->wide || node->code != 0) {
            buf_put_string(out, "{1,4}");
        }
        break;
    case RULE_SYNTAX_ASSERT:
    case RULE_SYNTAX_BOUNDARY:
        break;
    case RULE_SYNTAX_SEQUENCE:
        for (size_t i = 0; i < node->child_count; i++) {
            put_tree(out, node->children[i]);
        }
        break;
    case RULE_SYNTAX_CHOICE:
        put_choice(out, node);
        break;
    case RULE_SYNTAX_REPEAT:
        put_repeat(out, node);
        break;
    case RULE_SYNTAX_ANYTHING:
        buf_put_string(out, "[\\x00-\\xff]*");
        break;
    }
}

bool rule_approximate(const struct rule_syntax *tree, struct buf *out)
{
    buf_clear(out);
    if (tree->min_bytes == 0) {
        return false;
    }
    put_tree(out, tree);
    return out->len < MAX_PATTERN;
}
