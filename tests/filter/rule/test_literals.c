/* The scan for literals against memmem, for sets and texts of all sizes. */
#include "filter/rule/literals.h"

#include <stdlib.h>

#include "filter/base/mem.h"
#include "tests/filter/test.h"

struct set_case {
    const char *name;
    size_t literals, longest;
    unsigned letters; /* the alphabet's size */
};

static const struct set_case set_cases[] = {
    {"one letter each", 2, 1, 2},
    {"two letters", 6, 2, 2},
    {"up to three", 12, 3, 2},
    {"up to four", 20, 4, 2},
    {"up to eight", 100, 8, 2},
    {"up to nine", 200, 9, 2},
    {"up to twenty", 300, 20, 2},
    {"all bytes", 500, 12, 256},
    {"many that share windows", 3000, 30, 3},
    {"many", 20000, 16, 26},
};

static uint64_t state = 1;

static unsigned pick(unsigned below)
{
    state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (unsigned)(state >> 33) % below;
}

static void fill(char *out, size_t len, unsigned letters)
{
    for (size_t i = 0; i < len; i++) {
        out[i] = (char)(letters == 256 ? pick(256) : 'a' + pick(letters));
    }
}

static int compare_str(const void *a, const void *b)
{
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

/* A set of distinct literals; the last byte of memory they lie in is the last of one. */
static size_t make_literals(const struct set_case *c, char *bytes, struct str *literals)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->literals; i++) {
        size_t len = 1 + pick((unsigned)c->longest);
        fill(bytes, len, c->letters);
        literals[i] = (struct str){.at = bytes, .len = len};
        bytes += len;
    }
    qsort(literals, c->literals, sizeof *literals, compare_str);
    for (size_t i = 0; i < c->literals; i++) {
        if (kept == 0 || !str_equal(literals[i], literals[kept - 1])) {
            literals[kept++] = literals[i];
        }
    }
    return kept;
}

struct seen {
    uint64_t count, sum;
};

static void note(struct seen *seen, uint32_t literal, uint32_t at)
{
    seen->count++;
    seen->sum += (literal + 1) * UINT64_C(0x9e3779b97f4a7c15) ^ at * UINT64_C(0xff51afd7ed558ccd);
}

static void found(void *context, const struct rule_literal_hit *hits, size_t count)
{
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        note(context, hits[i].literal, hits[i].at);
    }
}

static void scan(void **case_of)
{
    const struct set_case *c = *case_of;
    char *bytes = mem_alloc(c->literals * c->longest);
    struct str *literals = mem_alloc(c->literals * sizeof *literals);
    size_t count = make_literals(c, bytes, literals);
    struct rule_literals *set = rule_literals_build(literals, count);
    for (size_t len = 0; len < 700; len = len < 40 ? len + 1 : len * 2) {
        char *text = mem_alloc(len); /* of just that size, so that ASan sees reading past it */
        struct seen ours = {.count = 0}, theirs = {.count = 0};
        fill(text, len, c->letters);
        struct str last = literals[pick((unsigned)count)];
        if (last.len <= len) { /* one at the very end */
            memcpy(text + len - last.len, last.at, last.len);
        }
        rule_literals_scan(set, (struct str){.at = text, .len = len}, found, &ours);
        for (size_t i = 0; i < count; i++) {
            for (size_t at = 0; at + literals[i].len <= len; at++) {
                if (memcmp(text + at, literals[i].at, literals[i].len) == 0) {
                    note(&theirs, (uint32_t)i, (uint32_t)at);
                }
            }
        }
        assert_int_equal(ours.count, theirs.count);
        assert_true(ours.sum == theirs.sum);
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
