#include "feeds/fetch.h"

#include <assert.h>
#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "feeds/file.h"
#include "feeds/request.h"
#include "feeds/schedule.h"
#include "feeds/state.h"
#include "feeds/transfer.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/log.h"
#include "filter/base/mem.h"

enum {
    MAX_WAIT_MS = 60000, /* the clock is looked at again this often */
    SAVE_MS = 1000,      /* between two writings of the state, and a millisecond per source */
};

/* What is known of a source only while we run. */
struct source_run {
    struct feeds_transfer *transfer; /* under way */
    uint64_t number;                 /* of its document whose posts are not all done; 0: none */
    size_t host;                     /* its place in `hosts` */
    int64_t asked_ms;                /* how long the answer of document `number` may be cached */
    char *etag, *last_modified;      /* of the document `number` */
};

/* Sources of one host and port share its politeness. */
struct host {
    uint64_t hash;
    unsigned active;
    int64_t started_ms; /* last, monotonic */
};

struct feeds_fetch {
    struct feeds_fetch_options options;
    char *state_path;
    struct buf user_agent;
    CURLM *multi;
    pthread_mutex_t lock; /* over states, runs, is_dirty */
    struct feeds_state *states;
    struct source_run *runs;
    struct host *hosts;
    bool has_files;     /* sources that are files */
    size_t next;        /* the source that is looked at next: all get their turn */
    int64_t look_at_ms; /* monotonic: none is due before */
    bool is_dirty;      /* the state has to be saved */
    int64_t saved_ms;
    bool save_failed; /* said once */
    size_t active;
    uint64_t last_number;
    atomic_bool is_stopping, is_paused, has_changed; /* the last: look for what is due */
    atomic_uint_fast64_t failures;
};

/* FNV-1a over what stands between "://" and the path. */
static uint64_t host_hash(struct str url)
{
    uint64_t hash = 14695981039346656037U;
    struct str host = feeds_transfer_host(url);
    for (size_t at = 0; at < host.len; at++) {
        hash = (hash ^ ((unsigned char)host.at[at] | 0x20U)) * 1099511628211U;
    }
    return hash;
}

static int compare_hosts(const void *a, const void *b)
{
    uint64_t left = ((const struct host *)a)->hash, right = ((const struct host *)b)->hash;
    return (left > right) - (left < right);
}

/* Makes the table of hosts and gives each source its place in it. */
static void find_hosts(struct feeds_fetch *fetch)
{
    size_t count = fetch->options.source_count, kept = 0;
    fetch->hosts = mem_zero(count, sizeof *fetch->hosts);
    for (size_t i = 0; i < count; i++) {
        fetch->hosts[i].hash = host_hash(fetch->options.sources[i].url);
        fetch->hosts[i].started_ms = INT64_MIN / 2;
        fetch->has_files |= fetch->options.sources[i].url.len == 0;
    }
    qsort(fetch->hosts, count, sizeof *fetch->hosts, compare_hosts);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || fetch->hosts[i].hash != fetch->hosts[kept - 1].hash) {
            fetch->hosts[kept++] = fetch->hosts[i];
        }
    }
    for (size_t i = 0; i < count; i++) {
        struct host wanted = {.hash = host_hash(fetch->options.sources[i].url)};
        const struct host *found =
            bsearch(&wanted, fetch->hosts, kept, sizeof wanted, compare_hosts);
        assert(found != NULL);
        fetch->runs[i].host = (size_t)(found - fetch->hosts);
    }
}

