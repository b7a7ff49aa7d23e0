/*
 * The scan for literals alone against Hyperscan's literal API (vectorscan, block mode), for the
 * literals of generated rules in the folded text of posts: why the engine has a scan of its own.
 */
#include <hs/hs.h>
#include <string.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/rule/language.h"
#include "filter/rule/literals.h"
#include "filter/rule/program.h"
#include "filter/text/view.h"
#include "tests/bench/bench.h"
#include "tests/bench/support/generate.h"

enum { ROUNDS = 15, POSTS = 10000, MAX_POST = 1 << 20 };

static void die(const char *what)
{
    fprintf(stderr, "literals: %s\n", what);
    exit(1);
}

static void count_ours(void *context, const struct rule_literal_hit *hits, size_t count)
{
    (void)hits;
    *(size_t *)context += count;
}

static int count_theirs(unsigned int id, unsigned long long from, unsigned long long to,
                        unsigned int flags, void *context)
{
    (void)id;
    (void)from;
    (void)to;
    (void)flags;
    ++*(size_t *)context;
    return 0;
}

static void fold_posts(const struct bench_corpus *corpus, struct str **folded, size_t *count)
{
    const struct str *posts;
    struct text_fold *fold = text_fold_new(MAX_POST);
    *count = bench_corpus_posts(corpus, &posts);
    *folded = mem_zero(*count, sizeof **folded);
    for (size_t i = 0; i < *count; i++) {
        struct text_view view;
        struct err err = ERR_NONE;
        text_fold_start(fold);
        if (!text_fold_view(fold, TEXT_FOLDED, posts[i], &view, &err)) {
            die(err.message);
        }
        char *copy = mem_alloc(view.text.len + 1);
        memcpy(copy, view.text.at, view.text.len);
        (*folded)[i] = (struct str){.at = copy, .len = view.text.len};
    }
    text_fold_free(fold);
}

/* The letters of all "contains" of plain rules, each once. */
static struct rule_language *read_literals(const struct bench_corpus *corpus, size_t rules,
                                           struct str **literals, size_t *count)
{
    struct rule_language *language = rule_language_new();
    struct buf yaml = BUF_EMPTY;
    struct err err = ERR_NONE;
    for (size_t i = 0; i < rules; i++) {
        bench_rule_put(corpus, BENCH_PLAIN, i, &yaml);
        if ((i + 1) % 500 == 0 || i + 1 == rules) {
            if (!rule_language_add(language, "generated.yml", buf_str(&yaml), &err)) {
                die(err.message);
            }
            buf_clear(&yaml);
        }
    }
    buf_fini(&yaml);
    const struct rule_program *program = rule_language_program(language);
    if (program == NULL) {
        die("the generated rules do not load");
    }
    *count = program->atom_count;
    *literals = mem_zero(*count, sizeof **literals);
    for (size_t i = 0; i < *count; i++) {
        struct str pattern = program->atoms[i].pattern;
        (*literals)[i] = str_part(pattern, 1, pattern.len - 1);
    }
    return language;
}

static hs_database_t *build_theirs(const struct str *literals, size_t count)
{
    const char **patterns = mem_zero(count, sizeof(*patterns));
    size_t *lens = mem_zero(count, sizeof *lens);
    unsigned *flags = mem_zero(count, sizeof *flags), *ids = mem_zero(count, sizeof *ids);
    hs_database_t *database = NULL;
    hs_compile_error_t *error = NULL;
    for (size_t i = 0; i < count; i++) {
        patterns[i] = literals[i].at;
        lens[i] = literals[i].len;
        ids[i] = (unsigned)i;
    }
    if (hs_compile_lit_multi(patterns, flags, ids, lens, (unsigned)count, HS_MODE_BLOCK, NULL,
                             &database, &error) != HS_SUCCESS) {
        die(error->message);
    }
    free((void *)patterns);
    free(lens);
    free(flags);
    free(ids);
    return database;
}

static void compare(const struct bench_corpus *corpus, size_t rules, const struct str *posts,
                    size_t post_count)
{
    struct str *literals;
    size_t count, our_hits = 0, their_hits = 0;
    struct rule_language *language = read_literals(corpus, rules, &literals, &count);
    struct bench_rounds ours = {.count = 0}, theirs = {.count = 0};
    hs_scratch_t *scratch = NULL;
    struct rule_literal *ours_of = mem_zero(count, sizeof *ours_of);
    for (size_t i = 0; i < count; i++) {
        ours_of[i].text = literals[i];
    }
    double start = bench_cpu();
    struct rule_literals *set = rule_literals_build(ours_of, count);
    double our_build = bench_cpu() - start;
    start = bench_cpu();
    hs_database_t *database = build_theirs(literals, count);
    double their_build = bench_cpu() - start;
    if (hs_alloc_scratch(database, &scratch) != HS_SUCCESS) {
        die("no scratch for Hyperscan");
    }
    for (int round = 0; round < ROUNDS; round++) {
        our_hits = their_hits = 0;
        start = bench_cpu();
        for (size_t i = 0; i < post_count; i++) {
            rule_literals_scan(set, posts[i], count_ours, &our_hits);
        }
        bench_add(&ours, bench_cpu() - start);
        start = bench_cpu();
        for (size_t i = 0; i < post_count; i++) {
            hs_scan(database, posts[i].at, (unsigned)posts[i].len, 0, scratch, count_theirs,
                    &their_hits);
        }
        bench_add(&theirs, bench_cpu() - start);
    }
    if (our_hits != their_hits) {
        printf("# %zu literals: we found %zu, Hyperscan %zu\n", count, our_hits, their_hits);
    }
    double our = (double)post_count / bench_median(&ours);
    double their = (double)post_count / bench_median(&theirs);
    bench_report("literals", count, "hyperscan-literals", our, their, "posts/s", our / their);
    bench_report("literals-compile", count, "hyperscan-literals", our_build, their_build, "s",
                 their_build / our_build);
    hs_free_scratch(scratch);
    hs_free_database(database);
    rule_literals_free(set);
    free(literals);
    free(ours_of);
    rule_language_free(language);
}

int main(void)
{
    struct bench_corpus *corpus = bench_corpus_new(POSTS);
    struct str *posts;
    size_t count;
    fold_posts(corpus, &posts, &count);
    compare(corpus, 1000, posts, count);
    compare(corpus, 5000, posts, count);
    compare(corpus, 20000, posts, count);
    for (size_t i = 0; i < count; i++) {
        free((char *)posts[i].at);
    }
    free(posts);
    bench_corpus_free(corpus);
    return 0;
}
