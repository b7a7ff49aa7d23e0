#include "filter/pipeline/unshorten.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/base/post_copy.h"
#include "filter/pipeline/nominated.h"
#include "filter/pipeline/second_look.h"

enum {
    MAX_HELD = 256,
    MAX_HELD_BYTES = 16 << 20,
    REDIS_WAIT_MS = 50,
};

/* One short link of a held post. */
struct short_link {
    struct buf url, original, target; /* target: empty until it is known */
};

struct held {
    struct held *next; /* in the inbox */
    struct post_copy copy;
    uint64_t ticket;
    struct short_link links[NOMINATED_MOST];
    size_t link_count, open; /* open: asked for and not answered */
};

/* An answer of the resolver: ticket is slot * NOMINATED_MOST + link. */
struct answer {
    struct answer *next;
    uint64_t ticket;
    size_t len;
    char target[];
};

struct unshorten {
    struct unshorten_options options;
    struct feeds_short *resolver;
    pthread_t thread;
    bool is_joined;

    /* The thread's own. */
    struct second_look *look;
    struct verdict_redis_batch *batch;
    struct held *slots[MAX_HELD]; /* by ticket */

    pthread_mutex_t lock; /* of all below */
    pthread_cond_t has_news;
    struct held *inbox;
    struct answer *answers;
    bool is_stopping;
    size_t held, held_bytes;
    struct unshorten_counts counts;
};

static void free_held(struct held *held)
{
    for (size_t i = 0; i < held->link_count; i++) {
        buf_fini(&held->links[i].url);
        buf_fini(&held->links[i].original);
        buf_fini(&held->links[i].target);
    }
    post_copy_fini(&held->copy);
    free(held);
}

/* The resolver's thread. */
static void on_answer(void *context, uint64_t ticket, struct str target)
{
    struct unshorten *unshorten = context;
    struct answer *answer = mem_alloc(sizeof *answer + target.len);
    answer->ticket = ticket;
    answer->len = target.len;
    if (target.len > 0) {
        memcpy(answer->target, target.at, target.len);
    }
    pthread_mutex_lock(&unshorten->lock);
    answer->next = unshorten->answers;
    unshorten->answers = answer;
    pthread_cond_signal(&unshorten->has_news);
    pthread_mutex_unlock(&unshorten->lock);
}

static struct held *make_held(const struct post *post, uint64_t ticket,
                              const struct text_link *const *picked, size_t count)
{
    struct held *held = mem_zero(1, sizeof *held);
    post_copy_set(&held->copy, post);
    held->ticket = ticket;
    held->link_count = count;
    for (size_t i = 0; i < count; i++) {
        buf_put_str(&held->links[i].url, picked[i]->url);
        buf_put_str(&held->links[i].original, picked[i]->original);
    }
    return held;
}

bool unshorten_hold(struct unshorten *unshorten, const struct post *post, uint64_t ticket,
                    const struct rule_match *match, const struct text_link *links,
                    size_t link_count)
{
    const struct text_link *picked[NOMINATED_MOST];
    size_t count = nominated(unshorten->options.list, match, links, link_count, picked);
    if (count == 0) {
        return false;
    }
    struct held *held = make_held(post, ticket, picked, count);
    size_t bytes = held->copy.text.len;
    pthread_mutex_lock(&unshorten->lock);
    bool has_room = !unshorten->is_stopping && unshorten->held < MAX_HELD &&
                    bytes <= MAX_HELD_BYTES - unshorten->held_bytes;
    if (has_room) {
        held->next = unshorten->inbox;
        unshorten->inbox = held;
        unshorten->held++;
        unshorten->held_bytes += bytes;
        unshorten->counts.held++;
        pthread_cond_signal(&unshorten->has_news);
    } else {
        unshorten->counts.refused++;
    }
    pthread_mutex_unlock(&unshorten->lock);
    if (!has_room) {
        free_held(held);
    }
    return has_room;
}