struct feeds_fetch *feeds_fetch_new(const struct feeds_fetch_options *options, struct err *err)
{
    if (options->proxy != NULL && strncmp(options->proxy, "http://", 7) != 0) {
        err_set(err, "the proxy '%s' must be http://HOST:PORT", options->proxy);
        return NULL;
    }
    CURLM *multi = feeds_request_start(err) ? curl_multi_init() : NULL;
    if (multi == NULL) {
        err_set(err, "libcurl cannot start");
        return NULL;
    }
    struct feeds_fetch *fetch = mem_zero(1, sizeof *fetch);
    fetch->options = *options;
    fetch->multi = multi;
    feeds_request_defaults(&fetch->options.limits);
    curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)fetch->options.limits.per_host);
    /* HTTP/2 where the server speaks it; idle connections are kept for as many as are at work. */
    curl_multi_setopt(multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)fetch->options.limits.at_once);
    pthread_mutex_init(&fetch->lock, NULL);
    fetch->states = mem_zero(options->source_count, sizeof *fetch->states);
    fetch->runs = mem_zero(options->source_count, sizeof *fetch->runs);
    find_hosts(fetch);
    feeds_request_agent(options->contact, &fetch->user_agent);
    if (options->state_path != NULL) {
        fetch->state_path = mem_copy_string(options->state_path);
        feeds_state_load(fetch->state_path, options->sources, options->source_count, fetch->states);
    }
    return fetch;
}

static void save(struct feeds_fetch *fetch)
{
    struct err err = ERR_NONE;
    fetch->is_dirty = false;
    fetch->saved_ms = clock_monotonic_ms();
    if (fetch->state_path == NULL) {
        return;
    }
    bool done = feeds_state_save(fetch->state_path, fetch->options.sources,
                                 fetch->options.source_count, fetch->states, &err);
    if (!done && !fetch->save_failed) {
        log_line(LOG_ERROR, "sources_state_not_written", LOG_TEXT("file", fetch->state_path),
                 LOG_TEXT("reason", err.message));
    }
    fetch->save_failed = !done;
}

void feeds_fetch_free(struct feeds_fetch *fetch)
{
    if (fetch == NULL) {
        return;
    }
    if (fetch->is_dirty) {
        save(fetch);
    }
    curl_multi_cleanup(fetch->multi);
    for (size_t i = 0; i < fetch->options.source_count; i++) {
        feeds_state_fini(&fetch->states[i]);
        free(fetch->runs[i].etag);
        free(fetch->runs[i].last_modified);
    }
    free(fetch->states);
    free(fetch->runs);
    free(fetch->hosts);
    free(fetch->state_path);
    buf_fini(&fetch->user_agent);
    pthread_mutex_destroy(&fetch->lock);
    free(fetch);
}

void feeds_fetch_stop(struct feeds_fetch *fetch)
{
    atomic_store(&fetch->is_stopping, true);
    curl_multi_wakeup(fetch->multi);
}

void feeds_fetch_pause(struct feeds_fetch *fetch, bool is_paused)
{
    atomic_store(&fetch->is_paused, is_paused);
    atomic_store(&fetch->has_changed, true);
    curl_multi_wakeup(fetch->multi);
}

uint64_t feeds_fetch_failures(struct feeds_fetch *fetch)
{
    return atomic_load(&fetch->failures);
}

static int64_t now_ms(const struct feeds_fetch *fetch)
{
    return clock_now_ms(&fetch->options.clock);
}

/* When a source whose fetch went well is due again. Locked, as plan_retry is. */
static void plan_next(struct feeds_fetch *fetch, size_t at)
{
    struct feeds_state *state = &fetch->states[at];
    feeds_schedule_next(state, &fetch->options.limits, now_ms(fetch));
    state->fetched_ms = now_ms(fetch);
    free(state->error);
    state->error = NULL;
    fetch->is_dirty = true;
    atomic_store(&fetch->has_changed, true);
}

static void plan_retry(struct feeds_fetch *fetch, size_t at, int64_t asked_ms)
{
    feeds_schedule_retry(&fetch->states[at], &fetch->options.limits, now_ms(fetch), asked_ms);
    fetch->is_dirty = true;
    atomic_store(&fetch->has_changed, true);
    atomic_fetch_add(&fetch->failures, 1);
}

