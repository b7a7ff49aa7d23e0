#include "feeds/intake.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "feeds/connector/connector.h"
#include "feeds/encoding.h"
#include "feeds/parse.h"
#include "feeds/report.h"
#include "feeds/seen.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/log.h"
#include "filter/base/mem.h"

enum {
    TICKET_BITS = 20, /* of a ticket: the post's place in its document */
    MAX_WAITING = 4,  /* documents not yet parsed; then fetching starts nothing new */
    SWEEP_SECONDS = 300,
};
_Static_assert(FEEDS_MAX_ENTRIES < 1 << TICKET_BITS, "a ticket has room for every entry");

/* A document from when it came until its last post is done. */
struct batch {
    struct batch *next;
    const struct feeds_source *source;
    uint64_t number;
    struct buf bytes, content_type, url; /* until it is parsed */
    int64_t fetched_ms;
    bool is_ndjson, is_parsed, is_fine;
    bool is_report;   /* of fact-checks: its parts are no posts, and have no keys that last */
    struct hash says; /* then: what it says */
    struct feeds_seen_key *keys; /* of its new posts, in the order of their tickets */
    bool *done;
    size_t count, keys_room, done_room, done_count;
    uint32_t *index; /* of keys, open addressing: 1 + place, 0 is free */
    size_t index_room;
};

struct feeds_intake {
    struct feeds_intake_options options;
    struct hash_key secret;
    struct feeds_fetch *fetch;
    struct feeds_seen *seen;
    struct feeds_parser *parser;
    pthread_t fetching, parsing;
    bool is_started;
    pthread_mutex_t lock; /* over the lists of batches and what is in them once they are parsed */
    pthread_cond_t has_batch;
    struct batch *waiting, **last; /* not yet parsed */
    size_t waiting_count;
    struct batch *open;    /* being parsed, or with posts that are not done */
    struct batch *current; /* being parsed: only the parsing thread adds to it */
    struct hash *said;     /* by source: what its last report said that is done; zeros */
    bool is_stopping;
    struct feeds_intake_counts counts;
};

static void batch_free(struct batch *batch)
{
    buf_fini(&batch->bytes);
    buf_fini(&batch->content_type);
    buf_fini(&batch->url);
    free(batch->keys);
    free(batch->done);
    free(batch->index);
    free(batch);
}

/* In the fetching thread. */
static void on_document(void *context, const struct feeds_source *source, uint64_t number,
                        const struct feeds_document *document)
{
    struct feeds_intake *intake = context;
    struct batch *batch = mem_zero(1, sizeof *batch);
    batch->source = source;
    batch->number = number;
    batch->fetched_ms = document->fetched_ms;
    batch->is_ndjson = document->is_ndjson;
    buf_put_str(&batch->bytes, document->bytes);
    buf_put_str(&batch->content_type, document->content_type);
    buf_put_str(&batch->url, document->url);
    pthread_mutex_lock(&intake->lock);
    *intake->last = batch;
    intake->last = &batch->next;
    intake->counts.documents++;
    if (++intake->waiting_count == MAX_WAITING) {
        feeds_fetch_pause(intake->fetch, true); /* locked, so that it cannot pass its end */
    }
    pthread_cond_signal(&intake->has_batch);
    pthread_mutex_unlock(&intake->lock);
}

/* The place in the index where the key is or would go. */
static uint32_t *find_key(const struct batch *batch, const struct feeds_seen_key *key)
{
    uint64_t first;
    memcpy(&first, key->bytes, sizeof first);
    size_t at = (size_t)first & (batch->index_room - 1);
    while (batch->index[at] != 0 &&
           memcmp(batch->keys[batch->index[at] - 1].bytes, key->bytes, sizeof key->bytes) != 0) {
        at = (at + 1) & (batch->index_room - 1);
    }
    return &batch->index[at];
}

static void grow_index(struct batch *batch)
{
    if (batch->index_room > 2 * (batch->count + 1)) {
        return;
    }
    free(batch->index);
    batch->index_room = batch->index_room > 0 ? batch->index_room * 2 : 64;
    batch->index = mem_zero(batch->index_room, sizeof *batch->index);
    for (size_t i = 0; i < batch->count; i++) {
        *find_key(batch, &batch->keys[i]) = (uint32_t)i + 1;
    }
}

