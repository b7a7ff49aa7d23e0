/* Which literals a pattern is looked for by: a wrong one is a match that nobody sees. */
#include "filter/rule/witness.h"

#include "filter/base/buf.h"
#include "tests/filter/test.h"

struct witness_case {
    const char *name;
    enum text_view_kind view;
    unsigned flags;
    struct str pattern;
    const char
        *witness; /* "'literal'@lead" …, "~" before: case made small, "=": complete, "<>": also */
};

#define FOLDED TEXT_FOLDED, RULE_REGEX_I
#define RAW TEXT_RAW, 0
#define RAW_I TEXT_RAW, RULE_REGEX_I

static const struct witness_case witness_cases[] = {
    {"a word", FOLDED, STR("kpu"), "='kpu'"},
    {"white space of folded text is one blank", FOLDED, STR("kpu\\s+ri"), "='kpu ri'"},
    {"or none", FOLDED, STR("kpu\\s*ri"), "='kpuri''kpu ri'"},
    {"or two, which there are not", FOLDED, STR("kpu\\s{1,3}ri"), "='kpu ri'"},
    {"white space of raw text is many things", RAW, STR("kpu\\s+resmi"), "'kpu'@0>'resmi'"},
    {"capitals are not in folded text", FOLDED, STR("KPU"), "='kpu'"},
    {"boundaries", FOLDED, STR("\\bkpu\\b"), "='\\bkpu\\b'"},
    {"boundaries of some alternatives", FOLDED, STR("\\bkpu|bawaslu\\b"), "='\\bkpu''bawaslu\\b'"},
    {"alternatives multiply out", FOLDED, STR("(?:kpu|kpud)\\s+(?:ri|jatim)"),
     "='kpu ri''kpu jatim''kpud ri''kpud jatim'"},
    {"a class multiplies out", FOLDED, STR("p[i1]lkada"), "='p1lkada''pilkada'"},
    {"too many do not", FOLDED, STR("[abc][abc][abc]verifikasi"),
     "'averifikasi''bverifikasi''cverifikasi'@2"},
    {"what may be left out", FOLDED, STR("hoaks?"), "='hoak''hoaks'"},
    {"a gap", FOLDED, STR("a.{0,10}zakat"), "'zakat'@1-41<'a'"},
    {"the rarer of two, and the other too", FOLDED, STR("yang.{0,40}verifikasi"),
     "'verifikasi'@4-164<'yang'"},
    {"a gap without an end", FOLDED, STR("zakat.*x"), "'zakat'@0>'x'"},
    {"behind a gap that comes first, which may as well be empty", FOLDED, STR(".*zakat"),
     "'zakat'@0"},
    {"behind a repeat that comes first", FOLDED, STR("\\w+zakat"), "'zakat'@1-4"},
    {"behind a repeat that keeps what it has", FOLDED, STR("\\w++\\s+zakat"), "' zakat'@1-far"},
    {"behind a repeat that is referred back to", FOLDED, STR("(\\w+) zakat \\1"),
     "' zakat '@1-far"},
    {"behind a gap without an end", FOLDED, STR("[ab].*zakat"), "'zakat'@1-far"},
    {"repeated", FOLDED, STR("(?:haha){2,}"), "'hahahaha'@0"},
    {"perhaps never there", FOLDED, STR("(?:kpu)*"), NULL},
    {"one alternative has none", FOLDED, STR("kpu|\\d+"), NULL},
    {"alternatives with gaps", FOLDED, STR("kpu.*x1|bawaslu.*x2"), "'kpu''bawaslu'@0"},
    {"an optional group", FOLDED, STR("(?:kpu)?resmi"), "='resmi''kpuresmi'"},
    {"look-ahead says nothing", FOLDED, STR("(?=kpu)\\w+"), NULL},
    {"beside look-behind", FOLDED, STR("(?<=no )nik"), "'nik'@0"},
    {"a back-reference may be anything", FOLDED, STR("(a|b)zakat\\1"), "'azakat''bzakat'@0"},
    {"atomic", FOLDED, STR("(?>kpu|kpud)x"), "'kpux''kpudx'@0"},
    {"possessive", FOLDED, STR("kpud?+x"), "'kpux''kpudx'@0"},
    {"k and s are others too in raw text without case", RAW_I, STR("kebijaksanaan"),
     "~'ebija'@1-4>'anaan'"},
    {"raw text without case", RAW_I, STR("Pilih"), "~'pilih'@0"},
    {"raw text with case", RAW, STR("Pilih"), "='Pilih'"},
    {"case changes within", RAW, STR("(?i)pilih"), "'PILI'"},
    {"beyond ASCII with case", RAW, STR("café"), "='café'"},
    {"beyond ASCII without case", FOLDED, STR("caféx"), "'caf'@0>'x'"},
    {"a property may be anything", FOLDED, STR("\\p{Lu}zakat"), "'zakat'@1-4"},
    {"not a property may be anything", FOLDED, STR("[^\\P{L}]zakat"), "'zakat'@1-4"},
    {"hexadecimal", FOLDED, STR("\\x6bpu"), "='kpu'"},
    {"verbs", FOLDED, STR("kpu(*ACCEPT)x"), NULL},
    {"recursion", FOLDED, STR("kpu(?R)?"), NULL},
    {"\\K", FOLDED, STR("kpu\\Kri"), NULL},
    {"quoted", FOLDED, STR("\\Qkpu\\E"), NULL},
    {"conditional", FOLDED, STR("(a)?(?(1)kpu|kpu)"), NULL},
    {"extended", FOLDED, STR("(?x) kpu ri"), NULL},
    {"a brace that may be a repeat", FOLDED, STR("kpu{,3}"), NULL},
};