static void log_failure(const struct feeds_source *source, struct feeds_state *state,
                        const struct err *err)
{
    feeds_state_set(&state->error, str_of(err->message), FEEDS_STATE_MAX_ERROR);
    log_line(LOG_WARN, "source_failed", LOG_TEXT("source", source->id.at),
             LOG_TEXT("reason", err->message), LOG_NUMBER("failures", state->failures));
}

/* Hands a document out; until it is settled its validators stay apart from the state. */
static void hand_out(struct feeds_fetch *fetch, size_t at, struct feeds_document *document,
                     struct str etag, struct str last_modified, int64_t asked_ms)
{
    const struct feeds_source *source = &fetch->options.sources[at];
    struct source_run *run = &fetch->runs[at];
    pthread_mutex_lock(&fetch->lock);
    /* A number tells its source, so that settling one of thousands searches for nothing. */
    uint64_t number = fetch->last_number++ * fetch->options.source_count + at + 1;
    run->number = number;
    run->asked_ms = asked_ms;
    feeds_state_set(&run->etag, etag, FEEDS_STATE_MAX_VALUE);
    feeds_state_set(&run->last_modified, last_modified, FEEDS_STATE_MAX_VALUE);
    pthread_mutex_unlock(&fetch->lock);
    document->source = source->id;
    document->lang = source->lang;
    document->fetched_ms = now_ms(fetch);
    document->is_ndjson = source->kind == FEEDS_KIND_NDJSON;
    fetch->options.on_document(fetch->options.context, source, number, document);
}

/* The source of a document that is not settled. */
static size_t source_of(const struct feeds_fetch *fetch, uint64_t number)
{
    assert(number != 0 && fetch->options.source_count > 0);
    size_t at = (size_t)((number - 1) % fetch->options.source_count);
    assert(fetch->runs[at].number == number);
    return at;
}

void feeds_fetch_observed(struct feeds_fetch *fetch, uint64_t number, bool has_news,
                          int64_t asked_ms)
{
    pthread_mutex_lock(&fetch->lock);
    size_t at = source_of(fetch, number);
    struct feeds_state *state = &fetch->states[at];
    int64_t cached_ms = fetch->runs[at].asked_ms;
    feeds_schedule_observe(state, &fetch->options.limits, has_news,
                           asked_ms > cached_ms ? asked_ms : cached_ms);
    state->changed_ms = has_news ? now_ms(fetch) : state->changed_ms;
    pthread_mutex_unlock(&fetch->lock);
}

void feeds_fetch_settled(struct feeds_fetch *fetch, uint64_t number, bool is_fine)
{
    pthread_mutex_lock(&fetch->lock);
    size_t at = source_of(fetch, number);
    struct source_run *run = &fetch->runs[at];
    struct feeds_state *state = &fetch->states[at];
    run->number = 0;
    if (is_fine) {
        free(state->etag);
        free(state->last_modified);
        state->etag = run->etag;
        state->last_modified = run->last_modified;
        run->etag = run->last_modified = NULL;
        plan_next(fetch, at);
    } else {
        plan_retry(fetch, at, 0);
    }
    pthread_mutex_unlock(&fetch->lock);
    curl_multi_wakeup(fetch->multi);
}

/* A file, or a folder of them, is read when a size or time changed, which is noted as its ETag. */
static void read_file(struct feeds_fetch *fetch, size_t at)
{
    const struct feeds_source *source = &fetch->options.sources[at];
    struct feeds_state *state = &fetch->states[at];
    struct buf bytes = BUF_EMPTY, etag = BUF_EMPTY;
    struct err err = ERR_NONE;
    bool is_fine = feeds_file_etag(source, &etag, &err);
    if (is_fine && state->etag != NULL && str_is(buf_str(&etag), state->etag)) {
        pthread_mutex_lock(&fetch->lock);
        plan_next(fetch, at);
        pthread_mutex_unlock(&fetch->lock);
    } else if (is_fine && feeds_file_read(source, fetch->options.limits.max_bytes, &bytes, &err)) {
        struct feeds_document document = {.bytes = buf_str(&bytes)};
        hand_out(fetch, at, &document, buf_str(&etag), STR(""), 0);
    } else {
        pthread_mutex_lock(&fetch->lock);
        plan_retry(fetch, at, 0);
        log_failure(source, state, &err);
        pthread_mutex_unlock(&fetch->lock);
    }
    buf_fini(&etag);
    buf_fini(&bytes);
}

