#include <stdio.h>
#include <stdlib.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/text/utf8.h"
#include "filter/text/view.h"
#include "tests/filter/test.h"
#include "tests/filter/text/check_view.h"

enum { MAX_BYTES = 1 << 20 };

struct span_case {
    const char *name;
    enum text_view_kind kind;
    const char *text, *found, *original; /* `found` in the view came from `original` */
};

static const struct span_case span_cases[] = {
    {"raw", TEXT_RAW, "Pilkada 2024", "kada", "kada"},
    {"case", TEXT_FOLDED, "Cek DPT kamu", "dpt", "DPT"},
    {"white space", TEXT_FOLDED, "klik \t\n link", "klik link", "klik \t\n link"},
    {"zero-width inside", TEXT_FOLDED, "a kl​ik b", "klik", "kl​ik"},
    {"zero-width at the ends stays out", TEXT_FOLDED, "a ​klik​ b", "klik", "klik"},
    {"fullwidth", TEXT_FOLDED, "x ＫＰＵ y", "kpu", "ＫＰＵ"},
    {"one letter of many", TEXT_FOLDED, "𝐔𝐧𝐝𝐢𝐚𝐧", "d", "𝐝"},
    {"a ligature, widened", TEXT_FOLDED,
     "o\xef\xac\x83"
     "ce",
     "fi", "\xef\xac\x83"},
    {"an ellipsis, widened", TEXT_FOLDED, "a… b", ".", "…"},
    {"a letter and its mark", TEXT_FOLDED, "re\xcc\x81sume", "é", "e\xcc\x81"},
    {"leet", TEXT_SKELETON, "cek s4ld0 ya", "saldo", "s4ld0"},
    {"spaced", TEXT_SKELETON, "isi N I K, lalu", "nik", "N I K"},
    {"repeated to the end", TEXT_SKELETON, "chat adminnn!", "admin", "adminnn"},
    {"behind spaced letters", TEXT_SKELETON, "c a i r besok", "besok", "besok"},
    {"through two views", TEXT_SKELETON, "Ｓ４ＬＤ０", "saldo", "Ｓ４ＬＤ０"},
};

static void origin(void **state)
{
    const struct span_case *c = *state;
    struct err err = ERR_NONE;
    struct str text = str_of(c->text);
    struct text_fold *fold = text_fold_new(MAX_BYTES);
    struct text_view view;
    assert_true(text_fold_view(fold, c->kind, text, &view, &err));
    const char *at = memmem(view.text.at, view.text.len, c->found, strlen(c->found));
    assert_non_null(at);
    size_t start = (size_t)(at - view.text.at);
    struct text_span span = text_view_origin(&view, start, start + strlen(c->found));
    struct str got = str_part(text, span.start, span.end);
    text_fold_free(fold);
    assert_int_equal(got.len, strlen(c->original));
    assert_memory_equal(got.at, c->original, got.len);
}

static void an_empty_span(void **state)
{
    (void)state;
    struct err err = ERR_NONE;
    struct text_fold *fold = text_fold_new(MAX_BYTES);
    struct text_view view;
    assert_true(text_fold_view(fold, TEXT_FOLDED, STR("Ａb"), &view, &err));
    assert_int_equal(text_view_origin(&view, 1, 1).start, 3);
    assert_int_equal(text_view_origin(&view, 2, 2).end, 4);
    assert_true(text_fold_view(fold, TEXT_FOLDED, STR(""), &view, &err));
    assert_int_equal(text_view_origin(&view, 0, 0).end, 0);
    text_fold_free(fold);
}

static void a_text_that_is_too_long(void **state)
{
    (void)state;
    struct err err = ERR_NONE;
    struct text_fold *fold = text_fold_new(4);
    struct text_view view;
    assert_false(text_fold_view(fold, TEXT_FOLDED, STR("empat lima"), &view, &err));
    assert_string_equal(err.message, "text of 10 bytes; at most 4 are folded");
    text_fold_free(fold);
}

