/*
 * The engine answers as the naive evaluator does: on generated rules and posts, and on the
 * Indonesian corpora with the rules that we ship. And what the witnesses rest on: what folded text
 * never has, and which letters are the same without case.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feeds/csv.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"
#include "filter/rule/set.h"
#include "filter/rule/syntax.h"
#include "tests/filter/rule/generate.h"
#include "tests/filter/rule/naive.h"
#include "tests/filter/test.h"

enum { SEEDS = 250, POSTS_A_SEED = 6, BYTES = 6000, MAX_RULES = 8 };

static void generated(void **state)
{
    (void)state;
    struct rule_matcher *matcher = rule_matcher_new();
    uint8_t *bytes = mem_alloc(BYTES);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        uint64_t random = seed * UINT64_C(0x9e3779b97f4a7c15);
        for (size_t i = 0; i < BYTES; i++) {
            random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
            bytes[i] = (uint8_t)(random >> 40);
        }
        struct decisions decisions = {.bytes = bytes, .len = BYTES};
        struct builder *builder = builder_new();
        struct arena *arena = arena_new(1 << 24);
        struct err err = ERR_NONE;
        generate_rules(&decisions, builder, MAX_RULES);
        struct rule_engine *engine = rule_engine_build(builder_program(builder), &err);
        struct naive *naive = naive_new(builder_program(builder));
        for (int i = 0; i < POSTS_A_SEED; i++) {
            struct post post = generate_post(&decisions, arena);
            struct buf why = BUF_EMPTY;
            if (!naive_agrees(naive, engine, matcher, &post, &why)) {
                fail_msg("seed %d: %s", (int)seed, why.bytes);
            }
            buf_fini(&why);
        }
        naive_free(naive);
        rule_engine_free(engine);
        arena_free(arena);
        builder_free(builder);
    }
    free(bytes);
    rule_matcher_free(matcher);
}

static struct rule_set *load_shipped(void)
{
    static const char *const folders[] = {"rules", NULL};
    struct err err = ERR_NONE;
    struct rule_set_options options = {.folders = folders, .clock = clock_fixed(1795600000000)};
    struct rule_set *set = rule_set_load(&options, &err);
    if (set == NULL) {
        char message[800];
        fail_msg("%s", err_format(&err, message, sizeof message));
    }
    return set;
}

/* Every `step`th row of the file. */
static void agree_on_corpus(const char *path, const char *column, size_t step)
{
    struct err err = ERR_NONE;
    struct buf bytes = BUF_EMPTY;
    struct str row;
    size_t lines, rows = 0;
    if (!file_read(path, 256 << 20, &bytes, &err)) {
        skip();
    }
    struct rule_set *set = load_shipped();
    struct rule_engine *engine = rule_engine_build(rule_set_program(set), &err);
    struct naive *naive = naive_new(rule_set_program(set));
    struct rule_matcher *matcher = rule_matcher_new();
    struct feeds_csv_header *header = NULL;
    struct feeds_csv *csv = NULL;
    struct str rest = buf_str(&bytes);
    while (feeds_csv_cut(&rest, true, &row, &lines) == FEEDS_CSV_ROW) {
        struct post post;
        struct err bad = ERR_NONE;
        if (header == NULL) {
            header = feeds_csv_header_new(row, column, &err);
            assert_non_null(header);
            csv = feeds_csv_new(header);
        } else if (rows++ % step == 0 && feeds_csv_read(csv, row, &post, &bad)) {
            struct buf why = BUF_EMPTY;
            if (!naive_agrees(naive, engine, matcher, &post, &why)) {
                fail_msg("row %zu: %s", rows, why.bytes);
            }
            buf_fini(&why);
        }
    }
    assert_true(rows > 1000);
    feeds_csv_free(csv);
    feeds_csv_header_free(header);
    rule_matcher_free(matcher);
    naive_free(naive);
    rule_engine_free(engine);
    rule_set_unref(set);
    buf_fini(&bytes);
}