/* One hop: what comes before it is in `options`. False with the reason. */
static bool start_hop(struct feeds_fetch *fetch, size_t at, struct feeds_transfer_options *options,
                      struct err *err)
{
    const struct feeds_source *source = &fetch->options.sources[at];
    const struct feeds_state *state = &fetch->states[at];
    struct buf token = BUF_EMPTY;
    bool may_start = feeds_request_token(source, &token, err);
    options->etag = state->etag;
    options->last_modified = state->last_modified;
    options->user_agent = fetch->user_agent.bytes;
    options->private_url = source->allow_private ? source->url.at : NULL;
    options->token = token.len > 0 ? token.bytes : NULL;
    options->proxy = fetch->options.proxy;
    options->limits = &fetch->options.limits;
    options->source = at;
    struct feeds_transfer *transfer = may_start ? feeds_transfer_new(options, err) : NULL;
    buf_fini(&token);
    if (transfer == NULL || curl_multi_add_handle(fetch->multi, transfer->easy) != CURLM_OK) {
        feeds_transfer_free(transfer);
        return err_set(err, "libcurl cannot start the transfer");
    }
    fetch->runs[at].transfer = transfer;
    fetch->active++;
    return true;
}

static void start_transfer(struct feeds_fetch *fetch, size_t at)
{
    const struct feeds_source *source = &fetch->options.sources[at];
    struct feeds_state *state = &fetch->states[at];
    struct err err = ERR_NONE;
    struct feeds_transfer_options options = {
        .url = state->moved != NULL ? state->moved : source->url.at,
        .way = fetch->options.proxy != NULL ? FEEDS_WAY_LOOK : FEEDS_WAY_DIRECT,
    };
    if (!start_hop(fetch, at, &options, &err)) {
        plan_retry(fetch, at, 0);
        log_failure(source, state, &err);
        return;
    }
    struct host *host = &fetch->hosts[fetch->runs[at].host];
    host->started_ms = clock_monotonic_ms();
    host->active++;
}

/* How long to wait until this host may be asked again; 0: now. */
static int64_t host_wait(const struct feeds_fetch *fetch, size_t at)
{
    const struct host *host = &fetch->hosts[fetch->runs[at].host];
    if (host->active >= fetch->options.limits.per_host) {
        return MAX_WAIT_MS; /* the end of a transfer makes us look again */
    }
    int64_t wait_ms = host->started_ms + fetch->options.limits.host_gap_ms - clock_monotonic_ms();
    return wait_ms > 0 ? wait_ms : 0;
}

/* Starts the source if it is due and there is room; returns how long it is to wait. Locked. */
static int64_t start_if_due(struct feeds_fetch *fetch, size_t at, int64_t now)
{
    const struct feeds_source *source = &fetch->options.sources[at];
    const struct feeds_state *state = &fetch->states[at];
    if (!source->is_enabled || state->is_gone || fetch->runs[at].transfer != NULL ||
        fetch->runs[at].number != 0) {
        return MAX_WAIT_MS;
    }
    int64_t due_in = feeds_schedule_wait(state, now);
    if (due_in > 0) {
        return due_in;
    }
    if (source->url.len == 0) {
        pthread_mutex_unlock(&fetch->lock);
        read_file(fetch, at);
        pthread_mutex_lock(&fetch->lock);
        return MAX_WAIT_MS;
    }
    if (fetch->active >= fetch->options.limits.at_once) {
        return MAX_WAIT_MS;
    }
    due_in = host_wait(fetch, at);
    if (due_in == 0) {
        start_transfer(fetch, at);
        return MAX_WAIT_MS;
    }
    return due_in;
}