static void a_pattern_of_nothing(void **state)
{
    (void)state;
    struct err err = ERR_NONE;
    struct arena *arena = arena_new(1024);
    struct str folded;
    assert_false(text_fold_literal(TEXT_FOLDED, STR("\xe2\x80\x8b"), arena, &folded, &err));
    assert_string_equal(err.message,
                        "the pattern folds to nothing: it has only invisible characters");
    arena_free(arena);
}

/* Texts put together from what is hard for the views, until all have met. */
static void generated_texts(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "a",
        "k",
        "p",
        "P",
        " ",
        "  ",
        "\t",
        ".",
        "-",
        "1",
        "0",
        "4",
        "2",
        "@",
        "!",
        "$",
        "rp",
        "nik",
        "ooo",
        "kk",
        "juta",
        ",",
        "​",
        "é",
        "e\xcc\x81",
        "Ａ",
        "…",
        "𝐔",
        "·",
        "•",
        "ﷺ",
        "\xcc\xb6",
        "กำ",
        "가",
        "\xe1\x84\x80",
        "\xe1\x85\xa1",
        "\xe1\x86\xa8",
        "\xc2\xa8",
        "\xc2\xa0",
        "😀",
        "\x01",
        "К",
        "ß",
        "İ",
        "\xcc\x81",
        "\xcc\xa3",
        "vv",
        "://",
        "!!",
        "١",
    };
    struct text_fold *fold = text_fold_new(MAX_BYTES), *again = text_fold_new(MAX_BYTES);
    struct buf text = BUF_EMPTY;
    unsigned seed = 20241127;
    for (int i = 0; i < 20000; i++) {
        buf_clear(&text);
        for (int n = rand_r(&seed) % 40; n >= 0; n--) {
            buf_put_string(&text, parts[(size_t)rand_r(&seed) % COUNT(parts)]);
        }
        const char *broken = check_views(fold, again, buf_str(&text), 8);
        if (broken != NULL) {
            fail_msg("text %d, %.*s: %s", i, STR_FORMAT(buf_str(&text)), broken);
        }
    }
    buf_fini(&text);
    text_fold_free(fold);
    text_fold_free(again);
}

/* Lines of the corpora, as they come. */
static void corpora(void **state)
{
    (void)state;
    static const char *const files[] = {"../shared/corpora/indonesia/ordinary_posts.dev.csv",
                                        "../shared/corpora/indonesia/hoax_narratives.dev.csv",
                                        "../shared/corpora/indonesia/stif_pairs.dev.csv"};
    struct text_fold *fold = text_fold_new(MAX_BYTES), *again = text_fold_new(MAX_BYTES);
    size_t lines = 0;
    for (size_t i = 0; i < COUNT(files); i++) {
        struct err err = ERR_NONE;
        struct buf bytes = BUF_EMPTY, text = BUF_EMPTY;
        if (file_read(files[i], 64 << 20, &bytes, &err)) {
            utf8_mend(buf_str(&bytes), &text);
        }
        for (size_t at = 0; at < text.len; lines++) {
            const char *end = memchr(text.bytes + at, '\n', text.len - at);
            size_t len = end != NULL ? (size_t)(end - text.bytes) - at : text.len - at;
            const char *broken =
                check_views(fold, again, (struct str){.at = text.bytes + at, .len = len}, 4);
            if (broken != NULL) {
                fail_msg("%s, byte %zu: %s", files[i], at, broken);
            }
            at += len + 1;
        }
        buf_fini(&bytes);
        buf_fini(&text);
    }
    text_fold_free(fold);
    text_fold_free(again);
    if (lines == 0) {
        skip();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_span),
        cmocka_unit_test(a_text_that_is_too_long),
        cmocka_unit_test(a_pattern_of_nothing),
        cmocka_unit_test(generated_texts),
        cmocka_unit_test(corpora),
    };
    return RUN_CASES("text_view_origin", span_cases, origin) +
           cmocka_run_group_tests_name("text_fold_view", tests, NULL, NULL);
}
