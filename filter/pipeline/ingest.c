#include "filter/pipeline/ingest.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/state_dir.h"
#include "filter/pipeline/internal.h"

enum {
    QUEUE_SLOTS = 512,
    OUTBOX_BYTES = 64 << 20,
    SEND_AHEAD = 4 << 20, /* bytes in the channel that the socket has not taken */
    CACHE_ENTRIES = 1 << 18,
    CACHE_BYTES = 32 << 20,
    LONGEST_WAIT_MS = 5000, /* the clock may be set meanwhile */
    DRAIN_WAIT_MS = 200,
    STATS_MS = 60000,
    TICK_MS = 5000,   /* between two looks at windows that may be over */
    SHADOW_MS = 1000, /* between two frames of shadows' counts */
};

void ingest_tell(const struct ingest *ingest, enum control_kind kind, uint64_t number,
                 const char *text)
{
    struct control_message message = {.kind = kind, .number = number, .fd = -1};
    snprintf(message.text, sizeof message.text, "%s", text);
    if (!control_send(ingest->task->control, &message)) {
        log_line(LOG_DEBUG, "supervisor_gone");
    }
}

static bool is_drained(struct ingest *ingest)
{
    if (!ingest->is_draining) {
        return false;
    }
    if (atomic_load(&ingest->workers_ended) && outbox_count(ingest->outbox) == 0) {
        return true;
    }
    if (clock_monotonic_ms() < ingest->drain_by_ms) {
        return false;
    }
    log_line(LOG_WARN, "not_drained", LOG_NUMBER("unacknowledged", outbox_count(ingest->outbox)),
             LOG_TEXT("now", "their posts are read again after the next start"));
    return true;
}

static void answer_reload(struct ingest *ingest, bool is_fine, const char *text)
{
    if (ingest->is_reload_asked) {
        ingest->is_reload_asked = false;
        ingest_tell(ingest, CONTROL_RELOADED, is_fine, text);
    }
}

static void use_rules(struct ingest *ingest, struct ruleset *rules)
{
    ruleset_swap(ingest->rules, rules);
    if (ingest->correlate != NULL) {
        correlate_follow(ingest->correlate);
    }
}

static void season_is(struct ingest *ingest, int64_t end_ms)
{
    enum mode mode = end_ms == 0                             ? MODE_DEMO
                     : end_ms > clock_now_ms(&ingest->clock) ? MODE_SEASON
                                                             : MODE_OVER;
    ingest->season_end_ms = end_ms;
    if (ingest->mode == MODE_UNKNOWN) {
        ingest_enter(ingest, mode);
        if (mode == MODE_OVER) {
            answer_reload(ingest, false, "the season is over: no rule loads");
        }
    } else if (mode != ingest->mode) {
        use_rules(ingest, NULL); /* at once: not one more post is matched */
        ingest_drain(ingest, "the season began or ended");
    }
}

/* Other rules than those that the example was read by: people who try rules want to see them. */
static bool wants_example_anew(struct ingest *ingest, const struct ruleset *rules)
{
    struct ruleset *before = ruleset_take(ingest->rules);
    bool wants = ingest->mode == MODE_DEMO && before != NULL &&
                 memcmp(before->identity.bytes, rules->identity.bytes, HASH_BYTES) != 0;
    ruleset_give_back(ingest->rules, before);
    return wants;
}

/* The same set as of now, with what is released now. */
static struct ruleset *renew(const struct ingest *ingest, const struct ruleset *rules)
{
    return ruleset_new(rule_set_ref(rules->set), clock_now_ms(&ingest->clock),
                       buf_str(&ingest->released));
}

static void rules_are(struct ingest *ingest, struct ruleset *loaded)
{
    char text[128];
    struct ruleset *rules = renew(ingest, loaded);
    ruleset_free(loaded);
    snprintf(text, sizeof text, "%zu rules (%zu shadows), set %.16s", rules->active, rules->shadows,
             rule_set_id(rules->set));
    log_line(LOG_INFO, "rules_loaded", LOG_NUMBER("rules", rules->active),
             LOG_NUMBER("shadows", rules->shadows), LOG_TEXT("set", rule_set_id(rules->set)));
    if (ingest->is_draining) {
        use_rules(ingest, NULL);
        ruleset_give_back(ingest->rules, rules);
        return;
    }
    bool begins_anew = wants_example_anew(ingest, rules);
    if (!ingest->was_loaded) {
        ingest->example_by = rules->identity;
    }
    use_rules(ingest, rules);
    if (!ingest->was_loaded) {
        ingest->was_loaded = true;
        ingest_start_reading(ingest);
    }
    ingest_tell_persons(ingest, rules);
    answer_reload(ingest, true, text);
    if (begins_anew) {
        ingest_drain(ingest, "the example is read anew, by other rules");
    }
}