/*
 * Starts what is due; returns how long nothing else will be. Thousands of sources are not looked
 * at each time a byte comes: only when one changed, or when the first of them is due.
 */
static int64_t start_due(struct feeds_fetch *fetch)
{
    int64_t wait_ms = MAX_WAIT_MS, now = now_ms(fetch), started_ms = clock_monotonic_ms();
    bool has_changed = atomic_exchange(&fetch->has_changed, false);
    if (!has_changed && started_ms < fetch->look_at_ms) {
        return fetch->look_at_ms - started_ms;
    }
    pthread_mutex_lock(&fetch->lock);
    for (size_t i = 0; i < fetch->options.source_count; i++) {
        bool is_full = fetch->active >= fetch->options.limits.at_once && !fetch->has_files;
        if (is_full || atomic_load(&fetch->is_paused) || atomic_load(&fetch->is_stopping)) {
            break; /* the end of it wakes us */
        }
        size_t at = fetch->next;
        fetch->next = at + 1 < fetch->options.source_count ? at + 1 : 0;
        int64_t due_in = start_if_due(fetch, at, now);
        wait_ms = due_in < wait_ms ? due_in : wait_ms;
    }
    pthread_mutex_unlock(&fetch->lock);
    fetch->look_at_ms = started_ms + wait_ms;
    return wait_ms;
}

static void follow_move(struct feeds_fetch *fetch, size_t at, struct str moved)
{
    struct feeds_state *state = &fetch->states[at];
    const char *now_at = state->moved != NULL ? state->moved : fetch->options.sources[at].url.at;
    if (moved.len == 0 || str_is(moved, now_at)) {
        return;
    }
    feeds_state_set(&state->moved, moved, 8192);
    fetch->is_dirty = true;
    log_line(LOG_INFO, "source_moved", LOG_TEXT("source", fetch->options.sources[at].id.at),
             LOG_TEXT("url", state->moved != NULL ? state->moved : ""));
}

/* Behind a proxy: from the address to the tunnel, from a redirect to its address. */
static bool goes_on(struct feeds_fetch *fetch, const struct feeds_transfer *transfer, CURLcode code,
                    struct err *err)
{
    const struct feeds_source *source = &fetch->options.sources[transfer->source];
    struct feeds_transfer_options options = {.redirects = transfer->redirects,
                                             .was_permanent = transfer->is_permanent};
    if (transfer->way == FEEDS_WAY_LOOK && transfer->address[0] != '\0') {
        options.url = feeds_transfer_url(transfer).at;
        options.way = FEEDS_WAY_TUNNEL;
        options.address = transfer->address;
    } else if (transfer->way == FEEDS_WAY_TUNNEL && code == CURLE_OK &&
               source->token_file.len == 0 && feeds_transfer_next(transfer) != NULL) {
        options.url = feeds_transfer_next(transfer);
        options.way = FEEDS_WAY_LOOK;
    } else {
        return false;
    }
    pthread_mutex_lock(&fetch->lock);
    bool done = start_hop(fetch, transfer->source, &options, err);
    pthread_mutex_unlock(&fetch->lock);
    return done;
}

