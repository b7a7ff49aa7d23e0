#include "filter/pipeline/workers.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/base/log.h"
#include "filter/base/mem.h"
#include "filter/pipeline/correlate.h"
#include "filter/verdict/verdict.h"

enum {
    IDLE_WAIT_MS = 3, /* for Redis' answers, when there is nothing else to do */
    VERDICT_ARENA = 64 << 20,
};

struct counters {
    atomic_uint_fast64_t posts, clean, flagged, refused, faults, remote, unread, shadows;
};

struct workers {
    struct workers_options options;
    pthread_t *threads;
    atomic_uint running;
    struct counters counters;
};

/* A post that the cache did not know. */
struct open_post {
    const struct queue_item *item;
    struct verdict_cache_key key;
    struct hash remote_key;
    bool is_remote; /* may be looked up and kept in Redis */
    size_t asked;   /* its place among the keys asked for */
};

struct batch {
    const struct queue_item *items[WORKERS_BATCH];
    size_t count;
    struct open_post open[WORKERS_BATCH];
    size_t open_count;
    struct ruleset *rules;
    struct verdict_redis_batch *remote;
    bool is_asked;
};

/* What one thread works with; made once. */
struct bench {
    struct workers *workers;
    struct rule_matcher *matcher;
    struct arena *arena;
    struct buf rules, findings, verdict;
    struct rule_hit *kept, *loud;
    size_t kept_room, loud_room;
    struct batch batches[2];
};

static void count(atomic_uint_fast64_t *counter, uint64_t by)
{
    atomic_fetch_add_explicit(counter, by, memory_order_relaxed);
}

static void say_clean(struct bench *bench, const struct queue_item *item)
{
    const struct workers_options *to = &bench->workers->options;
    count(&bench->workers->counters.clean, 1);
    to->clean(to->context, &item->post, item->ticket);
}

static void say_flagged(struct bench *bench, const struct queue_item *item, struct str findings)
{
    const struct workers_options *to = &bench->workers->options;
    buf_clear(&bench->verdict);
    verdict_write_post(&bench->verdict, &item->post, findings);
    count(&bench->workers->counters.flagged, 1);
    to->flagged(to->context, &item->post, item->ticket, buf_str(&bench->verdict));
}

static bool is_within_limits(const struct post *post)
{
    size_t total = 0;
    for (enum post_field field = POST_TITLE; field < POST_FIELDS; field++) {
        total += post->fields[field].len; /* each came in one bounded line or document */
    }
    return total <= POST_MAX_BYTES && post->id.len <= VERDICT_MAX_ID &&
           post->source.len <= VERDICT_MAX_ID && post->lang.len <= VERDICT_MAX_ID &&
           post->link_count <= POST_MAX_LINKS;
}

/* Said once, counted, and not read again: it would be the same the next time. */
static void refuse(struct bench *bench, const struct queue_item *item)
{
    struct buf source = BUF_EMPTY;
    buf_put_str(&source, str_part(item->post.source, 0,
                                  item->post.source.len < 64 ? item->post.source.len : 64));
    log_line(LOG_WARN, "post_refused", LOG_TEXT("source", source.bytes),
             LOG_TEXT("why", "larger than a post may be"));
    buf_fini(&source);
    count(&bench->workers->counters.refused, 1);
    say_clean(bench, item);
}

/* Looks each post up in memory; what is left open is asked for in Redis, without waiting. */
static void open_batch(struct bench *bench, struct batch *batch)
{
    const struct workers_options *with = &bench->workers->options;
    struct hash keys[WORKERS_BATCH];
    size_t key_count = 0;
    batch->rules = ruleset_take(with->rules);
    batch->open_count = 0;
    count(&bench->workers->counters.posts, batch->count);
    if (batch->rules == NULL) {
        return; /* the season is over: whatever was not looked at is not looked at */
    }
    const struct ruleset *rules = batch->rules;
    bool has_redis = with->redis != NULL && verdict_redis_is_up(with->redis);
    for (size_t i = 0; i < batch->count; i++) {
        const struct queue_item *item = batch->items[i];
        if (!is_within_limits(&item->post)) {
            refuse(bench, item);
            continue;
        }
        struct open_post *open = &batch->open[batch->open_count];
        *open = (struct open_post){.item = item};
        open->key = verdict_cache_key(with->cache, &rules->identity, &rules->fields, &item->post);
        switch (verdict_cache_find(with->cache, open->key, &bench->findings)) {
        case VERDICT_CACHE_CLEAN:
            say_clean(bench, item);
            continue;
        case VERDICT_CACHE_FLAGGED:
            say_flagged(bench, item, buf_str(&bench->findings));
            continue;
        case VERDICT_CACHE_NONE:
            batch->open_count++;
            break;
        }
        /* Where a rule may have read an author's name, the verdict stays in this memory. */
        open->is_remote = has_redis && (!rules->fields.author_name ||
                                        item->post.fields[POST_AUTHOR_NAME].len == 0);
        if (open->is_remote) {
            open->asked = key_count;
            open->remote_key =
                verdict_redis_key(with->redis, &rules->identity, &rules->fields, &item->post);
            keys[key_count++] = open->remote_key;
        }
    }
    batch->is_asked =
        key_count > 0 && verdict_redis_ask(with->redis, batch->remote, keys, key_count);
}