/* By the rules that are in use now, which may be others than those that flagged it. */
static bool tell(struct unshorten *unshorten, const struct held *held)
{
    const struct unshorten_options *with = &unshorten->options;
    const struct post *post = &held->copy.post;
    struct second_look_link links[NOMINATED_MOST];
    struct str verdict;
    size_t count = 0;
    for (size_t i = 0; i < held->link_count; i++) {
        if (held->links[i].target.len > 0) {
            links[count++] =
                (struct second_look_link){.original = buf_str(&held->links[i].original),
                                          .target = buf_str(&held->links[i].target)};
        }
    }
    struct ruleset *rules = ruleset_take(with->rules);
    if (rules == NULL) {
        return false; /* the season is over: it is let go of, as the workers do */
    }
    if (second_look(unshorten->look, rules, post, links, count, &verdict)) {
        with->flagged(with->context, post, held->ticket, verdict);
    } else {
        with->clean(with->context, post, held->ticket);
    }
    ruleset_give_back(with->rules, rules);
    return count > 0;
}

static void finish(struct unshorten *unshorten, size_t slot)
{
    struct held *held = unshorten->slots[slot];
    unshorten->slots[slot] = NULL;
    bool is_resolved = tell(unshorten, held);
    pthread_mutex_lock(&unshorten->lock);
    unshorten->held--;
    unshorten->held_bytes -= held->copy.text.len;
    unshorten->counts.resolved += is_resolved;
    pthread_mutex_unlock(&unshorten->lock);
    free_held(held);
}

/* What other nodes, or this one before a restart, found out. */
static void look_in_redis(struct unshorten *unshorten, struct held *held, const bool *is_wanted)
{
    struct verdict_redis *redis = unshorten->options.redis;
    struct hash keys[NOMINATED_MOST];
    size_t which[NOMINATED_MOST], count = 0, found = 0;
    for (size_t i = 0; redis != NULL && i < held->link_count; i++) {
        if (is_wanted[i]) {
            which[count] = i;
            keys[count++] = verdict_redis_short_key(redis, buf_str(&held->links[i].url));
        }
    }
    if (count == 0 || !verdict_redis_ask(redis, unshorten->batch, keys, count)) {
        return;
    }
    verdict_redis_collect(redis, unshorten->batch, REDIS_WAIT_MS);
    for (size_t i = 0; i < count; i++) {
        struct str target = verdict_redis_found(unshorten->batch, i);
        struct short_link *link = &held->links[which[i]];
        if (target.len > 0 && feeds_short_learn(unshorten->resolver, buf_str(&link->url), target)) {
            buf_put_str(&link->target, target);
            found++;
        }
    }
    pthread_mutex_lock(&unshorten->lock);
    unshorten->counts.remote += found;
    pthread_mutex_unlock(&unshorten->lock);
}

/* Looks the post's links up, asks for what is not known. */
static void begin(struct unshorten *unshorten, struct held *held, bool is_stopping)
{
    bool is_wanted[NOMINATED_MOST] = {false};
    size_t slot = 0;
    while (unshorten->slots[slot] != NULL) {
        slot++;
    }
    unshorten->slots[slot] = held;
    for (size_t i = 0; i < held->link_count; i++) {
        struct short_link *link = &held->links[i];
        is_wanted[i] = feeds_short_find(unshorten->resolver, buf_str(&link->url), &link->target) ==
                       FEEDS_SHORT_UNKNOWN;
    }
    if (!is_stopping) {
        look_in_redis(unshorten, held, is_wanted);
    }
    for (size_t i = 0; i < held->link_count; i++) {
        const struct short_link *link = &held->links[i];
        held->open +=
            is_wanted[i] && link->target.len == 0 &&
            feeds_short_ask(unshorten->resolver, buf_str(&link->url), slot * NOMINATED_MOST + i);
    }
    if (held->open == 0) {
        finish(unshorten, slot);
    }
}