static void finish(struct feeds_fetch *fetch, struct feeds_transfer *transfer, CURLcode code)
{
    size_t at = transfer->source;
    const struct feeds_source *source = &fetch->options.sources[at];
    struct feeds_state *state = &fetch->states[at];
    struct err err = ERR_NONE;
    int64_t wait_ms = 0;
    if (goes_on(fetch, transfer, code, &err)) {
        return;
    }
    enum feeds_outcome outcome = feeds_transfer_outcome(transfer, code, &wait_ms, &err);
    if (outcome == FEEDS_FETCHED &&
        !feeds_request_may_be_at(source, feeds_transfer_url(transfer), &err)) {
        outcome = FEEDS_FAILED;
    }
    pthread_mutex_lock(&fetch->lock);
    fetch->runs[at].transfer = NULL;
    fetch->hosts[fetch->runs[at].host].active--;
    atomic_store(&fetch->has_changed, true);
    switch (outcome) {
    case FEEDS_FETCHED:
        follow_move(fetch, at, feeds_transfer_moved(transfer));
        break;
    case FEEDS_UNCHANGED:
        follow_move(fetch, at, feeds_transfer_moved(transfer));
        feeds_schedule_observe(state, &fetch->options.limits, false,
                               feeds_transfer_max_age(transfer));
        plan_next(fetch, at);
        break;
    case FEEDS_GONE:
        state->is_gone = true;
        fetch->is_dirty = true;
        log_line(LOG_WARN, "source_gone", LOG_TEXT("source", source->id.at));
        break;
    case FEEDS_BUSY:
    case FEEDS_FAILED:
        plan_retry(fetch, at, outcome == FEEDS_BUSY ? wait_ms : 0);
        log_failure(source, state, &err);
        break;
    }
    pthread_mutex_unlock(&fetch->lock);
    if (outcome == FEEDS_FETCHED) {
        struct feeds_document document = {
            .bytes = {.at = transfer->body.len > 0 ? transfer->body.bytes : "",
                      .len = transfer->body.len},
            .content_type = buf_str(&transfer->content_type),
            .url = feeds_transfer_url(transfer),
        };
        hand_out(fetch, at, &document, buf_str(&transfer->etag), buf_str(&transfer->last_modified),
                 feeds_transfer_max_age(transfer));
    }
}

static void finish_all(struct feeds_fetch *fetch)
{
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(fetch->multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE) {
            continue;
        }
        struct feeds_transfer *transfer = NULL;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        curl_multi_remove_handle(fetch->multi, transfer->easy);
        fetch->active--;
        finish(fetch, transfer, code);
        feeds_transfer_free(transfer);
    }
}

/* Gives up what is under way: nothing of it counts as a failure. */
static void give_up(struct feeds_fetch *fetch)
{
    for (size_t i = 0; i < fetch->options.source_count; i++) {
        struct feeds_transfer *transfer = fetch->runs[i].transfer;
        if (transfer != NULL) {
            curl_multi_remove_handle(fetch->multi, transfer->easy);
            feeds_transfer_free(transfer);
            fetch->runs[i].transfer = NULL;
            fetch->hosts[fetch->runs[i].host].active--;
        }
    }
    fetch->active = 0;
}

static void save_if_due(struct feeds_fetch *fetch, int64_t *wait_ms)
{
    pthread_mutex_lock(&fetch->lock);
    int64_t since_ms = clock_monotonic_ms() - fetch->saved_ms;
    int64_t pause_ms = SAVE_MS + (int64_t)fetch->options.source_count;
    if (fetch->is_dirty && since_ms >= pause_ms) {
        save(fetch);
    } else if (fetch->is_dirty && pause_ms - since_ms < *wait_ms) {
        *wait_ms = pause_ms - since_ms;
    }
    pthread_mutex_unlock(&fetch->lock);
}

void feeds_fetch_run(struct feeds_fetch *fetch)
{
    int running = 0;
    atomic_store(&fetch->has_changed, true);
    while (!atomic_load(&fetch->is_stopping)) {
        int64_t wait_ms = start_due(fetch);
        curl_multi_perform(fetch->multi, &running);
        size_t active = fetch->active;
        finish_all(fetch);
        if (fetch->active < active) {
            continue; /* room for others that are due */
        }
        save_if_due(fetch, &wait_ms);
        curl_multi_poll(fetch->multi, NULL, 0, (int)wait_ms, NULL);
    }
    give_up(fetch);
}
