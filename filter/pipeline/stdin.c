#include "filter/pipeline/stdin.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "feeds/ndjson.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/log.h"
#include "filter/base/mem.h"
#include "filter/pipeline/progress.h"

enum {
    CHUNK = 256 << 10,
    MAX_TOLD = 20, /* bad lines that the log names in a minute; all are counted */
    MINUTE_MS = 60000,
    NAME_BYTES = 16, /* of a name made for a post without an id */
};

/* A flagged post that waits for its acknowledgement. */
struct waiting {
    struct waiting *next;
    uint64_t ticket;
    struct feeds_seen_key key;
    size_t source_len;
    char source[];
};

struct stdin_reader {
    struct stdin_options options;
    struct hash_key secret;
    pthread_t thread;
    struct progress *progress;
    atomic_uint_fast64_t through, lines, bad, seen;
    struct feeds_ndjson *ndjson;
    struct buf window; /* bytes read that are not a whole line yet */
    int64_t told_since_ms;
    unsigned told;
    pthread_mutex_t lock; /* of the list, whose first one is nearly always asked for */
    struct waiting *first, **last;
};

static void line_is_through(struct stdin_reader *reader, uint64_t number)
{
    uint64_t front = progress_through(reader->progress, number);
    uint64_t before = atomic_load(&reader->through);
    while (before < front && !atomic_compare_exchange_weak(&reader->through, &before, front)) {
    }
    if (before < front) {
        reader->options.through(reader->options.context);
    }
}

static void tell_bad(struct stdin_reader *reader, uint64_t number, const struct err *err)
{
    int64_t now_ms = clock_now_ms(&reader->options.clock);
    atomic_fetch_add(&reader->bad, 1);
    if (now_ms - reader->told_since_ms >= MINUTE_MS || now_ms < reader->told_since_ms) {
        reader->told_since_ms = now_ms;
        reader->told = 0;
    }
    if (reader->told++ < MAX_TOLD) {
        log_line(LOG_WARN, "bad_line", LOG_TEXT("source", "stdin"),
                 LOG_NUMBER("line", reader->options.before + number),
                 LOG_NUMBER("column", err->column), LOG_TEXT("what", err->message));
    } else if (reader->told == MAX_TOLD + 1) {
        log_line(LOG_WARN, "more_bad_lines", LOG_TEXT("source", "stdin"),
                 LOG_TEXT("now", "counted, not named, for a minute"));
    }
}

/* What a post without an id is called: the same text is the same post. No author is in it. */
static struct str make_name(const struct stdin_reader *reader, const struct post *post,
                            char out[HASH_HEX])
{
    const struct str parts[] = {post->url, post->fields[POST_TITLE], post->fields[POST_TEXT]};
    struct hash hash = hash_keyed(&reader->secret, parts, sizeof parts / sizeof *parts);
    hash_format(&hash, out);
    return (struct str){.at = out, .len = (size_t)2 * NAME_BYTES};
}

/* False once the queue is closed. */
static bool take_line(struct stdin_reader *reader, struct str line, uint64_t number)
{
    struct post post;
    struct err err = ERR_NONE;
    char name[HASH_HEX];
    if (str_trim(line).len == 0) {
        line_is_through(reader, number);
        return true;
    }
    if (!feeds_ndjson_read(reader->ndjson, line, &post, &err)) {
        tell_bad(reader, number, &err);
        line_is_through(reader, number);
        return true;
    }
    if (post.source.len == 0) {
        post.source = STR("stdin");
    }
    if (post.id.len == 0) {
        post.id = make_name(reader, &post, name);
    }
    struct feeds_seen_key key = feeds_seen_key(reader->options.seen, post.source, post.id);
    if (feeds_seen_check(reader->options.seen, &key)) {
        atomic_fetch_add(&reader->seen, 1);
        line_is_through(reader, number);
        return true;
    }
    if (post.fetched_ms == CLOCK_NEVER) {
        post.fetched_ms = clock_now_ms(&reader->options.clock);
    }
    return queue_put(reader->options.queue, &post, number | reader->options.ticket_bit);
}

/* Takes all whole lines of the window; false once the queue is closed. */
static bool take_lines(struct stdin_reader *reader, size_t from)
{
    size_t start = 0;
    bool goes_on = true;
    while (goes_on) {
        char *end = memchr(reader->window.bytes + from, '\n', reader->window.len - from);
        if (end == NULL) {
            break;
        }
        size_t at = (size_t)(end - reader->window.bytes);
        goes_on = take_line(reader, str_part(buf_str(&reader->window), start, at),
                            atomic_fetch_add(&reader->lines, 1) + 1);
        start = from = at + 1;
    }
    memmove(reader->window.bytes, reader->window.bytes + start, reader->window.len - start);
    reader->window.len -= start;
    return goes_on;
}

