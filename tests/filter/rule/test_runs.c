/* Which run of byte sets a regex is looked for by, and the scan for many of them at once. */
#include "filter/rule/runs.h"

#include <stdlib.h>

#include "filter/base/buf.h"
#include "filter/base/mem.h"
#include "filter/rule/program.h"
#include "filter/rule/witness.h"
#include "tests/filter/test.h"

struct find_case {
    const char *name;
    struct str pattern;
    const char *run; /* sets, "+" in one: beyond ASCII; @ the lead; NULL: none that is rare */
};

static const struct find_case find_cases[] = {
    {"a digit may be beyond ASCII", STR("x\\d"), "[x][0-9+]@0"},
    {"behind it one of its bytes stands", STR("\\d[xy]"), "[0-9+][xy]@0-3"},
    {"a first repeat is as good as its last copy", STR("[a-c]+\\d"), "[abc][0-9+]@0"},
    {"or copies", STR("[a-c]{2,}\\d"), "[abc][abc][0-9+]@0"},
    {"or none", STR("[a-c]*\\dx"), "[0-9+][x]@0-3"},
    {"not if it keeps what it has", STR("[a-c]++\\d"), "[abc][0-9+]@0-far"},
    {"nor in a group that does", STR("(?>[a-c]+)\\d"), "[abc][0-9+]@0-far"},
    {"nor if something refers back to it", STR("([a-c]+)\\d\\1"), "[abc][0-9+]@0-far"},
    {"nor if it is not the first", STR("[aiueo][a-c]+\\d"), "[abceiou][abc][0-9+]@0-far"},
    {"what may stand before the last of many", STR("[q][0-5]{1,3}z"), "[0-5q][0-5][z]@0-2"},
    {"digits and letters", STR("[a-c]+\\d{2,3}[xy]{3}"), "[0-9abc+][0-9+][0-9+][xy][xy][xy]@0-10"},
    {"copies of a group", STR("(?:[q][0-5]){2}"), "[q][0-5][q][0-5]@0"},
    {"a group without an end", STR("(?:[q][0-5])+x"), "[q][0-5]@0"},
    {"boundaries take no place", STR("[q]\\b[0-5]"), "[q][0-5]@0"},
    {"a letter beyond ASCII: k and s may be its capital's", STR("[qé]x"), "[kqs+][x]@0-3"},
    {"alternatives end a run", STR("[q](?:a|bc)[0-5]x"), "[0-5][x]@2-3"},
    {"letters alone are too frequent to look for", STR("[aiueo][nktm]"), NULL},
    {"nothing that must be there", STR("[q]*"), NULL},
};

static void put_set(const struct rule_byte_set *set, struct buf *out)
{
    buf_put_char(out, '[');
    for (unsigned c = 0; c < 128; c++) {
        unsigned from = c;
        while (c < 128 && (set->bits[c >> 6] >> (c & 63) & 1) != 0) {
            c++;
        }
        if (c - from > 3) {
            buf_printf(out, "%c-%c", (char)from, (char)(c - 1));
        } else {
            for (unsigned i = from; i < c; i++) {
                buf_put_char(out, (char)i);
            }
        }
    }
    buf_put_string(out, (set->bits[2] | set->bits[3]) != 0 ? "+]" : "]");
}

static void find_run(void **case_of)
{
    const struct find_case *c = *case_of;
    struct arena *arena = arena_new(1 << 20);
    struct buf shown = BUF_EMPTY;
    struct rule_run run;
    bool exact;
    const struct rule_syntax *tree =
        rule_syntax_parse(c->pattern, RULE_REGEX_I, TEXT_FOLDED, arena, &exact);
    assert_non_null(tree);
    bool found = rule_run_find(tree, c->pattern, &run);
    for (size_t i = 0; found && i < run.count; i++) {
        put_set(&run.sets[i], &shown);
    }
    if (found) {
        buf_printf(&shown, "@%u", run.lead_min);
    }
    if (found && run.lead_max == RULE_WITNESS_FAR) {
        buf_put_string(&shown, "-far");
    } else if (found && run.lead_max != run.lead_min) {
        buf_printf(&shown, "-%u", run.lead_max);
    }
    if (c->run == NULL) {
        assert_false(found);
    } else {
        assert_true(found);
        assert_string_equal(shown.bytes, c->run);
    }
    buf_fini(&shown);
    arena_free(arena);
}

static uint64_t state = 1;

static unsigned pick(unsigned below)
{
    state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (unsigned)(state >> 33) % below;
}

struct scan_case {
    const char *name;
    size_t runs;
    unsigned members; /* of a set, of all bytes or of a few letters */
    bool letters;
};

static const struct scan_case scan_cases[] = {
    {"one", 1, 3, true},
    {"some", 40, 2, true},
    {"more than a word of bits", 700, 2, true},
    {"sets of any bytes", 300, 60, false},
    {"rare ones", 300, 4, false},
};

static bool has(const struct rule_run *run, size_t i, unsigned char byte)
{
    return (run->sets[i].bits[byte >> 6] >> (byte & 63) & 1) != 0;
}

struct seen {
    uint64_t count, sum;
};

static void note(void *context, uint32_t run, size_t at)
{
    struct seen *seen = context;
    seen->count++;
    seen->sum += (run + 1) * UINT64_C(0x9e3779b97f4a7c15) ^ at * UINT64_C(0xff51afd7ed558ccd);
}

static void look(const struct rule_run *runs, size_t count, struct str text, struct seen *seen)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t at = 0; at + runs[i].count <= text.len; at++) {
            size_t same = 0;
            while (same < runs[i].count && has(&runs[i], same, (unsigned char)text.at[at + same])) {
                same++;
            }
            if (same == runs[i].count) {
                note(seen, (uint32_t)i, at);
            }
        }
    }
}

static void scan(void **case_of)
{
    const struct scan_case *c = *case_of;
    struct rule_run *of = mem_zero(c->runs, sizeof *of);
    for (size_t i = 0; i < c->runs; i++) {
        of[i].count = 1 + pick(RULE_RUN_MAX);
        for (size_t k = 0; k < of[i].count; k++) {
            for (unsigned m = 0; m < c->members; m++) {
                unsigned byte = c->letters ? 'a' + pick(5) : pick(256);
                of[i].sets[k].bits[byte >> 6] |= UINT64_C(1) << (byte & 63);
            }
        }
    }
    struct rule_runs *runs = rule_runs_build(of, c->runs);
    for (size_t len = 0; len < 400; len = len < 80 ? len + 1 : len * 5 / 4) {
        char *text = mem_alloc(len); /* of just that size, so that ASan sees reading past it */
        struct seen ours = {.count = 0}, plain = {.count = 0}, theirs = {.count = 0};
        for (size_t i = 0; i < len; i++) {
            text[i] = (char)(c->letters ? 'a' + pick(5) : pick(256));
        }
        struct str all = {.at = text, .len = len};
        rule_runs_scan(runs, all, note, &ours);
        rule_runs_scan_portably(runs, all, note, &plain);
        look(of, c->runs, all, &theirs);
        assert_int_equal(ours.count, theirs.count);
        assert_true(ours.sum == theirs.sum);
        assert_int_equal(plain.count, theirs.count);
        assert_true(plain.sum == theirs.sum);
        free(text);
    }
    assert_true(rule_runs_bytes(runs) > 0);
    rule_runs_free(runs);
    free(of);
}

int main(void)
{
    return RUN_CASES("rule_run_find", find_cases, find_run) +
           RUN_CASES("rule_runs_scan", scan_cases, scan);
}