static void put_literal(const struct rule_witness *witness, size_t i, struct buf *out)
{
    const struct rule_witness_literal *literal = &witness->literals[i];
    buf_printf(out, "'%s%.*s%s'", literal->boundary_before ? "\\b" : "", STR_FORMAT(literal->bytes),
               literal->boundary_after ? "\\b" : "");
    bool same = i + 1 < witness->count && literal->lead_min == witness->literals[i + 1].lead_min &&
                literal->lead_max == witness->literals[i + 1].lead_max;
    if (witness->complete || same) {
        return;
    }
    buf_printf(out, "@%u", literal->lead_min);
    if (literal->lead_max == RULE_WITNESS_FAR) {
        buf_put_string(out, "-far");
    } else if (literal->lead_max != literal->lead_min) {
        buf_printf(out, "-%u", literal->lead_max);
    }
}

static void find_witness(void **state)
{
    const struct witness_case *c = *state;
    struct rule_atom atom = {
        .view = c->view, .op = RULE_REGEX, .flags = c->flags, .pattern = c->pattern};
    struct arena *arena = arena_new(1 << 20);
    struct rule_witness witness = {.count = 0};
    struct buf shown = BUF_EMPTY;
    bool exact;
    const struct rule_syntax *tree =
        rule_syntax_parse(c->pattern, c->flags, c->view, arena, &exact);
    bool found = tree != NULL && rule_witness_find(&atom, tree, exact, arena, &witness);
    buf_put_string(&shown, witness.caseless ? "~" : "");
    buf_put_string(&shown, witness.complete ? "=" : "");
    for (size_t i = 0; i < witness.count; i++) {
        put_literal(&witness, i, &shown);
    }
    if (witness.also.len > 0) {
        buf_printf(&shown, "%c'%.*s'", witness.also_behind ? '>' : '<', STR_FORMAT(witness.also));
    }
    if (c->witness == NULL) {
        if (found) {
            fail_msg("found %s", shown.bytes);
        }
    } else if (strcmp(c->name, "case changes within") == 0) {
        assert_true(found); /* whichever of the sixteen it is */
    } else {
        assert_string_equal(shown.bytes, c->witness);
    }
    buf_fini(&shown);
    arena_free(arena);
}

/* A pattern whose walk would take for ever ends, with a tree that says less. */
static void nested_repeats(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 24);
    struct buf pattern = BUF_EMPTY;
    struct rule_witness witness;
    bool exact;
    for (int i = 0; i < 40; i++) {
        buf_put_string(&pattern, "(?:a|");
    }
    buf_put_string(&pattern, "b");
    for (int i = 0; i < 40; i++) {
        buf_put_string(&pattern, "c*){8}");
    }
    struct rule_atom atom = {.view = TEXT_FOLDED, .op = RULE_REGEX, .pattern = buf_str(&pattern)};
    const struct rule_syntax *tree = rule_syntax_parse(atom.pattern, 0, TEXT_FOLDED, arena, &exact);
    assert_non_null(tree);
    (void)!rule_witness_find(&atom, tree, exact, arena, &witness);
    buf_fini(&pattern);
    arena_free(arena);
}

int main(void)
{
    static const struct CMUnitTest others[] = {cmocka_unit_test(nested_repeats)};
    return RUN_CASES("rule_witness_find", witness_cases, find_witness) +
           cmocka_run_group_tests_name("limits", others, NULL, NULL);
}