static void rules_failed(struct ingest *ingest, const struct err *err)
{
    char text[800];
    err_format(err, text, sizeof text);
    log_line(LOG_ERROR, "rules_not_loaded", LOG_TEXT("why", text),
             LOG_TEXT("now", ingest->was_loaded ? "the rules loaded before stay in use"
                                                : "nothing is read until they load"));
    answer_reload(ingest, false, text);
}

static void hear_loader(struct ingest *ingest)
{
    struct ruleset *rules = NULL;
    struct err err = ERR_NONE;
    switch (loader_take(ingest->loader, &rules, &err)) {
    case LOADER_BUSY:
        break;
    case LOADER_DONE:
        rules_are(ingest, rules);
        break;
    case LOADER_FAILED:
        rules_failed(ingest, &err);
        break;
    }
}

static void reload(struct ingest *ingest)
{
    ingest->is_reload_asked = true;
    if (ingest->mode == MODE_OVER) {
        answer_reload(ingest, false, "the season is over: no rule loads");
    } else if (ingest->loader != NULL) {
        loader_start(ingest->loader);
    } /* else they load as soon as review says whether a season runs, and that is the answer */
}

/* A rule at its end is out at once, even if its file is still there or another one is bad. */
static void end_rules(struct ingest *ingest)
{
    struct ruleset *rules = ruleset_take(ingest->rules);
    int64_t now_ms = clock_now_ms(&ingest->clock);
    if (rules != NULL && now_ms >= rules->next_end_ms) {
        struct ruleset *rest = renew(ingest, rules);
        log_line(LOG_INFO, "rules_ended", LOG_NUMBER("ended", rules->active - rest->active),
                 LOG_NUMBER("rules", rest->active));
        use_rules(ingest, rest);
    }
    ruleset_give_back(ingest->rules, rules);
}

static int compare_hashes(const void *left, const void *right)
{
    return memcmp(left, right, HASH_BYTES);
}

/* What may flag from now on; everything else is counted. */
static void released_are(struct ingest *ingest, struct str hashes)
{
    if (str_equal(hashes, buf_str(&ingest->released)) || hashes.len % HASH_BYTES != 0) {
        return;
    }
    buf_clear(&ingest->released);
    buf_put_str(&ingest->released, hashes);
    if (hashes.len > 0) {
        qsort(ingest->released.bytes, hashes.len / HASH_BYTES, HASH_BYTES, compare_hashes);
    }
    struct ruleset *rules = ruleset_take(ingest->rules);
    if (rules != NULL) {
        struct ruleset *fresh = renew(ingest, rules);
        log_line(LOG_INFO, "rules_released", LOG_NUMBER("rules", fresh->active),
                 LOG_NUMBER("shadows", fresh->shadows));
        bool begins_anew = wants_example_anew(ingest, fresh);
        use_rules(ingest, fresh);
        if (begins_anew) {
            ingest_drain(ingest, "the example is read anew, by other rules");
        }
    }
    ruleset_give_back(ingest->rules, rules);
}

static void tell_shadows(struct ingest *ingest)
{
    if (ingest->channel == NULL || shadow_is_empty(ingest->shadow)) {
        return;
    }
    struct buf counts = BUF_EMPTY;
    shadow_take(ingest->shadow, &counts);
    channel_put(ingest->channel, CHANNEL_SHADOW, 0, buf_str(&counts));
    buf_fini(&counts);
}

static void lose_channel(struct ingest *ingest)
{
    channel_free(ingest->channel);
    ingest->channel = NULL;
}

static void acknowledge(struct ingest *ingest, uint64_t number)
{
    uint64_t ticket;
    if (!outbox_acknowledged(ingest->outbox, number, &ticket)) {
        return; /* said twice: over the old way and the new one */
    }
    ingest_acknowledged(ingest, ticket);
}

static void hear_review(struct ingest *ingest)
{
    struct channel_frame frame;
    struct err err = ERR_NONE;
    bool is_there = channel_fill(ingest->channel);
    enum channel_answer answer;
    while ((answer = channel_next(ingest->channel, &frame, &err)) == CHANNEL_FRAME) {
        switch (frame.kind) {
        case CHANNEL_ACK:
            acknowledge(ingest, frame.number);
            break;
        case CHANNEL_SEASON:
            season_is(ingest, (int64_t)frame.number);
            break;
        case CHANNEL_RELEASED:
            released_are(ingest, frame.payload);
            break;
        case CHANNEL_PAGES:
            if (ingest->recheck != NULL && !ingest->is_draining) {
                recheck_ask(ingest->recheck, frame.payload);
            }
            break;
        case CHANNEL_VERDICT:
        case CHANNEL_SHADOW:
        case CHANNEL_REPORT:
            break; /* it has none to give */
        }
    }
    if (answer == CHANNEL_BROKEN) {
        log_line(LOG_ERROR, "channel_broken", LOG_TEXT("why", err.message));
        ingest_tell(ingest, CONTROL_PEER, 0, "");
    }
    if (answer == CHANNEL_BROKEN || !is_there) {
        lose_channel(ingest);
    }
}