/* Uses what Redis had, if it reads as a verdict about this very post. */
static bool take_remote(struct bench *bench, const struct batch *batch,
                        const struct open_post *open)
{
    const struct workers_options *with = &bench->workers->options;
    struct str findings =
        open->is_remote ? verdict_redis_found(batch->remote, open->asked) : STR("");
    struct verdict verdict;
    struct err err = ERR_NONE;
    if (findings.len == 0) {
        return false;
    }
    buf_clear(&bench->verdict);
    verdict_write_post(&bench->verdict, &open->item->post, findings);
    arena_reset(bench->arena);
    if (!verdict_read(bench->arena, buf_str(&bench->verdict), &verdict, &err)) {
        count(&bench->workers->counters.unread, 1);
        return false;
    }
    count(&bench->workers->counters.remote, 1);
    verdict_cache_put(with->cache, open->key, findings);
    say_flagged(bench, open->item, findings);
    return true;
}

/* Returns how many of the hits were of shadows. */
static size_t keep_hits(struct bench *bench, const struct ruleset *rules, struct rule_match *match)
{
    struct rule_match active;
    mem_grow(&bench->kept, &bench->kept_room, match->hit_count, sizeof *bench->kept);
    size_t shadows =
        ruleset_keep_active(rules, match, bench->kept, &active, bench->workers->options.shadow);
    count(&bench->workers->counters.shadows, shadows);
    *match = active;
    return shadows;
}

/* The hits that flag by themselves: all but those that only a correlation speaks for. */
static struct rule_match loud_hits(struct bench *bench, const struct ruleset *rules,
                                   const struct rule_match *match)
{
    struct rule_match loud = *match;
    mem_grow(&bench->loud, &bench->loud_room, match->hit_count, sizeof *bench->loud);
    ruleset_drop_silent(rules, bench->loud, &loud);
    return loud;
}

/* Whether the verdict is told later, by another thread, with where its short links lead. */
static bool is_held(struct bench *bench, const struct open_post *open,
                    const struct rule_match *loud)
{
    const struct workers_options *with = &bench->workers->options;
    const struct text_link *links;
    size_t count = rule_matcher_links(bench->matcher, &links);
    bool held =
        with->unshorten != NULL && loud->hit_count > 0 &&
        unshorten_hold(with->unshorten, &open->item->post, open->item->ticket, loud, links, count);
    if (held) {
        atomic_fetch_add_explicit(&bench->workers->counters.flagged, 1, memory_order_relaxed);
    }
    return held;
}

/* Writes what was found into bench->findings. */
static void write_findings(struct bench *bench)
{
    const struct text_link *links;
    size_t count = rule_matcher_links(bench->matcher, &links);
    struct hash key = verdict_key(&bench->workers->options.decision_key, bench->matcher);
    buf_clear(&bench->findings);
    verdict_write_findings(&bench->findings, links, count, &key, buf_str(&bench->rules));
}

static void match_post(struct bench *bench, const struct batch *batch, const struct open_post *open)
{
    const struct workers_options *with = &bench->workers->options;
    struct rule_match match;
    struct err err = ERR_NONE;
    if (!rule_match_post(bench->matcher, batch->rules->set, &open->item->post, &match, &err)) {
        refuse(bench, open->item);
        return;
    }
    count(&bench->workers->counters.faults, match.faults);
    size_t shadows = match.hit_count > 0 ? keep_hits(bench, batch->rules, &match) : 0;
    bool is_correlated = with->correlate != NULL && ruleset_is_correlated(batch->rules, &match);
    struct rule_match loud = is_correlated ? loud_hits(bench, batch->rules, &match) : match;
    if (is_held(bench, open, &loud)) {
        return;
    }
    /*
     * A regex that gave up must not become a lasting "clean"; and what a cache knows no rule looks
     * at, so that copies of a post would not be counted: by a shadow, by a correlation.
     */
    bool may_keep = match.faults == 0 && shadows == 0 && !is_correlated;
    const struct correlate_post correlated = {.matcher = bench->matcher,
                                              .as_posted = bench->matcher,
                                              .match = &match,
                                              .loud = &loud,
                                              .post = &open->item->post};
    buf_clear(&bench->rules);
    if (is_correlated && correlate_put(with->correlate, &correlated, &bench->rules)) {
        /* A correlation is found: all that the verdict tells is written. */
    } else if (loud.hit_count > 0) {
        verdict_write_rules(&bench->rules, VERDICT_CASE, batch->rules->set, &loud);
    } else {
        if (may_keep) {
            verdict_cache_put(with->cache, open->key, STR(""));
        }
        say_clean(bench, open->item);
        return;
    }
    write_findings(bench);
    if (may_keep) {
        verdict_cache_put(with->cache, open->key, buf_str(&bench->findings));
        if (open->is_remote) {
            verdict_redis_store(with->redis, &open->remote_key, buf_str(&bench->findings));
        }
    }
    say_flagged(bench, open->item, buf_str(&bench->findings));
}