static void ordinary_posts(void **state)
{
    (void)state;
    agree_on_corpus("../shared/corpora/indonesia/ordinary_posts.dev.csv", "text", 11);
}

static void narratives(void **state)
{
    (void)state;
    agree_on_corpus("../shared/corpora/indonesia/hoax_narratives.dev.csv", "text", 5);
}

/* Whether folded text keeps the promises of rule_syntax_parse. */
static bool keeps_promises(struct str view)
{
    for (size_t i = 0; i < view.len; i++) {
        unsigned char c = (unsigned char)view.at[i];
        bool blank = c == ' ';
        if ((c >= 'A' && c <= 'Z') || (c >= '\t' && c <= '\r') ||
            (blank && i + 1 < view.len && view.at[i + 1] == ' ')) {
            return false;
        }
    }
    return memmem(view.at, view.len, "\u212a", 3) == NULL &&
           memmem(view.at, view.len, "\u017f", 2) == NULL;
}

/* Each code point alone, between letters, blanks and itself: what \s+ and letters rest on. */
static void folded_text(void **state)
{
    (void)state;
    struct text_fold *fold = text_fold_new(1 << 10);
    int number;
    PCRE2_SIZE at;
    pcre2_code *space = pcre2_compile((PCRE2_SPTR) "[^\\S ]|  ", PCRE2_ZERO_TERMINATED,
                                      PCRE2_UTF | PCRE2_UCP, &number, &at, NULL);
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    pcre2_jit_compile(space, PCRE2_JIT_COMPLETE);
    for (uint32_t code = 1; code <= 0x10ffff; code++) {
        char text[64], utf8[4];
        if (code >= 0xd800 && code < 0xe000) {
            continue;
        }
        int len = (int)rule_syntax_utf8(code, utf8);
        int size = snprintf(text, sizeof text, "a%.*s b %.*s %.*s%.*s\n%.*sC", len, utf8, len, utf8,
                            len, utf8, len, utf8, len, utf8);
        text_fold_start(fold);
        for (enum text_view_kind kind = TEXT_FOLDED; kind < TEXT_VIEW_KINDS; kind++) {
            struct text_view view;
            struct err err = ERR_NONE;
            assert_true(text_fold_view(fold, kind, (struct str){text, (size_t)size}, &view, &err));
            if (!keeps_promises(view.text) ||
                pcre2_match(space, (PCRE2_SPTR)view.text.at, view.text.len, 0, PCRE2_NO_UTF_CHECK,
                            data, NULL) >= 0) {
                fail_msg("U+%04X, view %d", code, (int)kind);
            }
        }
    }
    pcre2_match_data_free(data);
    pcre2_code_free(space);
    text_fold_free(fold);
}

/* Beyond ASCII, only U+017F and U+212A are ASCII letters without case. */
static void same_without_case(void **state)
{
    (void)state;
    int number;
    PCRE2_SIZE at;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR) "^[\\x01-\\x7f]", PCRE2_ZERO_TERMINATED,
                                     PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS, &number, &at, NULL);
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    for (uint32_t c = 0x80; c <= 0x10ffff; c++) {
        char utf8[4];
        if (c >= 0xd800 && c < 0xe000) {
            continue;
        }
        size_t len = rule_syntax_utf8(c, utf8);
        bool same = pcre2_match(code, (PCRE2_SPTR)utf8, len, 0, 0, data, NULL) >= 0;
        if (same != (c == 0x17f || c == 0x212a)) {
            fail_msg("U+%04X", c);
        }
    }
    pcre2_match_data_free(data);
    pcre2_code_free(code);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(generated),         cmocka_unit_test(ordinary_posts),
        cmocka_unit_test(narratives),        cmocka_unit_test(folded_text),
        cmocka_unit_test(same_without_case),
    };
    return cmocka_run_group_tests_name("agreement", tests, NULL, NULL);
}