static void take(struct unshorten *unshorten, const struct answer *answer)
{
    size_t slot = (size_t)(answer->ticket / NOMINATED_MOST);
    struct held *held = unshorten->slots[slot];
    struct short_link *link = &held->links[answer->ticket % NOMINATED_MOST];
    if (answer->len > 0) {
        buf_put(&link->target, answer->target, answer->len);
        if (unshorten->options.redis != NULL) {
            struct hash key =
                verdict_redis_short_key(unshorten->options.redis, buf_str(&link->url));
            verdict_redis_store(unshorten->options.redis, &key, buf_str(&link->target));
        }
    }
    if (--held->open == 0) {
        finish(unshorten, slot);
    }
}

/* Until it is told to stop and nothing is held; the resolver answers the rest at once then. */
static void *run(void *context)
{
    struct unshorten *unshorten = context;
    for (;;) {
        pthread_mutex_lock(&unshorten->lock);
        while (unshorten->inbox == NULL && unshorten->answers == NULL &&
               !(unshorten->is_stopping && unshorten->held == 0)) {
            pthread_cond_wait(&unshorten->has_news, &unshorten->lock);
        }
        struct held *inbox = NULL; /* the oldest first */
        while (unshorten->inbox != NULL) {
            struct held *held = unshorten->inbox;
            unshorten->inbox = held->next;
            held->next = inbox;
            inbox = held;
        }
        struct answer *answers = unshorten->answers;
        bool is_stopping = unshorten->is_stopping;
        unshorten->answers = NULL;
        pthread_mutex_unlock(&unshorten->lock);
        if (inbox == NULL && answers == NULL) {
            return NULL;
        }
        while (answers != NULL) {
            struct answer *answer = answers;
            answers = answer->next;
            take(unshorten, answer);
            free(answer);
        }
        while (inbox != NULL) {
            struct held *held = inbox;
            inbox = held->next;
            begin(unshorten, held, is_stopping);
        }
    }
}

struct unshorten *unshorten_start(const struct unshorten_options *options, struct err *err)
{
    struct unshorten *unshorten = mem_zero(1, sizeof *unshorten);
    unshorten->options = *options;
    pthread_mutex_init(&unshorten->lock, NULL);
    pthread_cond_init(&unshorten->has_news, NULL);
    unshorten->look =
        second_look_new(options->cache, options->redis, options->correlate, &options->decision_key);
    unshorten->batch = verdict_redis_batch_new();
    const struct feeds_short_options resolver = {.list = options->list,
                                                 .secret = options->secret,
                                                 .proxy = options->proxy,
                                                 .contact = options->contact,
                                                 .limits = options->limits,
                                                 .on_answer = on_answer,
                                                 .context = unshorten};
    unshorten->is_joined = true;
    unshorten->resolver = feeds_short_start(&resolver, err);
    unshorten->options.secret = NULL;
    if (unshorten->resolver != NULL) {
        int failed = pthread_create(&unshorten->thread, NULL, run, unshorten);
        assert(!failed);
        unshorten->is_joined = false;
        return unshorten;
    }
    unshorten_free(unshorten);
    return NULL;
}

void unshorten_stop(struct unshorten *unshorten)
{
    if (unshorten == NULL || unshorten->is_joined) {
        return;
    }
    pthread_mutex_lock(&unshorten->lock);
    unshorten->is_stopping = true;
    pthread_mutex_unlock(&unshorten->lock);
    feeds_short_stop(unshorten->resolver);
    pthread_cond_signal(&unshorten->has_news);
    pthread_join(unshorten->thread, NULL);
    unshorten->is_joined = true;
}

void unshorten_free(struct unshorten *unshorten)
{
    if (unshorten == NULL) {
        return;
    }
    unshorten_stop(unshorten);
    feeds_short_free(unshorten->resolver);
    verdict_redis_batch_free(unshorten->batch);
    second_look_free(unshorten->look);
    pthread_cond_destroy(&unshorten->has_news);
    pthread_mutex_destroy(&unshorten->lock);
    free(unshorten);
}

struct unshorten_counts unshorten_counts(struct unshorten *unshorten)
{
    struct feeds_short_counts links = feeds_short_counts(unshorten->resolver);
    pthread_mutex_lock(&unshorten->lock);
    struct unshorten_counts counts = unshorten->counts;
    pthread_mutex_unlock(&unshorten->lock);
    counts.links = links;
    return counts;
}