/* Adds the key; false if a post of this document has it already. Locked. */
static bool add_key(struct batch *batch, const struct feeds_seen_key *key)
{
    grow_index(batch);
    uint32_t *slot = find_key(batch, key);
    if (*slot != 0) {
        return false;
    }
    mem_grow(&batch->keys, &batch->keys_room, batch->count + 1, sizeof *batch->keys);
    mem_grow(&batch->done, &batch->done_room, batch->count + 1, sizeof *batch->done);
    batch->keys[batch->count] = *key;
    batch->done[batch->count] = false;
    *slot = (uint32_t)++batch->count;
    return true;
}

/* A post without an id is known by what it says. */
static struct feeds_seen_key key_of(const struct feeds_intake *intake, const struct post *post)
{
    if (post->id.len > 0) {
        return feeds_seen_key(intake->seen, post->source, post->id);
    }
    return feeds_seen_key(intake->seen, post->source, post->fields[POST_TEXT]);
}

static bool on_entry(void *context, const struct feeds_entry *entry)
{
    struct feeds_intake *intake = context;
    struct batch *batch = intake->current;
    struct feeds_seen_key key = key_of(intake, &entry->post);
    bool is_seen = feeds_seen_check(intake->seen, &key);
    pthread_mutex_lock(&intake->lock);
    bool goes_on = !intake->is_stopping;
    bool is_new = goes_on && !is_seen && add_key(batch, &key);
    uint64_t ticket = batch->number << TICKET_BITS | (uint64_t)(batch->count - is_new);
    intake->counts.posts += is_new;
    intake->counts.seen += goes_on && !is_new;
    pthread_mutex_unlock(&intake->lock);
    if (is_new && !intake->options.on_post(intake->options.context, &entry->post, ticket)) {
        return false; /* being stopped: the ticket stays open, and the document unsettled */
    }
    return goes_on;
}

/* Takes a batch out of the list of open ones and settles it, if it is complete. Locked. */
static struct batch *take_if_complete(struct feeds_intake *intake, struct batch *batch)
{
    if (!batch->is_parsed || batch->done_count < batch->count) {
        return NULL;
    }
    struct batch **at = &intake->open;
    while (*at != batch) {
        at = &(*at)->next;
    }
    *at = batch->next;
    return batch;
}

/* Not locked: nobody else knows the batch any more. */
static void settle(struct feeds_intake *intake, struct batch *batch)
{
    if (batch == NULL) {
        return;
    }
    if (batch->is_fine && batch->is_report) { /* nobody fetches the source until it is settled */
        intake->said[batch->source - intake->options.sources] = batch->says;
    } else if (batch->is_fine) {
        feeds_seen_listed(intake->seen, batch->source->id);
    }
    feeds_fetch_settled(intake->fetch, batch->number, batch->is_fine);
    batch_free(batch);
}

void feeds_intake_done(struct feeds_intake *intake, uint64_t ticket)
{
    uint64_t number = ticket >> TICKET_BITS;
    size_t place = (size_t)(ticket & ((1U << TICKET_BITS) - 1));
    struct feeds_seen_key key;
    pthread_mutex_lock(&intake->lock);
    struct batch *batch = intake->open;
    while (batch != NULL && batch->number != number) {
        batch = batch->next;
    }
    assert(batch != NULL && place < batch->count && !batch->done[place]);
    batch->done[place] = true;
    key = batch->keys[place];
    struct str source = batch->source->id;
    bool is_post = !batch->is_report;
    pthread_mutex_unlock(&intake->lock);
    /* Marked before it counts: the document's ETag is kept only when all its posts are on disk. */
    if (is_post) {
        feeds_seen_mark(intake->seen, source, &key);
    }
    pthread_mutex_lock(&intake->lock);
    batch->done_count++;
    struct batch *complete = take_if_complete(intake, batch);
    pthread_mutex_unlock(&intake->lock);
    settle(intake, complete);
}

static bool on_part(void *context, struct str bytes)
{
    struct feeds_intake *intake = context;
    struct batch *batch = intake->current;
    pthread_mutex_lock(&intake->lock);
    bool goes_on = !intake->is_stopping;
    uint64_t ticket = batch->number << TICKET_BITS | (uint64_t)batch->count;
    if (goes_on) {
        mem_grow(&batch->keys, &batch->keys_room, batch->count + 1, sizeof *batch->keys);
        mem_grow(&batch->done, &batch->done_room, batch->count + 1, sizeof *batch->done);
        memset(&batch->keys[batch->count], 0, sizeof *batch->keys);
        batch->done[batch->count++] = false;
        intake->counts.reports++;
    }
    pthread_mutex_unlock(&intake->lock);
    return goes_on && intake->options.on_report(intake->options.context, bytes, ticket);
}

