/* The readers and workers of the ingest process, and what they may read. */
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/pipeline/internal.h"
#include "filter/rule/correlation.h"

/* How late a post may come and still be counted: a source that was away for a day; posts of the
 * example may be of any time within what correlations look at. */
#define LATENESS_MS (INT64_C(24) * 60 * 60 * 1000)
#define EXAMPLE_LATENESS_MS (14 * LATENESS_MS)

/* The next eight are called by readers and workers, from their threads. */

static bool is_from_stdin(uint64_t ticket)
{
    return (ticket & STDIN_TICKET) != 0;
}

static void on_clean(void *context, const struct post *post, uint64_t ticket)
{
    struct ingest *ingest = context;
    if (is_from_stdin(ticket)) {
        stdin_clean(ingest->lines, post, ticket);
    } else {
        feeds_intake_done(ingest->intake, ticket);
    }
}

static void on_flagged(void *context, const struct post *post, uint64_t ticket, struct str verdict)
{
    struct ingest *ingest = context;
    if (is_from_stdin(ticket)) {
        stdin_flagged(ingest->lines, post, ticket);
    }
    outbox_put(ingest->outbox, verdict, ticket);
}

static void on_wake(void *context)
{
    struct ingest *ingest = context;
    eventfd_write(ingest->wake, 1);
}

static void on_workers_ended(void *context)
{
    struct ingest *ingest = context;
    unshorten_stop(ingest->unshorten); /* what it holds goes out as it is */
    atomic_store(&ingest->workers_ended, true);
    eventfd_write(ingest->wake, 1);
}

static bool on_post(void *context, const struct post *post, uint64_t ticket)
{
    struct ingest *ingest = context;
    return queue_put(ingest->queue, post, ticket);
}

static bool on_report(void *context, struct str report, uint64_t ticket)
{
    struct ingest *ingest = context;
    outbox_put_report(ingest->outbox, report, ticket);
    return true;
}

static bool on_source(void *context, struct str source)
{
    struct ingest *ingest = context;
    return ingest->sources != NULL && feeds_sources_is_organisation(ingest->sources, source);
}

static void on_found(void *context, struct str verdict)
{
    struct ingest *ingest = context;
    outbox_put_now(ingest->outbox, verdict, NO_TICKET);
}

void ingest_acknowledged(struct ingest *ingest, uint64_t ticket)
{
    if (ticket == NO_TICKET) {
        return;
    }
    if (is_from_stdin(ticket)) {
        stdin_acknowledged(ingest->lines, ticket);
    } else {
        feeds_intake_done(ingest->intake, ticket);
    }
}

static const char *why_refused(const struct ingest *ingest)
{
    return ingest->mode == MODE_OVER ? "the season is over: nothing is read any more"
                                     : "no season runs: without one only the example is read";
}

static void refuse_stdin(const struct ingest *ingest)
{
    log_line(LOG_WARN, "stdin_refused", LOG_TEXT("why", why_refused(ingest)));
}

static void refuse_sources(const struct ingest *ingest)
{
    if (ingest->has_stdin) {
        refuse_stdin(ingest);
    }
    struct err err = ERR_NONE;
    size_t count = 0, enabled = 0;
    struct feeds_sources *sources = feeds_sources_load(ingest->task->config->sources, &err);
    const struct feeds_source *all = sources != NULL ? feeds_sources_all(sources, &count) : NULL;
    for (size_t i = 0; i < count; i++) {
        enabled += all[i].is_enabled;
    }
    if (enabled > 0) {
        log_line(LOG_WARN, "sources_refused", LOG_NUMBER("enabled", enabled),
                 LOG_TEXT("why", why_refused(ingest)));
    }
    feeds_sources_free(sources);
}

/*
 * Which posts of the example are done is forgotten when the rules are others than those that it was
 * read by the last time. The casebook knows a post that comes again.
 */
static void renew_example(const struct ingest *ingest)
{
    static const char *const kept[] = {"example.feeds.seen", "example.feeds.state"};
    struct buf path = BUF_EMPTY, before = BUF_EMPTY;
    struct err err = ERR_NONE;
    char now[HASH_HEX];
    hash_format(&ingest->example_by, now);
    buf_printf(&path, "%s/example.rules", ingest->state.bytes);
    if (file_read(path.bytes, HASH_HEX, &before, &err) && str_is(buf_str(&before), now)) {
        buf_fini(&path);
        buf_fini(&before);
        return;
    }
    err = ERR_NONE;
    if (!file_write(path.bytes, str_of(now), 0600, &err)) {
        ingest_log_err(LOG_WARN, "example_not_renewed", &err);
    }
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        buf_clear(&path);
        buf_printf(&path, "%s/%s", ingest->state.bytes, kept[i]);
        unlink(path.bytes);
    }
    buf_fini(&path);
    buf_fini(&before);
}

