/*
 * Matching posts against 1,000, 5,000 and 20,000 generated rules: ours, raw Hyperscan multi-regex
 * (vectorscan, block mode, in byte and in UTF-8 mode) and YARA, one core, the same posts and rules
 * in one run, in turn. Three kinds of rules: "match" (mixed, as teams write them), "match-plain"
 * and "match-nasty"; "match-fold" is "match" with our folding of the posts in our time. Everybody
 * else gets the folded text for nothing, and only says which patterns hit, while ours also
 * evaluates conditions and finds the places. "compile" is the time to build ours and theirs,
 * "memory" what a loaded set takes with every regex compiled, "match-growth" 20,000 rules against
 * 1,000.
 *
 * What they say is compared on part of the posts; where it differs, PCRE2 decides who is right. We
 * must be; theirs differ where \w and . mean bytes, and where vectorscan 5.4.9 misses.
 */
#include <malloc.h>
#include <string.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "tests/bench/bench.h"
#include "tests/bench/support/hyperscan.h"
#include "tests/bench/support/set.h"
#include "tests/bench/support/yara.h"

enum {
    ROUNDS = 9,
    POSTS = 10000,
    SAMPLE = 100,     /* posts by which a peer's speed is guessed */
    YARA_POSTS = 400, /* it is far slower */
};

/* Hyperscan builds large sets for minutes: left out, and said so, if that seems to take longer. */
static const double most_compile = 75, most_compile_mixed = 240;

/* Where a peer takes longer for all posts, both get fewer. */
static const double most_round = 0.5;

/* What the issue that the engine was built for asks of memory, for 20,000 rules. */
static const double most_mib = 200;

static const char *bench_name(enum bench_rules kind)
{
    static const char *const names[BENCH_KINDS] = {"match-plain", "match", "match-nasty",
                                                   "match-fraud"};
    return names[kind];
}

/* Rounds in turn: our matching without and with the views, and theirs. */
struct rounds {
    struct bench_rounds matching, all, theirs, ratio, fold_ratio;
};

static void add_ours(struct bench_set *set, const struct str *posts, size_t count,
                     struct rounds *rounds, double theirs)
{
    double views = bench_set_time(set, posts, count, false);
    double all = bench_set_time(set, posts, count, true);
    bench_add(&rounds->matching, all - views);
    bench_add(&rounds->all, all);
    bench_add(&rounds->theirs, theirs);
    bench_add(&rounds->ratio, theirs / (all - views));
    bench_add(&rounds->fold_ratio, theirs / all);
}

static void report(const struct bench_set *set, const char *peer, struct rounds *rounds,
                   size_t posts)
{
    double theirs = (double)posts / bench_median(&rounds->theirs);
    bench_report(bench_name(set->kind), set->count, peer,
                 (double)posts / bench_median(&rounds->matching), theirs, "posts/s",
                 bench_median(&rounds->ratio));
    printf("# %zu posts; the ratio's spread over the rounds: %.0f %%\n", posts,
           100 * bench_spread(&rounds->ratio));
    if (set->kind == BENCH_MIXED) {
        bench_report("match-fold", set->count, peer, (double)posts / bench_median(&rounds->all),
                     theirs, "posts/s", bench_median(&rounds->fold_ratio));
    }
}

/* Seconds that the peer took to build, for guessing the next size. */
static double against_hyperscan(struct bench_set *set, const struct bench_subject *subject,
                                const char *name, unsigned mode)
{
    struct bench_hyperscan peer = {.database = NULL};
    struct rounds rounds = {.all = {.count = 0}};
    if (!bench_hyperscan_build(set, mode, &peer)) {
        return peer.build_s;
    }
    size_t posts = subject->count < SAMPLE ? subject->count : SAMPLE;
    double a_post = bench_hyperscan_time(&peer, subject, posts, set->atoms) / (double)posts;
    posts = subject->count;
    if ((double)posts * a_post > most_round) {
        posts = (size_t)(most_round / a_post) + 1;
    }
    bench_hyperscan_compare(set, &peer, subject, posts, name);
    for (int i = 0; i < ROUNDS; i++) {
        add_ours(set, subject->raw, posts, &rounds,
                 bench_hyperscan_time(&peer, subject, posts, set->atoms));
    }
    report(set, name, &rounds, posts);
    if (set->kind == BENCH_MIXED) {
        bench_report("compile", set->count, name, set->build_s, peer.build_s, "s",
                     peer.build_s / set->build_s);
    }
    bench_hyperscan_fini(&peer);
    return peer.build_s;
}

static void against_yara(struct bench_set *set, const struct bench_subject *subject)
{
    double build_s;
    YR_RULES *rules = bench_yara_build(set, &build_s);
    struct rounds rounds = {.all = {.count = 0}};
    size_t posts = subject->count < YARA_POSTS ? subject->count : YARA_POSTS;
    bench_yara_compare(set, rules, subject, posts);
    for (int i = 0; i < ROUNDS; i++) {
        double start = bench_cpu();
        for (size_t k = 0; k < posts; k++) {
            bench_yara_scan(rules, subject->folded[k], set->theirs);
        }
        add_ours(set, subject->raw, posts, &rounds, bench_cpu() - start);
    }
    report(set, "yara", &rounds, posts);
    if (set->kind == BENCH_MIXED) {
        bench_report("compile", set->count, "yara", set->build_s, build_s, "s",
                     build_s / set->build_s);
    }
    yr_rules_destroy(rules);
}