/*
 * What stands at an address is its site's word alone. What the team provides itself, as a file or
 * from a server of its own, and Google's index speak for all checkers.
 */
static bool read_report(struct feeds_intake *intake, struct batch *batch, struct feeds_head *head,
                        struct err *err)
{
    const struct feeds_source *source = batch->source;
    struct str url = batch->url.len > 0 ? buf_str(&batch->url) : source->url;
    const struct feeds_report report = {
        .source = source->id,
        .at = url,
        .is_own =
            source->path.len > 0 || source->allow_private || source->kind == FEEDS_KIND_FACTCHECK,
    };
    struct buf scratch = BUF_EMPTY;
    struct str text = feeds_encoding_decode(buf_str(&batch->bytes), buf_str(&batch->content_type),
                                            &scratch, &head->mended);
    bool done = true;
    batch->is_report = true;
    batch->says = hash_sha256(text);
    if (memcmp(&batch->says, &intake->said[source - intake->options.sources], sizeof batch->says) !=
        0) {
        done = feeds_report_write(&report, text, on_part, intake, &head->bad, err);
        head->entries = batch->count;
    }
    buf_fini(&scratch);
    return done;
}

static bool is_of_reviews(const struct feeds_intake *intake, const struct feeds_source *source)
{
    return intake->options.on_report != NULL &&
           (source->kind == FEEDS_KIND_CLAIMREVIEW || source->kind == FEEDS_KIND_FACTCHECK);
}

static void parse(struct feeds_intake *intake, struct batch *batch)
{
    struct err err = ERR_NONE;
    struct feeds_head head = {.format = FEEDS_UNKNOWN};
    struct feeds_document document = {
        .bytes = buf_str(&batch->bytes),
        .content_type = buf_str(&batch->content_type),
        .url = batch->url.len > 0 ? buf_str(&batch->url) : batch->source->url,
        .source = batch->source->id,
        .lang = batch->source->lang,
        .fetched_ms = batch->fetched_ms,
        .is_ndjson = batch->is_ndjson,
        .is_csv = batch->source->kind == FEEDS_KIND_CSV,
        .read = feeds_connector_reader(batch->source->kind),
    };
    bool is_fine = is_of_reviews(intake, batch->source)
                       ? read_report(intake, batch, &head, &err)
                       : feeds_parse(intake->parser, &document, on_entry, intake, &head, &err);
    if (!is_fine) {
        log_line(LOG_WARN, "source_unreadable", LOG_TEXT("source", batch->source->id.at),
                 LOG_TEXT("reason", err.message), LOG_NUMBER("line", err.line));
    } else if (head.bad > 0) {
        log_line(LOG_WARN, "entries_unreadable", LOG_TEXT("source", batch->source->id.at),
                 LOG_NUMBER("bad", head.bad), LOG_NUMBER("read", head.entries));
    }
    buf_fini(&batch->bytes);
    if (is_fine) { /* only this thread adds to the batch, and it is not settled yet */
        feeds_fetch_observed(intake->fetch, batch->number, batch->count > 0, head.every_ms);
    }
    pthread_mutex_lock(&intake->lock);
    intake->counts.bad += head.bad;
    intake->current = NULL;
    struct batch *complete = NULL;
    if (!intake->is_stopping) {
        batch->is_parsed = true;
        batch->is_fine = is_fine;
        complete = take_if_complete(intake, batch);
    }
    pthread_mutex_unlock(&intake->lock);
    settle(intake, complete);
}

/* The next batch, moved to the open ones; NULL when it is time to sweep or to stop. */
static struct batch *next_batch(struct feeds_intake *intake, bool *is_stopping)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += SWEEP_SECONDS;
    pthread_mutex_lock(&intake->lock);
    int waited = 0;
    while (intake->waiting == NULL && !intake->is_stopping && waited == 0) {
        waited = pthread_cond_timedwait(&intake->has_batch, &intake->lock, &until);
    }
    *is_stopping = intake->is_stopping;
    struct batch *batch = *is_stopping ? NULL : intake->waiting;
    if (batch != NULL) {
        intake->waiting = batch->next;
        if (intake->waiting == NULL) {
            intake->last = &intake->waiting;
        }
        if (--intake->waiting_count == MAX_WAITING - 1) {
            feeds_fetch_pause(intake->fetch, false);
        }
        batch->next = intake->open;
        intake->open = batch;
        intake->current = batch;
    }
    pthread_mutex_unlock(&intake->lock);
    return batch;
}

