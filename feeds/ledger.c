#include "feeds/ledger.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "feeds/schedule.h"
#include "filter/base/log.h"
#include "filter/base/mem.h"

enum {
    SAVE_MS = 1000, /* between two writings of the state, and a millisecond per source */
    MAX_URL = 8192,
};

/* A source's document whose posts are not all done. */
struct open_document {
    uint64_t number;  /* 0: none */
    int64_t asked_ms; /* how long the answer may be cached */
    char *etag, *last_modified;
};

struct feeds_ledger {
    struct feeds_ledger_options options;
    char *path;
    pthread_mutex_t lock; /* of all below */
    struct feeds_state *states;
    struct open_document *documents;
    uint64_t last_number;
    bool is_dirty; /* the state has to be saved */
    int64_t saved_ms;
    bool save_failed; /* said once */
    atomic_bool has_changed;
    atomic_uint_fast64_t failures;
};

struct feeds_ledger *feeds_ledger_new(const struct feeds_ledger_options *options)
{
    struct feeds_ledger *ledger = mem_zero(1, sizeof *ledger);
    ledger->options = *options;
    ledger->options.path = NULL;
    pthread_mutex_init(&ledger->lock, NULL);
    ledger->states = mem_zero(options->count, sizeof *ledger->states);
    ledger->documents = mem_zero(options->count, sizeof *ledger->documents);
    if (options->path != NULL) {
        ledger->path = mem_copy_string(options->path);
        feeds_state_load(ledger->path, options->sources, options->count, ledger->states);
    }
    return ledger;
}

static void save(struct feeds_ledger *ledger)
{
    struct err err = ERR_NONE;
    ledger->is_dirty = false;
    ledger->saved_ms = clock_monotonic_ms();
    if (ledger->path == NULL) {
        return;
    }
    bool done = feeds_state_save(ledger->path, ledger->options.sources, ledger->options.count,
                                 ledger->states, &err);
    if (!done && !ledger->save_failed) {
        log_line(LOG_ERROR, "sources_state_not_written", LOG_TEXT("file", ledger->path),
                 LOG_TEXT("reason", err.message));
    }
    ledger->save_failed = !done;
}

void feeds_ledger_free(struct feeds_ledger *ledger)
{
    if (ledger == NULL) {
        return;
    }
    if (ledger->is_dirty) {
        save(ledger);
    }
    for (size_t i = 0; i < ledger->options.count; i++) {
        feeds_state_fini(&ledger->states[i]);
        free(ledger->documents[i].etag);
        free(ledger->documents[i].last_modified);
    }
    free(ledger->states);
    free(ledger->documents);
    free(ledger->path);
    pthread_mutex_destroy(&ledger->lock);
    free(ledger);
}

void feeds_ledger_lock(struct feeds_ledger *ledger)
{
    pthread_mutex_lock(&ledger->lock);
}

void feeds_ledger_unlock(struct feeds_ledger *ledger)
{
    pthread_mutex_unlock(&ledger->lock);
}

struct feeds_state *feeds_ledger_state(struct feeds_ledger *ledger, size_t at)
{
    return &ledger->states[at];
}

bool feeds_ledger_is_open(const struct feeds_ledger *ledger, size_t at)
{
    return ledger->documents[at].number != 0;
}

static int64_t now_ms(const struct feeds_ledger *ledger)
{
    return clock_now_ms(&ledger->options.clock);
}

static void change(struct feeds_ledger *ledger)
{
    ledger->is_dirty = true;
    atomic_store(&ledger->has_changed, true);
}

void feeds_ledger_went_well(struct feeds_ledger *ledger, size_t at)
{
    struct feeds_state *state = &ledger->states[at];
    feeds_schedule_next(state, ledger->options.limits, now_ms(ledger));
    state->fetched_ms = now_ms(ledger);
    free(state->error);
    state->error = NULL;
    change(ledger);
}

static void plan_retry(struct feeds_ledger *ledger, size_t at, int64_t asked_ms)
{
    feeds_schedule_retry(&ledger->states[at], ledger->options.limits, now_ms(ledger), asked_ms);
    change(ledger);
    atomic_fetch_add(&ledger->failures, 1);
}

void feeds_ledger_failed(struct feeds_ledger *ledger, size_t at, int64_t asked_ms,
                         const struct err *why)
{
    struct feeds_state *state = &ledger->states[at];
    plan_retry(ledger, at, asked_ms);
    feeds_state_set(&state->error, str_of(why->message), FEEDS_STATE_MAX_ERROR);
    log_line(LOG_WARN, "source_failed", LOG_TEXT("source", ledger->options.sources[at].id.at),
             LOG_TEXT("reason", why->message), LOG_NUMBER("failures", state->failures));
}