static void send_verdicts(struct ingest *ingest)
{
    outbox_send(ingest->outbox, ingest->channel, SEND_AHEAD);
    if (!channel_flush(ingest->channel)) {
        lose_channel(ingest);
    }
}

static void hear_supervisor(struct ingest *ingest)
{
    struct control_message message;
    enum control_answer answer;
    while ((answer = control_receive(ingest->task->control, &message)) == CONTROL_MESSAGE) {
        switch (message.kind) {
        case CONTROL_PEER:
            lose_channel(ingest);
            if (message.fd >= 0) {
                ingest->channel = channel_new(message.fd);
                outbox_rewind(ingest->outbox);
            }
            break;
        case CONTROL_STDIN:
            ingest_take_lines(ingest, &message);
            break;
        case CONTROL_RELOAD:
            reload(ingest);
            break;
        case CONTROL_STOP:
            ingest_drain(ingest, "told to stop");
            break;
        case CONTROL_READY:
        case CONTROL_RELOADED:
        case CONTROL_LINES:
        case CONTROL_PAGE:
            break; /* only ever sent up, or between others */
        }
    }
    if (answer == CONTROL_GONE) {
        _exit(1); /* nobody is there to start us again: review is told the same way */
    }
}

static void tell_lines(struct ingest *ingest)
{
    uint64_t lines = ingest->lines != NULL ? stdin_through(ingest->lines) : 0;
    if (lines > ingest->told_lines) {
        ingest->told_lines = lines;
        ingest_tell(ingest, CONTROL_LINES, lines, "");
    }
}

static void keep_time(struct ingest *ingest)
{
    int64_t now_ms = clock_monotonic_ms();
    end_rules(ingest);
    ruleset_sweep(ingest->rules);
    if (ingest->mode == MODE_SEASON) {
        season_is(ingest, ingest->season_end_ms); /* it may have ended */
    }
    /* The example is of any time: of its posts nothing is late. */
    if (ingest->correlate != NULL && ingest->mode == MODE_SEASON &&
        now_ms >= ingest->next_tick_ms) {
        ingest->next_tick_ms = now_ms + TICK_MS;
        correlate_tick(ingest->correlate);
    }
    if (now_ms >= ingest->next_shadow_ms) {
        ingest->next_shadow_ms = now_ms + SHADOW_MS;
        tell_shadows(ingest);
    }
    if (ingest->watch != NULL && watch_take(ingest->watch, now_ms)) {
        log_line(LOG_INFO, "rules_changed", LOG_TEXT("now", "they are read anew"));
        reload(ingest);
    }
    if (now_ms >= ingest->next_stats_ms) {
        ingest->next_stats_ms = now_ms + STATS_MS;
        if (ingest->workers != NULL && workers_counts(ingest->workers).posts > ingest->told_posts) {
            ingest_log_stats(ingest, "ingest_stats");
        }
    }
}

static int time_to_wait(struct ingest *ingest)
{
    struct ruleset *rules = ruleset_take(ingest->rules);
    int64_t left_ms = LONGEST_WAIT_MS, now_ms = clock_now_ms(&ingest->clock);
    if (rules != NULL && rules->next_end_ms - now_ms < left_ms) {
        left_ms = rules->next_end_ms - now_ms;
    }
    ruleset_give_back(ingest->rules, rules);
    int64_t due_ms = ingest->watch != NULL ? watch_due_ms(ingest->watch) : INT64_MAX;
    if (due_ms != INT64_MAX && due_ms - clock_monotonic_ms() < left_ms) {
        left_ms = due_ms - clock_monotonic_ms();
    }
    if (left_ms > SHADOW_MS && !shadow_is_empty(ingest->shadow)) {
        left_ms = SHADOW_MS;
    }
    if (ingest->mode == MODE_SEASON && ingest->season_end_ms - now_ms < left_ms) {
        left_ms = ingest->season_end_ms - now_ms;
    }
    if (ingest->is_draining && left_ms > DRAIN_WAIT_MS) {
        left_ms = DRAIN_WAIT_MS;
    }
    return left_ms > 0 ? (int)left_ms : 0;
}

