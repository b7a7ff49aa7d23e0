/* What only `rules check` looks for: rules that are nearly one, identifiers that no test tries. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/rule/set.h"
#include "tests/filter/test.h"

#define HEAD(n)                                                                                    \
    "---\ntitle: Uji " n "\nid: 6d5ef4b6-0f0c-4f0a-9d0b-2f6f6f0f6a0" n                             \
    "\nlevel: high\nlogsource: { category: post }\ndetection: "
#define TAIL(class)                                                                                \
    "\nbasis: { class: " class ", expires: 2026-11-01, evidence: [{ type: official, url: "         \
                               "'https://contoh.example/', publisher: C, published: 2026-01-01, "  \
                               "impersonates: C }] }\n"
#define TESTS "\ntests: { match: [{ text: qqa qqb }], pass: [{ text: qqz }] }"
#define NINE "qq1, qq2, qq3, qq4, qq5, qq6, qq7, qq8, qq9"

struct overlap {
    const char *name;
    const char *rules;
    const char *warnings; /* "LINE: message", a line each */
    bool lints;
};

static const struct overlap overlaps[] = {
    {"two that differ in one word of ten",
     HEAD("1") "{a: {text|words: [qqa, qqx, " NINE "]}, condition: a}" TESTS TAIL("fraud")
         HEAD("2") "{b: {text|words: [qqa, qqy, " NINE "]}, condition: b}" TESTS TAIL("fraud"),
     "", true},
    {"two that differ in a word of twenty",
     HEAD("1") "{a: {text|words: [qqa, qqx, " NINE "]}, b: {text|words: [qqb, " NINE
               "]}, condition: a and b}" TESTS TAIL("fraud")
                   HEAD("2") "{c: {text|words: [qqb, " NINE "]}, d: {text|words: [qqa, " NINE
                             "]}, condition: c and d}" TESTS TAIL("fraud"),
     "10: nearly all that it looks for is in FILE:2 too; make one rule of the two, or say what "
     "sets them apart\n",
     true},
    {"the same without asking",
     HEAD("1") "{a: {text|words: [qqa, qqx, " NINE "]}, condition: a}" TESTS TAIL("fraud")
         HEAD("2") "{b: {text|words: [qqa, " NINE "]}, condition: b}" TESTS TAIL("fraud"),
     "", false},
    {"two that share a list and nothing else",
     HEAD("1") "{a: {text|words: [qqa]}, b: {text|words: [" NINE
               ", qqb]}, condition: a and b}" TESTS TAIL("fraud")
                   HEAD("2") "{a: {text|words: [qqb]}, b: {text|words: [" NINE
                             ", qqb]}, condition: a and b}" TESTS TAIL("fraud"),
     "", true},
    {"an identifier that no test tries",
     HEAD("1") "{a: {text|words: qqa}, pers: {text|words: qqp}, condition: a and not pers}" TESTS
         TAIL("fraud"),
     "2: no test has 'pers' true, so nobody would see it break; add a post with it under match or "
     "pass\n",
     true},
    {"tried by a post that must pass",
     HEAD("1") "{a: {text|words: qqa}, pers: {text|words: qqz}, condition: a and not pers}" TESTS
         TAIL("fraud"),
     "", true},
};

struct heard {
    struct buf said;
    const char *path;
};

static void hear(void *context, bool is_error, const struct err *err)
{
    struct heard *heard = context;
    const char *file = strstr(err->message, heard->path);
    buf_printf(&heard->said, "%s%u: ", is_error ? "error " : "", err->line);
    if (file == NULL) {
        buf_printf(&heard->said, "%s\n", err->message);
    } else {
        buf_printf(&heard->said, "%.*sFILE%s\n", (int)(file - err->message), err->message,
                   file + strlen(heard->path));
    }
}

static void test_overlap(void **state)
{
    const struct overlap *test = *state;
    char folder[] = "/tmp/saring-overlap-XXXXXX", path[64];
    struct heard heard = {.path = path};
    struct err err = ERR_NONE;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/uji.yml", folder);
    assert_true(file_write(path, str_of(test->rules), 0600, &err));
    const char *folders[] = {folder, NULL};
    const struct rule_set_options options = {.folders = folders,
                                             .clock = clock_fixed(1768003200000),
                                             .lints = test->lints,
                                             .report = hear,
                                             .context = &heard};
    struct rule_set *set = rule_set_load(&options, &err);
    assert_string_equal(heard.said.len > 0 ? heard.said.bytes : "", test->warnings);
    assert_non_null(set);
    rule_set_unref(set);
    buf_fini(&heard.said);
    unlink(path);
    rmdir(folder);
}

int main(void)
{
    return RUN_CASES("what a set says twice, or tries never", overlaps, test_overlap);
}