void feeds_ledger_gone(struct feeds_ledger *ledger, size_t at)
{
    ledger->states[at].is_gone = true;
    ledger->is_dirty = true;
    log_line(LOG_WARN, "source_gone", LOG_TEXT("source", ledger->options.sources[at].id.at));
}

void feeds_ledger_moved(struct feeds_ledger *ledger, size_t at, struct str url)
{
    struct feeds_state *state = &ledger->states[at];
    const struct feeds_source *source = &ledger->options.sources[at];
    const char *now_at = state->moved != NULL ? state->moved : source->url.at;
    if (url.len == 0 || str_is(url, now_at)) {
        return;
    }
    feeds_state_set(&state->moved, url, MAX_URL);
    ledger->is_dirty = true;
    log_line(LOG_INFO, "source_moved", LOG_TEXT("source", source->id.at),
             LOG_TEXT("url", state->moved != NULL ? state->moved : ""));
}

uint64_t feeds_ledger_open(struct feeds_ledger *ledger, size_t at, struct str etag,
                           struct str last_modified, int64_t asked_ms)
{
    struct open_document *document = &ledger->documents[at];
    pthread_mutex_lock(&ledger->lock);
    /* A number tells its source, so that settling one of thousands searches for nothing. */
    uint64_t number = ledger->last_number++ * ledger->options.count + at + 1;
    document->number = number;
    document->asked_ms = asked_ms;
    feeds_state_set(&document->etag, etag, FEEDS_STATE_MAX_VALUE);
    feeds_state_set(&document->last_modified, last_modified, FEEDS_STATE_MAX_VALUE);
    pthread_mutex_unlock(&ledger->lock);
    return number;
}

/* The source of a document that is not settled. */
static size_t source_of(const struct feeds_ledger *ledger, uint64_t number)
{
    assert(number != 0 && ledger->options.count > 0);
    size_t at = (size_t)((number - 1) % ledger->options.count);
    assert(ledger->documents[at].number == number);
    return at;
}

void feeds_ledger_observed(struct feeds_ledger *ledger, uint64_t number, bool has_news,
                           int64_t asked_ms)
{
    pthread_mutex_lock(&ledger->lock);
    size_t at = source_of(ledger, number);
    struct feeds_state *state = &ledger->states[at];
    int64_t cached_ms = ledger->documents[at].asked_ms;
    feeds_schedule_observe(state, ledger->options.limits, has_news,
                           asked_ms > cached_ms ? asked_ms : cached_ms);
    state->changed_ms = has_news ? now_ms(ledger) : state->changed_ms;
    pthread_mutex_unlock(&ledger->lock);
}

void feeds_ledger_settled(struct feeds_ledger *ledger, uint64_t number, bool is_fine)
{
    pthread_mutex_lock(&ledger->lock);
    size_t at = source_of(ledger, number);
    struct open_document *document = &ledger->documents[at];
    struct feeds_state *state = &ledger->states[at];
    document->number = 0;
    if (is_fine) {
        free(state->etag);
        free(state->last_modified);
        state->etag = document->etag;
        state->last_modified = document->last_modified;
        document->etag = document->last_modified = NULL;
        feeds_ledger_went_well(ledger, at);
    } else {
        plan_retry(ledger, at, 0);
    }
    pthread_mutex_unlock(&ledger->lock);
}

uint64_t feeds_ledger_failures(struct feeds_ledger *ledger)
{
    return atomic_load(&ledger->failures);
}

bool feeds_ledger_has_changed(struct feeds_ledger *ledger)
{
    return atomic_exchange(&ledger->has_changed, false);
}

void feeds_ledger_save_if_due(struct feeds_ledger *ledger, int64_t *wait_ms)
{
    pthread_mutex_lock(&ledger->lock);
    int64_t since_ms = clock_monotonic_ms() - ledger->saved_ms;
    int64_t pause_ms = SAVE_MS + (int64_t)ledger->options.count;
    if (ledger->is_dirty && since_ms >= pause_ms) {
        save(ledger);
    } else if (ledger->is_dirty && pause_ms - since_ms < *wait_ms) {
        *wait_ms = pause_ms - since_ms;
    }
    pthread_mutex_unlock(&ledger->lock);
}