static void serve(struct ingest *ingest)
{
    enum { CONTROL, WAKE, LOADER, WATCH, OUTBOX, CHANNEL, FDS };
    while (!is_drained(ingest)) {
        struct pollfd fds[FDS] = {
            [CONTROL] = {.fd = ingest->task->control, .events = POLLIN},
            [WAKE] = {.fd = ingest->wake, .events = POLLIN},
            [LOADER] = {.fd = ingest->loader != NULL ? loader_fd(ingest->loader) : -1,
                        .events = POLLIN},
            [WATCH] = {.fd = ingest->watch != NULL ? watch_fd(ingest->watch) : -1,
                       .events = POLLIN},
            [OUTBOX] = {.fd = -1, .events = POLLIN},
            [CHANNEL] = {.fd = -1, .events = POLLIN},
        };
        if (ingest->channel != NULL) {
            fds[CHANNEL].fd = channel_fd(ingest->channel);
            if (channel_backlog(ingest->channel) > 0) {
                fds[CHANNEL].events |= POLLOUT;
            }
            if (channel_backlog(ingest->channel) < SEND_AHEAD) {
                fds[OUTBOX].fd = outbox_fd(ingest->outbox);
            }
        }
        if (poll(fds, FDS, time_to_wait(ingest)) < 0 && errno != EINTR) {
            break;
        }
        eventfd_t events;
        if (fds[WAKE].revents != 0) {
            eventfd_read(ingest->wake, &events);
        }
        if (fds[CHANNEL].revents & ~POLLOUT) {
            hear_review(ingest);
        }
        if (ingest->channel != NULL) {
            send_verdicts(ingest);
        }
        if (fds[CONTROL].revents != 0) {
            hear_supervisor(ingest);
        }
        if (fds[LOADER].revents != 0) {
            hear_loader(ingest);
        }
        if (fds[WATCH].revents != 0) {
            watch_read(ingest->watch, clock_monotonic_ms());
        }
        tell_lines(ingest);
        keep_time(ingest);
    }
    tell_lines(ingest);
    tell_shadows(ingest);
    if (ingest->channel != NULL && !channel_flush(ingest->channel)) {
        lose_channel(ingest);
    }
}

static bool open_all(struct ingest *ingest, struct err *err)
{
    const struct config *config = ingest->task->config;
    struct buf path = BUF_EMPTY;
    buf_printf(&ingest->state, "%s/ingest", ingest->task->state);
    buf_printf(&path, "%s/installation.key", ingest->state.bytes);
    bool has_key =
        state_dir_make(ingest->state.bytes, err) && hash_key_load(path.bytes, &ingest->secret, err);
    buf_fini(&path);
    if (!has_key) {
        return false;
    }
    ingest_shut_in(ingest); /* before any thread starts */
    if (config->redis != NULL) {
        const struct verdict_redis_options options = {.url = config->redis,
                                                      .secret = &ingest->secret};
        ingest->redis = verdict_redis_start(&options, err);
        if (ingest->redis == NULL) {
            return false;
        }
    }
    ingest->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    assert(ingest->wake >= 0);
    ingest->outbox = outbox_new(OUTBOX_BYTES);
    ingest->queue = queue_new(QUEUE_SLOTS);
    ingest->rules = ruleset_slot_new();
    ingest->shadow = shadow_new();
    ingest->cache = verdict_cache_new(CACHE_ENTRIES, CACHE_BYTES);
    return true;
}

/* Workers that still wait for room in the outbox are let go; nobody reads it any more. */
static void close_all(struct ingest *ingest)
{
    outbox_close(ingest->outbox);
    workers_free(ingest->workers);
    unshorten_free(ingest->unshorten);
    recheck_free(ingest->recheck);
    feeds_shorteners_free(ingest->shorteners);
    correlate_free(ingest->correlate);
    verdict_redis_stop(ingest->redis);
    loader_free(ingest->loader);
    watch_free(ingest->watch);
    feeds_intake_free(ingest->intake);
    stdin_free(ingest->lines);
    feeds_sources_free(ingest->sources);
    feeds_seen_close(ingest->seen);
    lose_channel(ingest);
    outbox_free(ingest->outbox);
    queue_free(ingest->queue);
    ruleset_slot_free(ingest->rules);
    shadow_free(ingest->shadow);
    buf_fini(&ingest->released);
    verdict_cache_free(ingest->cache);
    close(ingest->wake);
    buf_fini(&ingest->state);
}

int ingest_run(const struct supervisor_task *task)
{
    struct ingest ingest = {.task = task, .clock = clock_system()};
    struct err err = ERR_NONE;
    if (!open_all(&ingest, &err)) {
        ingest_log_err(LOG_ERROR, "cannot_start", &err);
        return 2;
    }
    serve(&ingest);
    ingest_log_stats(&ingest, "drained");
    close_all(&ingest);
    return 0;
}