static void *run(void *context)
{
    struct stdin_reader *reader = context;
    char *chunk = mem_alloc(CHUNK);
    for (;;) {
        ssize_t got = recv(reader->options.socket, chunk, CHUNK, 0);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            break;
        }
        size_t from = reader->window.len;
        buf_put(&reader->window, chunk, (size_t)got);
        /* The relay cuts lines that are longer than any post's. */
        if (!take_lines(reader, from) || reader->window.len > FEEDS_NDJSON_MAX_LINE) {
            break;
        }
    }
    free(chunk);
    return NULL;
}

struct stdin_reader *stdin_new(const struct stdin_options *options)
{
    struct stdin_reader *reader = mem_zero(1, sizeof *reader);
    reader->options = *options;
    reader->secret = *options->secret;
    reader->options.secret = NULL;
    reader->progress = progress_new();
    reader->ndjson = feeds_ndjson_new();
    reader->last = &reader->first;
    pthread_mutex_init(&reader->lock, NULL);
    return reader;
}

void stdin_start(struct stdin_reader *reader)
{
    int failed = pthread_create(&reader->thread, NULL, run, reader);
    assert(!failed);
}

void stdin_stop(struct stdin_reader *reader)
{
    shutdown(reader->options.socket, SHUT_RDWR);
    pthread_join(reader->thread, NULL);
    close(reader->options.socket);
}

void stdin_free(struct stdin_reader *reader)
{
    if (reader == NULL) {
        return;
    }
    while (reader->first != NULL) {
        struct waiting *next = reader->first->next;
        free(reader->first);
        reader->first = next;
    }
    feeds_ndjson_free(reader->ndjson);
    progress_free(reader->progress);
    buf_fini(&reader->window);
    pthread_mutex_destroy(&reader->lock);
    free(reader);
}

uint64_t stdin_through(struct stdin_reader *reader)
{
    return atomic_load(&reader->through);
}

void stdin_clean(struct stdin_reader *reader, const struct post *post, uint64_t ticket)
{
    struct feeds_seen_key key = feeds_seen_key(reader->options.seen, post->source, post->id);
    feeds_seen_mark(reader->options.seen, post->source, &key);
    line_is_through(reader, ticket & ~reader->options.ticket_bit);
}

void stdin_flagged(struct stdin_reader *reader, const struct post *post, uint64_t ticket)
{
    struct waiting *waiting = mem_alloc(sizeof *waiting + post->source.len);
    waiting->next = NULL;
    waiting->ticket = ticket;
    waiting->key = feeds_seen_key(reader->options.seen, post->source, post->id);
    waiting->source_len = post->source.len;
    memcpy(waiting->source, post->source.at, post->source.len);
    pthread_mutex_lock(&reader->lock);
    *reader->last = waiting;
    reader->last = &waiting->next;
    pthread_mutex_unlock(&reader->lock);
}

static struct waiting *take_waiting(struct stdin_reader *reader, uint64_t ticket)
{
    pthread_mutex_lock(&reader->lock);
    struct waiting **at = &reader->first;
    while (*at != NULL && (*at)->ticket != ticket) {
        at = &(*at)->next;
    }
    struct waiting *waiting = *at;
    if (waiting != NULL) {
        *at = waiting->next;
        if (waiting->next == NULL) {
            reader->last = at;
        }
    }
    pthread_mutex_unlock(&reader->lock);
    return waiting;
}

void stdin_acknowledged(struct stdin_reader *reader, uint64_t ticket)
{
    struct waiting *waiting = take_waiting(reader, ticket);
    if (waiting == NULL) {
        return;
    }
    struct str source = {.at = waiting->source, .len = waiting->source_len};
    feeds_seen_mark(reader->options.seen, source, &waiting->key);
    free(waiting);
    line_is_through(reader, ticket & ~reader->options.ticket_bit);
}

struct stdin_counts stdin_counts(struct stdin_reader *reader)
{
    return (struct stdin_counts){.lines = atomic_load(&reader->lines),
                                 .bad = atomic_load(&reader->bad),
                                 .seen = atomic_load(&reader->seen)};
}
