/* The scan for literals against memmem, for sets and texts of all sizes. */
#include "filter/rule/literals.h"

#include <ctype.h>
#include <stdlib.h>

#include "filter/base/mem.h"
#include "tests/filter/test.h"

struct set_case {
    const char *name;
    size_t literals, longest;
    const char *alphabet; /* NULL: all bytes */
    bool words;           /* some are asked for as words only */
};

static const char letters[] = "abcdefghijklmnopqrstuvwxyz";

static const struct set_case set_cases[] = {
    {"one letter each", 2, 1, "ab", false},
    {"two letters", 6, 2, "ab", false},
    {"up to three", 12, 3, "ab", false},
    {"up to four", 20, 4, "ab", false},
    {"up to six", 60, 6, "ab", false},
    {"up to eight", 100, 8, "ab", false},
    {"up to nine", 200, 9, "ab", false},
    {"up to twenty", 300, 20, "ab", false},
    {"all bytes", 500, 12, NULL, false},
    {"words of all bytes", 500, 3, NULL, true},
    {"words in phrases", 300, 30, "ab ", false},
    {"words by themselves", 300, 10, "ab  ", true},
    {"words with signs and marks", 1000, 20, "abZ9_ .\xc3\xa9", true},
    {"long words", 500, 20, "aaaaaaaaaaab ", true},
    {"many that share windows", 3000, 30, "abc", false},
    {"many", 20000, 16, letters, false},
    {"many words", 20000, 16, "abcdefghijklmnopqrstuvwxyz    ", true},
};

static uint64_t state = 1;

static unsigned pick(unsigned below)
{
    state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (unsigned)(state >> 33) % below;
}

static void fill(char *out, size_t len, const char *alphabet)
{
    for (size_t i = 0; i < len; i++) {
        out[i] = alphabet == NULL ? (char)pick(256) : alphabet[pick((unsigned)strlen(alphabet))];
    }
}

static int compare_literals(const void *a, const void *b)
{
    const struct rule_literal *x = a, *y = b;
    return str_compare(x->text, y->text);
}

/* A set of distinct literals; the last byte of memory they lie in is the last of one. */
static size_t make_literals(const struct set_case *c, char *bytes, struct rule_literal *literals)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->literals; i++) {
        size_t len = 1 + pick((unsigned)c->longest);
        fill(bytes, len, c->alphabet);
        literals[i] = (struct rule_literal){.text = {.at = bytes, .len = len},
                                            .starts_word = c->words && pick(4) != 0,
                                            .ends_word = c->words && pick(4) != 0};
        bytes += len;
    }
    qsort(literals, c->literals, sizeof *literals, compare_literals);
    for (size_t i = 0; i < c->literals; i++) {
        if (kept == 0 || !str_equal(literals[i].text, literals[kept - 1].text)) {
            literals[kept++] = literals[i];
        }
    }
    return kept;
}

/* What is found in a text, as a number and a sum that does not depend on the order. */
struct seen {
    const struct rule_literal *literals;
    struct str text;
    uint64_t count, sum;
};

static bool is_word(struct str text, size_t at)
{
    unsigned char c = (unsigned char)(at < text.len ? text.at[at] : ' ');
    return c < 0x80 && (isalnum(c) || c == '_');
}

/* Counts a place, unless nobody asks for it. */
static void note(struct seen *seen, uint32_t number, size_t at)
{
    const struct rule_literal *literal = &seen->literals[number];
    if ((literal->starts_word && at > 0 && is_word(seen->text, at - 1)) ||
        (literal->ends_word && is_word(seen->text, at + literal->text.len))) {
        return;
    }
    seen->count++;
    seen->sum += (number + 1) * UINT64_C(0x9e3779b97f4a7c15) ^ at * UINT64_C(0xff51afd7ed558ccd);
}

static void found(void *context, const struct rule_literal_hit *hits, size_t count)
{
    struct seen *seen = context;
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        struct str literal = seen->literals[hits[i].literal].text;
        assert_true(str_starts(str_part(seen->text, hits[i].at, seen->text.len), literal));
        note(context, hits[i].literal, hits[i].at);
    }
}

static void look(struct seen *seen, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct str literal = seen->literals[i].text;
        for (size_t at = 0; at + literal.len <= seen->text.len; at++) {
            if (memcmp(seen->text.at + at, literal.at, literal.len) == 0) {
                note(seen, (uint32_t)i, at);
            }
        }
    }
}

static void scan(void **case_of)
{
    const struct set_case *c = *case_of;
    char *bytes = mem_alloc(c->literals * c->longest);
    struct rule_literal *literals = mem_alloc(c->literals * sizeof *literals);
    size_t count = make_literals(c, bytes, literals);
    struct rule_literals *set = rule_literals_build(literals, count);
    for (size_t len = 0; len < 700; len = len < 80 ? len + 1 : len * 9 / 8) {
        char *text = mem_alloc(len); /* of just that size, so that ASan sees reading past it */
        struct seen ours = {.literals = literals, .text = {.at = text, .len = len}};
        fill(text, len, c->alphabet);
        struct str last = literals[pick((unsigned)count)].text;
        if (last.len <= len) { /* one at the very end */
            memcpy(text + len - last.len, last.at, last.len);
        }
        struct seen plain = ours, theirs = ours;
        rule_literals_scan(set, ours.text, found, &ours);
        rule_literals_scan_portably(set, ours.text, found, &plain);
        look(&theirs, count);
        assert_int_equal(ours.count, theirs.count);
        assert_true(ours.sum == theirs.sum);
        assert_int_equal(plain.count, theirs.count);
        assert_true(plain.sum == theirs.sum);
        free(text);
    }
    assert_true(rule_literals_bytes(set) > 0);
    rule_literals_free(set);
    free(literals);
    free(bytes);
}

int main(void)
{
    return RUN_CASES("rule_literals_scan", set_cases, scan);
}