static bool start_intake(struct ingest *ingest, struct err *err)
{
    const struct config *config = ingest->task->config;
    bool is_demo = ingest->mode == MODE_DEMO;
    size_t count = 0;
    if (is_demo) {
        renew_example(ingest);
    }
    ingest->sources = is_demo ? feeds_sources_example(config->example, err)
                              : feeds_sources_load(config->sources, err);
    if (ingest->sources == NULL) {
        return false;
    }
    const struct feeds_source *all = feeds_sources_all(ingest->sources, &count);
    const struct feeds_intake_options options = {
        .sources = all,
        .source_count = count,
        .state = ingest->state.bytes,
        .prefix = is_demo ? "example." : NULL,
        .secret = &ingest->secret,
        .proxy = config->proxy,
        .contact = config->contact,
        .clock = ingest->clock,
        .on_post = on_post,
        .on_report = is_demo ? NULL : on_report, /* what the example says is no fact */
        .context = ingest,
    };
    ingest->intake = feeds_intake_start(&options, err);
    return ingest->intake != NULL;
}

static struct hash_key decision_key(const struct ingest *ingest)
{
    const struct str purpose = STR("saring: decisions");
    struct hash hash = hash_keyed(&ingest->secret, &purpose, 1);
    struct hash_key key;
    memcpy(key.bytes, hash.bytes, sizeof key.bytes);
    return key;
}

/* Now that it is known which sources there are. */
static void start_correlating(struct ingest *ingest)
{
    const struct correlate_options options = {
        .clock = ingest->clock,
        .lateness_ms = ingest->mode == MODE_DEMO ? EXAMPLE_LATENESS_MS : LATENESS_MS,
        .rules = ingest->rules,
        .shadow = ingest->shadow,
        .decision_key = decision_key(ingest),
        .is_organisation = on_source,
        .found = on_found,
        .context = ingest,
    };
    ingest->correlate = correlate_new(&options);
}

/* Only in a season: without one nothing but the example is read, and nobody is asked anything. */
static void start_unshorten(struct ingest *ingest, const struct hash_key *decision_key)
{
    const struct config *config = ingest->task->config;
    struct err err = ERR_NONE;
    if (ingest->mode != MODE_SEASON) {
        return;
    }
    ingest->shorteners = feeds_shorteners_load(config->shorteners, &err);
    if (ingest->shorteners != NULL && feeds_shorteners_count(ingest->shorteners) > 0) {
        const struct unshorten_options options = {
            .list = ingest->shorteners,
            .rules = ingest->rules,
            .cache = ingest->cache,
            .redis = ingest->redis,
            .correlate = ingest->correlate,
            .decision_key = *decision_key,
            .secret = &ingest->secret,
            .proxy = config->proxy,
            .contact = config->contact,
            .clean = on_clean,
            .flagged = on_flagged,
            .context = ingest,
        };
        ingest->unshorten = unshorten_start(&options, &err);
    }
    if (err_is_set(&err)) {
        ingest_log_err(LOG_WARN, "short_links_not_resolved", &err);
    }
}

static void start_workers(struct ingest *ingest)
{
    unsigned count = ingest->task->config->workers;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    struct workers_options options = {
        .queue = ingest->queue,
        .rules = ingest->rules,
        .shadow = ingest->shadow,
        .correlate = ingest->correlate,
        .cache = ingest->cache,
        .redis = ingest->redis,
        .decision_key = decision_key(ingest),
        .count = count > 0   ? count
                 : cores > 0 ? (unsigned)cores
                             : 1,
        .clean = on_clean,
        .flagged = on_flagged,
        .ended = on_workers_ended,
        .context = ingest,
    };
    start_unshorten(ingest, &options.decision_key);
    options.unshorten = ingest->unshorten;
    ingest->workers = workers_start(&options);
}

void ingest_log_err(enum log_level level, const char *event, const struct err *err)
{
    log_line(level, event, LOG_TEXT("file", err->file), LOG_NUMBER("line", err->line),
             LOG_NUMBER("column", err->column), LOG_TEXT("why", err->message));
}