/* MiB of this process in memory. */
static double resident_mib(void)
{
    struct buf bytes = BUF_EMPTY;
    struct err err = ERR_NONE;
    long pages = 0;
    if (file_read("/proc/self/statm", 4096, &bytes, &err)) {
        const char *second = memchr(bytes.bytes, ' ', bytes.len);
        pages = second != NULL ? strtol(second, NULL, 10) : 0;
    }
    buf_fini(&bytes);
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / (1 << 20);
}

/* Loads a set and shows what of it is ours alone. Nanoseconds for a post. */
static double show_ours(struct bench_set *set, const struct bench_corpus *corpus,
                        const struct bench_subject *subject, enum bench_rules kind, size_t count)
{
    struct rule_engine_stats stats;
    struct rounds rounds = {.all = {.count = 0}};
    malloc_trim(0); /* of what the set before has given back, nothing is used again */
    double before = resident_mib();
    bench_set_load(set, corpus, kind, count);
    bench_set_compile_all(set);
    (void)bench_set_time(set, subject->raw, subject->count, true);
    double mib = resident_mib() - before;
    for (int i = 0; i < ROUNDS; i++) {
        add_ours(set, subject->raw, subject->count, &rounds, 0);
    }
    rule_engine_stats(set->engine, &stats);
    double ns = bench_median(&rounds.matching) / (double)subject->count * 1e9;
    printf("# %s, %zu rules: %zu atoms (%zu table, %zu literal, %zu run, %zu automaton, %zu "
           "pcre2), %zu looked at always, engine %.1f MiB, built in %.3f s; %.0f ns a post, with "
           "folding %.0f ns\n",
           bench_rules_name(kind), count, stats.atoms, stats.ways[RULE_WAY_TABLE],
           stats.ways[RULE_WAY_LITERAL], stats.ways[RULE_WAY_RUN], stats.ways[RULE_WAY_AUTOMATON],
           stats.ways[RULE_WAY_PCRE2], stats.always, (double)stats.bytes / (1 << 20), set->build_s,
           ns, bench_median(&rounds.all) / (double)subject->count * 1e9);
    if (count == 20000) {
        char name[40];
        snprintf(name, sizeof name, "%s-memory", bench_name(kind));
        bench_report(name, count, "all-regexes-built", mib, most_mib, "MiB", most_mib / mib);
    }
    fflush(stdout);
    return ns;
}

static void bench_kind(enum bench_rules kind, const struct bench_corpus *corpus,
                       const struct bench_subject *subject)
{
    static const size_t sizes[] = {1000, 5000, 20000};
    static const struct {
        const char *name;
        unsigned flags;
    } modes[] = {{"hyperscan-bytes", 0}, {"hyperscan-utf8", HS_FLAG_UTF8}};
    double took[2] = {0, 0}, first = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct bench_set set;
        double ns = show_ours(&set, corpus, subject, kind, sizes[i]);
        first = i == 0 ? ns : first;
        if (i > 0) {
            char name[40];
            snprintf(name, sizeof name, "%s-growth", bench_name(kind));
            bench_report(name, sizes[i], "ours-1000", ns, first, "ns", first / ns);
        }
        for (size_t mode = 0; mode < 2; mode++) {
            double guess = i > 0 ? took[mode] * (double)sizes[i] / (double)sizes[i - 1] * 1.5 : 0;
            if (guess > (kind == BENCH_MIXED ? most_compile_mixed : most_compile)) {
                printf("# %s would build %zu rules for about %.0f s: left out\n", modes[mode].name,
                       sizes[i], guess);
                took[mode] = guess;
                continue;
            }
            took[mode] = against_hyperscan(&set, subject, modes[mode].name, modes[mode].flags);
        }
        if (sizes[i] <= 5000) {
            against_yara(&set, subject);
        }
        bench_set_unload(&set);
    }
}

int main(void)
{
    struct bench_corpus *corpus = bench_corpus_new(POSTS);
    struct bench_subject subject = bench_subject_read(corpus);
    printf("# %zu posts of %.0f folded bytes, %s\n", subject.count,
           (double)subject.bytes / (double)subject.count,
           bench_corpus_is_real(corpus) ? "from ../shared"
                                        : "generated, as ../shared is not there");
    if (yr_initialize() != ERROR_SUCCESS) {
        bench_die("YARA does not start");
    }
    bench_kind(BENCH_MIXED, corpus, &subject);
    bench_kind(BENCH_PLAIN, corpus, &subject);
    bench_kind(BENCH_NASTY, corpus, &subject);
    yr_finalize();
    bench_subject_fini(&subject);
    bench_corpus_free(corpus);
    return 0;
}
