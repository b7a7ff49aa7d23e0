#include "feeds/fetch.h"

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "feeds/file.h"
#include "feeds/hosts.h"
#include "feeds/ledger.h"
#include "feeds/request.h"
#include "feeds/schedule.h"
#include "feeds/transfer.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"

enum { MAX_WAIT_MS = 60000 }; /* the clock is looked at again this often */

struct feeds_fetch {
    struct feeds_fetch_options options;
    struct buf user_agent;
    CURLM *multi;
    struct feeds_ledger *ledger;
    struct feeds_hosts *hosts;
    struct feeds_transfer **transfers; /* under way, by source; NULL: none */
    bool has_files;                    /* sources that are files */
    size_t next;                       /* the source that is looked at next: all get their turn */
    int64_t look_at_ms;                /* monotonic: none is due before */
    size_t active;
    atomic_bool is_stopping, is_paused, has_changed; /* the last: look for what is due */
};

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
    const struct feeds_ledger_options ledger = {.sources = options->sources,
                                                .count = options->source_count,
                                                .path = options->state_path,
                                                .clock = options->clock,
                                                .limits = &fetch->options.limits};
    fetch->ledger = feeds_ledger_new(&ledger);
    fetch->hosts = feeds_hosts_new(options->sources, options->source_count);
    fetch->transfers = mem_zero(options->source_count, sizeof *fetch->transfers);
    for (size_t i = 0; i < options->source_count; i++) {
        fetch->has_files |= options->sources[i].url.len == 0;
    }
    feeds_request_agent(options->contact, &fetch->user_agent);
    return fetch;
}

void feeds_fetch_free(struct feeds_fetch *fetch)
{
    if (fetch == NULL) {
        return;
    }
    curl_multi_cleanup(fetch->multi);
    feeds_ledger_free(fetch->ledger);
    feeds_hosts_free(fetch->hosts);
    free(fetch->transfers);
    buf_fini(&fetch->user_agent);
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
    return feeds_ledger_failures(fetch->ledger);
}

static int64_t now_ms(const struct feeds_fetch *fetch)
{
    return clock_now_ms(&fetch->options.clock);
}

/* Hands a document out; it is the caller's of feeds_fetch_settled from then on. */
static void hand_out(struct feeds_fetch *fetch, size_t at, struct feeds_document *document,
                     struct str etag, struct str last_modified, int64_t asked_ms)
{
    const struct feeds_source *source = &fetch->options.sources[at];
    uint64_t number = feeds_ledger_open(fetch->ledger, at, etag, last_modified, asked_ms);
    document->source = source->id;
    document->lang = source->lang;
    document->fetched_ms = now_ms(fetch);
    document->is_ndjson = source->kind == FEEDS_KIND_NDJSON;
    fetch->options.on_document(fetch->options.context, source, number, document);
}

void feeds_fetch_observed(struct feeds_fetch *fetch, uint64_t number, bool has_news,
                          int64_t asked_ms)
{
    feeds_ledger_observed(fetch->ledger, number, has_news, asked_ms);
}

void feeds_fetch_settled(struct feeds_fetch *fetch, uint64_t number, bool is_fine)
{
    feeds_ledger_settled(fetch->ledger, number, is_fine);
    curl_multi_wakeup(fetch->multi);
}

/* A file, or a folder of them, is read when a size or time changed, which is noted as its ETag. */
static void read_file(struct feeds_fetch *fetch, size_t at)
{
    const struct feeds_source *source = &fetch->options.sources[at];
    struct buf bytes = BUF_EMPTY, etag = BUF_EMPTY;
    struct err err = ERR_NONE;
    bool is_fine = feeds_file_etag(source, &etag, &err);
    feeds_ledger_lock(fetch->ledger);
    const char *known = feeds_ledger_state(fetch->ledger, at)->etag;
    bool is_unchanged = is_fine && known != NULL && str_is(buf_str(&etag), known);
    if (is_unchanged) {
        feeds_ledger_went_well(fetch->ledger, at);
    }
    feeds_ledger_unlock(fetch->ledger);
    if (!is_unchanged && is_fine &&
        feeds_file_read(source, fetch->options.limits.max_bytes, &bytes, &err)) {
        struct feeds_document document = {.bytes = buf_str(&bytes)};
        hand_out(fetch, at, &document, buf_str(&etag), STR(""), 0);
    } else if (!is_unchanged) {
        feeds_ledger_lock(fetch->ledger);
        feeds_ledger_failed(fetch->ledger, at, 0, &err);
        feeds_ledger_unlock(fetch->ledger);
    }
    buf_fini(&etag);
    buf_fini(&bytes);
}

/* One hop: what comes before it is in `options`. False with the reason. Locked. */
static bool start_hop(struct feeds_fetch *fetch, size_t at, struct feeds_transfer_options *options,
                      struct err *err)
{
    const struct feeds_source *source = &fetch->options.sources[at];
    const struct feeds_state *state = feeds_ledger_state(fetch->ledger, at);
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
    fetch->transfers[at] = transfer;
    fetch->active++;
    return true;
}