void ingest_tell_persons(const struct ingest *ingest, const struct ruleset *rules)
{
    const struct rule_program *program = rule_set_program(rules->set);
    size_t count = 0, left_out = 0;
    bool is_by_source = false;
    for (size_t i = 0; i < program->correlation_count; i++) {
        is_by_source |= rule_correlation_reads(program->correlations[i], "source");
    }
    if (!is_by_source || ingest->sources == NULL) {
        return;
    }
    const struct feeds_source *all = feeds_sources_all(ingest->sources, &count);
    for (size_t i = 0; i < count; i++) {
        left_out += all[i].is_enabled && all[i].organisation.len == 0;
    }
    if (left_out > 0) {
        log_line(LOG_INFO, "sources_not_counted", LOG_NUMBER("sources", left_out),
                 LOG_TEXT("why", "a correlation counts by source only what is an organisation's; "
                                 "sources.yml names none of theirs, and persons are not counted"));
    }
}

/* The first rules are there: posts may come. */
void ingest_start_reading(struct ingest *ingest)
{
    struct err err = ERR_NONE;
    struct buf path = BUF_EMPTY;
    buf_printf(&path, "%s/stdin.seen", ingest->state.bytes);
    if (!start_intake(ingest, &err)) {
        ingest_log_err(LOG_ERROR, "sources_not_read", &err);
    }
    start_correlating(ingest);
    start_workers(ingest); /* now that ingest->intake is there, which they need at once */
    if (ingest->mode == MODE_SEASON) {
        struct err seen_err = ERR_NONE;
        ingest->seen = feeds_seen_open(path.bytes, &ingest->secret, ingest->clock, &seen_err);
        if (ingest->seen == NULL) {
            ingest_log_err(LOG_ERROR, "stdin_not_read", &seen_err);
        } else if (ingest->has_stdin) {
            ingest_tell(ingest, CONTROL_STDIN, 0, "");
        }
    }
    buf_fini(&path);
    ingest_tell(ingest, CONTROL_READY, 0, "");
}

static void start_recheck(struct ingest *ingest)
{
    const struct recheck_options options = {.outbox = ingest->outbox,
                                            .ticket = NO_TICKET,
                                            .proxy = ingest->task->config->proxy,
                                            .contact = ingest->task->config->contact};
    ingest->recheck = recheck_start(&options);
}

void ingest_enter(struct ingest *ingest, enum mode mode)
{
    static const char *const names[] = {"unknown", "demo", "season", "over"};
    char end[CLOCK_TEXT] = "";
    ingest->mode = mode;
    if (mode == MODE_SEASON) {
        clock_format(ingest->season_end_ms, end);
        start_recheck(ingest); /* without waiting for rules: review may ask at once */
    }
    log_line(LOG_INFO, "mode", LOG_TEXT("mode", names[mode]), LOG_TEXT("end", end));
    if (mode != MODE_SEASON) {
        refuse_sources(ingest);
    }
    if (mode == MODE_OVER) {
        return;
    }
    loader_folders(ingest->task->config, mode == MODE_DEMO, ingest->folders);
    ingest->watch = watch_new(ingest->folders); /* before they are read: no change is missed */
    ingest->loader = loader_new(ingest->folders, ingest->clock);
    loader_start(ingest->loader);
}

void ingest_take_lines(struct ingest *ingest, const struct control_message *message)
{
    if (message->fd < 0) {
        ingest->has_stdin = true;
        if (ingest->seen != NULL) {
            ingest_tell(ingest, CONTROL_STDIN, 0, "");
        } else if (ingest->mode == MODE_OVER || ingest->mode == MODE_DEMO) {
            refuse_stdin(ingest);
        }
        return;
    }
    if (ingest->seen == NULL || ingest->lines != NULL || ingest->is_draining) {
        close(message->fd);
        return;
    }
    const struct stdin_options options = {
        .socket = message->fd,
        .before = message->number,
        .queue = ingest->queue,
        .seen = ingest->seen,
        .secret = &ingest->secret,
        .clock = ingest->clock,
        .ticket_bit = STDIN_TICKET,
        .through = on_wake,
        .context = ingest,
    };
    ingest->lines = stdin_new(&options);
    stdin_start(ingest->lines); /* workers may need ingest->lines at once */
}

/* Nothing more is read; what was read is finished and sent while the main loop goes on. */
void ingest_drain(struct ingest *ingest, const char *why)
{
    if (ingest->is_draining) {
        return;
    }
    ingest->is_draining = true;
    ingest->drain_by_ms = clock_monotonic_ms() + INGEST_DRAIN_MS;
    log_line(LOG_INFO, "draining", LOG_TEXT("why", why));
    queue_close(ingest->queue); /* first: then no reader waits for room in it */
    if (ingest->lines != NULL) {
        stdin_stop(ingest->lines);
    }
    if (ingest->intake != NULL) {
        feeds_intake_stop(ingest->intake);
    }
    recheck_stop(ingest->recheck);
    if (ingest->workers == NULL) {
        atomic_store(&ingest->workers_ended, true);
    }
}