static void *run_parsing(void *context)
{
    struct feeds_intake *intake = context;
    for (;;) {
        bool is_stopping = false;
        struct batch *batch = next_batch(intake, &is_stopping);
        if (is_stopping) {
            return NULL;
        }
        feeds_seen_sweep(intake->seen);
        if (batch != NULL) {
            parse(intake, batch);
        }
    }
}

static void *run_fetching(void *context)
{
    struct feeds_intake *intake = context;
    feeds_fetch_run(intake->fetch);
    return NULL;
}

static void init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

static bool open_files(struct feeds_intake *intake, struct err *err)
{
    const struct feeds_intake_options *options = &intake->options;
    const char *prefix = options->prefix != NULL ? options->prefix : "";
    struct buf state = BUF_EMPTY, seen = BUF_EMPTY;
    buf_printf(&state, "%s/%sfeeds.state", options->state, prefix);
    buf_printf(&seen, "%s/%sfeeds.seen", options->state, prefix);
    intake->seen = feeds_seen_open(seen.bytes, &intake->secret, options->clock, err);
    if (intake->seen != NULL) {
        struct feeds_fetch_options fetch = {
            .sources = options->sources,
            .source_count = options->source_count,
            .state_path = state.bytes,
            .proxy = options->proxy,
            .contact = options->contact,
            .clock = options->clock,
            .limits = options->limits,
            .on_document = on_document,
            .context = intake,
        };
        intake->fetch = feeds_fetch_new(&fetch, err);
    }
    buf_fini(&seen);
    buf_fini(&state);
    return intake->fetch != NULL;
}

struct feeds_intake *feeds_intake_start(const struct feeds_intake_options *options, struct err *err)
{
    struct feeds_intake *intake = mem_zero(1, sizeof *intake);
    intake->options = *options;
    intake->secret = *options->secret;
    intake->last = &intake->waiting;
    pthread_mutex_init(&intake->lock, NULL);
    init_condition(&intake->has_batch);
    intake->said = mem_zero(options->source_count + 1, sizeof *intake->said);
    intake->parser = feeds_parser_new();
    if (!open_files(intake, err)) {
        feeds_intake_free(intake);
        return NULL;
    }
    if (pthread_create(&intake->parsing, NULL, run_parsing, intake) != 0) {
        err_set(err, "cannot start a thread");
        feeds_intake_free(intake);
        return NULL;
    }
    if (pthread_create(&intake->fetching, NULL, run_fetching, intake) != 0) {
        err_set(err, "cannot start a thread");
        pthread_mutex_lock(&intake->lock);
        intake->is_stopping = true;
        pthread_cond_signal(&intake->has_batch);
        pthread_mutex_unlock(&intake->lock);
        pthread_join(intake->parsing, NULL);
        feeds_intake_free(intake);
        return NULL;
    }
    intake->is_started = true;
    return intake;
}

void feeds_intake_stop(struct feeds_intake *intake)
{
    if (!intake->is_started) {
        return;
    }
    intake->is_started = false;
    pthread_mutex_lock(&intake->lock);
    intake->is_stopping = true;
    pthread_cond_signal(&intake->has_batch);
    pthread_mutex_unlock(&intake->lock);
    feeds_fetch_stop(intake->fetch);
    pthread_join(intake->fetching, NULL);
    pthread_join(intake->parsing, NULL);
}

static void free_list(struct batch *batch)
{
    while (batch != NULL) {
        struct batch *next = batch->next;
        batch_free(batch);
        batch = next;
    }
}

void feeds_intake_free(struct feeds_intake *intake)
{
    if (intake == NULL) {
        return;
    }
    feeds_intake_stop(intake);
    free_list(intake->waiting);
    free_list(intake->open);
    feeds_fetch_free(intake->fetch);
    feeds_seen_close(intake->seen);
    feeds_parser_free(intake->parser);
    pthread_cond_destroy(&intake->has_batch);
    pthread_mutex_destroy(&intake->lock);
    explicit_bzero(&intake->secret, sizeof intake->secret);
    free(intake->said);
    free(intake);
}

struct feeds_intake_counts feeds_intake_counts(struct feeds_intake *intake)
{
    pthread_mutex_lock(&intake->lock);
    struct feeds_intake_counts counts = intake->counts;
    pthread_mutex_unlock(&intake->lock);
    counts.failures = feeds_fetch_failures(intake->fetch);
    return counts;
}