static void finish_batch(struct bench *bench, struct batch *batch, unsigned wait_ms)
{
    const struct workers_options *with = &bench->workers->options;
    if (batch->is_asked) {
        verdict_redis_collect(with->redis, batch->remote, wait_ms);
    }
    for (size_t i = 0; i < batch->open_count; i++) {
        if (!batch->is_asked || !take_remote(bench, batch, &batch->open[i])) {
            match_post(bench, batch, &batch->open[i]);
        }
    }
    batch->is_asked = false;
    queue_give_back(with->queue, batch->items, batch->count);
    ruleset_give_back(with->rules, batch->rules);
    batch->count = 0;
}

/*
 * While a batch's answers are on their way the next one is opened; a batch that has to wait for
 * nobody is finished at once.
 */
static void work(struct bench *bench)
{
    struct queue *queue = bench->workers->options.queue;
    struct batch *held = NULL;
    for (size_t turn = 0;; turn ^= 1) {
        struct batch *fresh = &bench->batches[turn];
        fresh->count = held == NULL ? queue_take(queue, fresh->items, WORKERS_BATCH)
                                    : queue_take_now(queue, fresh->items, WORKERS_BATCH);
        if (fresh->count == 0 && held == NULL) {
            return;
        }
        if (fresh->count > 0) {
            open_batch(bench, fresh);
        }
        if (held != NULL) {
            finish_batch(bench, held, fresh->count > 0 ? 0 : IDLE_WAIT_MS);
            held = NULL;
        }
        if (fresh->count > 0 && fresh->is_asked) {
            held = fresh;
        } else if (fresh->count > 0) {
            finish_batch(bench, fresh, 0);
        }
    }
}

static void *run(void *context)
{
    struct workers *workers = context;
    struct bench bench = {
        .workers = workers, .matcher = rule_matcher_new(), .arena = arena_new(VERDICT_ARENA)};
    for (size_t i = 0; i < 2; i++) {
        bench.batches[i].remote = verdict_redis_batch_new();
    }
    work(&bench);
    for (size_t i = 0; i < 2; i++) {
        verdict_redis_batch_free(bench.batches[i].remote);
    }
    rule_matcher_free(bench.matcher);
    arena_free(bench.arena);
    buf_fini(&bench.rules);
    buf_fini(&bench.findings);
    buf_fini(&bench.verdict);
    free(bench.kept);
    free(bench.loud);
    if (atomic_fetch_sub(&workers->running, 1) == 1) {
        workers->options.ended(workers->options.context);
    }
    return NULL;
}

struct workers *workers_start(const struct workers_options *options)
{
    struct workers *workers = mem_zero(1, sizeof *workers);
    static_assert((int)WORKERS_BATCH <= (int)VERDICT_REDIS_BATCH, "one lookup a batch");
    assert(options->count > 0);
    workers->options = *options;
    workers->threads = mem_zero(options->count, sizeof *workers->threads);
    atomic_init(&workers->running, options->count);
    for (unsigned i = 0; i < options->count; i++) {
        int failed = pthread_create(&workers->threads[i], NULL, run, workers);
        assert(!failed);
    }
    return workers;
}

void workers_free(struct workers *workers)
{
    if (workers == NULL) {
        return;
    }
    for (unsigned i = 0; i < workers->options.count; i++) {
        pthread_join(workers->threads[i], NULL);
    }
    free(workers->threads);
    free(workers);
}

struct workers_counts workers_counts(const struct workers *workers)
{
    const struct counters *now = &workers->counters;
    return (struct workers_counts){.posts = now->posts,
                                   .clean = now->clean,
                                   .flagged = now->flagged,
                                   .refused = now->refused,
                                   .faults = now->faults,
                                   .remote = now->remote,
                                   .unread = now->unread,
                                   .shadows = now->shadows};
}