static void start_transfer(struct feeds_fetch *fetch, size_t at)
{
    const struct feeds_source *source = &fetch->options.sources[at];
    const struct feeds_state *state = feeds_ledger_state(fetch->ledger, at);
    struct err err = ERR_NONE;
    struct feeds_transfer_options options = {
        .url = state->moved != NULL ? state->moved : source->url.at,
        .way = fetch->options.proxy != NULL ? FEEDS_WAY_LOOK : FEEDS_WAY_DIRECT,
    };
    if (start_hop(fetch, at, &options, &err)) {
        feeds_hosts_begin(fetch->hosts, at);
    } else {
        feeds_ledger_failed(fetch->ledger, at, 0, &err);
    }
}

/* Starts the source if it is due and there is room; returns how long it is to wait. Locked. */
static int64_t start_if_due(struct feeds_fetch *fetch, size_t at, int64_t now)
{
    const struct feeds_source *source = &fetch->options.sources[at];
    const struct feeds_state *state = feeds_ledger_state(fetch->ledger, at);
    if (!source->is_enabled || state->is_gone || fetch->transfers[at] != NULL ||
        feeds_ledger_is_open(fetch->ledger, at)) {
        return MAX_WAIT_MS;
    }
    int64_t due_in = feeds_schedule_wait(state, now);
    if (due_in > 0) {
        return due_in;
    }
    if (source->url.len == 0) {
        feeds_ledger_unlock(fetch->ledger);
        read_file(fetch, at);
        feeds_ledger_lock(fetch->ledger);
        return MAX_WAIT_MS;
    }
    if (fetch->active >= fetch->options.limits.at_once) {
        return MAX_WAIT_MS;
    }
    due_in = feeds_hosts_wait(fetch->hosts, at, &fetch->options.limits);
    if (due_in == 0) {
        start_transfer(fetch, at);
        return MAX_WAIT_MS;
    }
    return due_in; /* the end of a transfer makes us look again */
}

/*
 * Starts what is due; returns how long nothing else will be. Thousands of sources are not looked
 * at each time a byte comes: only when one changed, or when the first of them is due.
 */
static int64_t start_due(struct feeds_fetch *fetch)
{
    int64_t wait_ms = MAX_WAIT_MS, now = now_ms(fetch), started_ms = clock_monotonic_ms();
    bool has_changed = feeds_ledger_has_changed(fetch->ledger);
    has_changed |= atomic_exchange(&fetch->has_changed, false);
    if (!has_changed && started_ms < fetch->look_at_ms) {
        return fetch->look_at_ms - started_ms;
    }
    feeds_ledger_lock(fetch->ledger);
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
    feeds_ledger_unlock(fetch->ledger);
    fetch->look_at_ms = started_ms + wait_ms;
    return wait_ms;
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
    feeds_ledger_lock(fetch->ledger);
    bool done = start_hop(fetch, transfer->source, &options, err);
    feeds_ledger_unlock(fetch->ledger);
    return done;
}

static void finish(struct feeds_fetch *fetch, struct feeds_transfer *transfer, CURLcode code)
{
    size_t at = transfer->source;
    const struct feeds_source *source = &fetch->options.sources[at];
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
    feeds_ledger_lock(fetch->ledger);
    fetch->transfers[at] = NULL;
    feeds_hosts_end(fetch->hosts, at);
    atomic_store(&fetch->has_changed, true);
    switch (outcome) {
    case FEEDS_FETCHED:
        feeds_ledger_moved(fetch->ledger, at, feeds_transfer_moved(transfer));
        break;
    case FEEDS_UNCHANGED:
        feeds_ledger_moved(fetch->ledger, at, feeds_transfer_moved(transfer));
        feeds_schedule_observe(feeds_ledger_state(fetch->ledger, at), &fetch->options.limits, false,
                               feeds_transfer_max_age(transfer));
        feeds_ledger_went_well(fetch->ledger, at);
        break;
    case FEEDS_GONE:
        feeds_ledger_gone(fetch->ledger, at);
        break;
    case FEEDS_BUSY:
    case FEEDS_FAILED:
        feeds_ledger_failed(fetch->ledger, at, outcome == FEEDS_BUSY ? wait_ms : 0, &err);
        break;
    }
    feeds_ledger_unlock(fetch->ledger);
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
        struct feeds_transfer *transfer = fetch->transfers[i];
        if (transfer != NULL) {
            curl_multi_remove_handle(fetch->multi, transfer->easy);
            feeds_transfer_free(transfer);
            fetch->transfers[i] = NULL;
            feeds_hosts_end(fetch->hosts, i);
        }
    }
    fetch->active = 0;
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
        feeds_ledger_save_if_due(fetch->ledger, &wait_ms);
        curl_multi_poll(fetch->multi, NULL, 0, (int)wait_ms, NULL);
    }
    give_up(fetch);
}
