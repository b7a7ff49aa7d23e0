/*
 * A rule set swapped under full load: how long a worker is held up by it. Two threads match posts
 * as the workers do while a third loads sets of 5,000 rules and swaps them. What the threads that
 * load take of the processor is not counted: the longest post is measured in the worker's own time,
 * the waiting for the set on the wall clock, where somebody had to wait at all.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/pipeline/ruleset.h"
#include "filter/rule/match.h"
#include "tests/bench/bench.h"
#include "tests/bench/support/generate.h"

enum {
    RULES = 5000,
    POSTS = 20000,
    SWAPS = 5,
    ROUNDS = 3,
    WORKERS = 2,
    BATCH = 32,
    AT_LEAST = 100000
};

struct load {
    struct bench_corpus *corpus;
    struct ruleset_slot *slot;
    atomic_bool stops;
    atomic_size_t matched, without;
};

struct worker {
    struct load *load;
    pthread_t thread;
    double longest; /* seconds of a post */
};

/* Notes how long it took since then, and returns now. */
static double note(struct worker *worker, double since)
{
    double now = bench_cpu();
    worker->longest = now - since > worker->longest ? now - since : worker->longest;
    return now;
}

static void match_batch(struct worker *worker, struct rule_matcher *matcher, size_t first)
{
    struct load *load = worker->load;
    const struct str *texts;
    size_t count = bench_corpus_posts(load->corpus, &texts);
    double start = bench_cpu();
    struct ruleset *rules = ruleset_take(load->slot);
    atomic_fetch_add(&load->without, rules == NULL ? BATCH : 0);
    for (size_t i = 0; rules != NULL && i < BATCH; i++) {
        struct post post = POST_EMPTY;
        struct rule_match match;
        struct err err = ERR_NONE;
        post.fields[POST_TEXT] = texts[(first + i) % count];
        bool done = rule_match_post(matcher, rules->set, &post, &match, &err);
        atomic_fetch_add(&load->matched, done);
        start = note(worker, start);
    }
    ruleset_give_back(load->slot, rules);
    note(worker, start);
}

static void *run(void *context)
{
    struct worker *worker = context;
    struct rule_matcher *matcher = rule_matcher_new();
    for (size_t at = 0; !atomic_load(&worker->load->stops); at += BATCH) {
        match_batch(worker, matcher, at);
    }
    rule_matcher_free(matcher);
    return NULL;
}

/* Seconds of the longest post, with this many swaps. */
static bool measure(struct load *load, const struct rule_set_options *options, int swaps,
                    double *longest, struct err *err)
{
    struct worker workers[WORKERS];
    bool done = true;
    load->slot = ruleset_slot_new();
    atomic_store(&load->stops, false);
    for (int i = -1; done && i < swaps; i++) {
        struct rule_set *set = rule_set_load(options, err);
        done = set != NULL;
        if (done) {
            ruleset_swap(load->slot, ruleset_new(set, clock_now_ms(&options->clock), STR("")));
        }
        for (int w = 0; i < 0 && w < WORKERS; w++) {
            workers[w] = (struct worker){.load = load};
            done = pthread_create(&workers[w].thread, NULL, run, &workers[w]) == 0 && done;
        }
    }
    size_t before = atomic_load(&load->matched);
    while (done && atomic_load(&load->matched) < before + AT_LEAST) {
        struct timespec moment = {.tv_nsec = 1000000};
        nanosleep(&moment, NULL);
    }
    atomic_store(&load->stops, true);
    *longest = 0;
    for (int w = 0; w < WORKERS; w++) {
        pthread_join(workers[w].thread, NULL);
        *longest = workers[w].longest > *longest ? workers[w].longest : *longest;
    }
    ruleset_slot_free(load->slot);
    return done;
}

int main(void)
{
    char folder[] = "/tmp/saring-bench.XXXXXX", rules[sizeof folder + 8], command[64];
    struct load load = {.corpus = bench_corpus_new(POSTS)};
    struct err err = ERR_NONE;
    double quiet = 0, busy = 0;
    struct bench_rounds rounds = {.count = 0};
    if (mkdtemp(folder) == NULL) {
        return 1;
    }
    snprintf(rules, sizeof rules, "%s/rules", folder);
    const char *const folders[] = {rules, NULL};
    const struct rule_set_options options = {.folders = folders, .clock = clock_system()};
    bool done = bench_rules_write(load.corpus, BENCH_MIXED, RULES, rules, &err) &&
                measure(&load, &options, 0, &quiet, &err);
    for (int i = 0; done && i < ROUNDS; i++) {
        done = measure(&load, &options, SWAPS, &busy, &err);
        bench_add(&rounds, busy);
    }
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    done = system(command) == 0 && done;
    bench_corpus_free(load.corpus);
    if (!done) {
        char text[800];
        fprintf(stderr, "%s\n", err_format(&err, text, sizeof text));
        return 1;
    }
    busy = bench_median(&rounds); /* an interrupt counts as the worker's own time: not each time */
    printf("%d sets of %d rules swapped under %d workers, %zu posts\n", ROUNDS * SWAPS, RULES,
           WORKERS, atomic_load(&load.matched));
    printf("posts that no set matched: %zu\n", atomic_load(&load.without));
    printf("longest post: %.0f us without swaps; with them %.0f us, at most %.0f us\n", quiet * 1e6,
           busy * 1e6, rounds.values[rounds.count - 1] * 1e6);
    bench_report("reload", RULES, "a pause of 1 ms", busy * 1e6, 1000, "us", 1e-3 / busy);
    return 0;
}
