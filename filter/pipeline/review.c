#include "filter/pipeline/review.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/log.h"
#include "filter/casebook/casebook.h"
#include "filter/casebook/register.h"
#include "filter/casebook/released.h"
#include "filter/casebook/season.h"
#include "filter/pipeline/channel.h"
#include "filter/pipeline/control.h"
#include "filter/pipeline/darkroom.h"
#include "filter/pipeline/intray.h"
#include "filter/pipeline/postbox.h"
#include "filter/pipeline/reports.h"
#include "filter/pipeline/upkeep.h"

enum {
    LOOK_MS = 1000, /* how soon a season that was started or ended is noticed */
    PUBLIC_MS = 3600 * 1000,
    TICK_MS = 20000,   /* between two rounds of the clock's moves */
    CONSOLE_MS = 5000, /* between two tries to listen */
    SEASON_ARENA = 1 << 20,
};

/* What CHANNEL_SEASON says of a season that is over: an end long ago. */
enum { SEASON_OVER = 1 };

struct review {
    const struct supervisor_task *task;
    struct clock clock;
    struct buf path;
    struct casebook *casebook;
    struct intray *intray;
    struct upkeep *upkeep;
    struct postbox *postbox;
    struct darkroom *darkroom;
    struct reports *reports;
    struct channel *channel; /* NULL: ingest is away */
    void *console;
    unsigned port;
    int64_t next_look_ms, next_tick_ms, next_console_ms, next_pages_ms;
    bool knows_season, is_season_failing, is_tick_failing, was_console_told;
    uint64_t season;     /* as CHANNEL_SEASON says it */
    struct buf released; /* as CHANNEL_RELEASED says it */
    bool knows_released, is_released_failing;
    int64_t public_seq, next_public_ms; /* of the register's row that the pages hold last */
    bool is_public_failing;
    bool is_stopping;
};

static void tell(const struct review *review, enum control_kind kind, uint64_t number,
                 const char *text)
{
    struct control_message message = {.kind = kind, .number = number, .fd = -1};
    snprintf(message.text, sizeof message.text, "%s", text);
    if (!control_send(review->task->control, &message)) {
        log_line(LOG_DEBUG, "supervisor_gone");
    }
}

static void log_err(const char *event, const struct err *err)
{
    log_line(LOG_ERROR, event, LOG_TEXT("file", err->file), LOG_TEXT("why", err->message));
}

static void lose_channel(struct review *review)
{
    channel_free(review->channel);
    review->channel = NULL;
    intray_forget(review->intray); /* a new way brings them again */
}

/* What is released goes first: nothing is matched before a season is known. */
static void send_released(struct review *review)
{
    if (review->channel != NULL && review->knows_released) {
        channel_put(review->channel, CHANNEL_RELEASED, 0, buf_str(&review->released));
    }
}

static void send_season(struct review *review)
{
    if (review->channel != NULL && review->knows_season) {
        channel_put(review->channel, CHANNEL_SEASON, review->season, STR(""));
    }
}

static bool read_season(struct review *review, uint64_t *season, struct err *err)
{
    struct casebook_season running;
    struct arena *arena = arena_new(SEASON_ARENA);
    bool found = false, is_over = false;
    bool done = casebook_season(review->casebook, arena, &running, &found, err) &&
                (found || casebook_season_is_over(review->casebook, &is_over, err));
    if (done) {
        *season = found ? (uint64_t)running.end_ms : is_over ? SEASON_OVER : 0;
    }
    arena_free(arena);
    return done;
}

/* What cannot be read stands as it was; before it could be, nothing is released. */
static void look_for_released(struct review *review)
{
    struct err err = ERR_NONE;
    struct buf released = BUF_EMPTY;
    bool done = casebook_rules_released(review->casebook, &released, &err);
    if (!done && !review->is_released_failing) {
        log_err("releases_not_read", &err);
    }
    review->is_released_failing = !done;
    if (done &&
        (!review->knows_released || !str_equal(buf_str(&released), buf_str(&review->released)))) {
        review->knows_released = true;
        buf_clear(&review->released);
        buf_put_str(&review->released, buf_str(&released));
        send_released(review);
    }
    buf_fini(&released);
}

/* A season that cannot be read stands as it was: its end is known to ingest all the same. */
static void look_for_season(struct review *review)
{
    struct err err = ERR_NONE;
    uint64_t season = 0;
    if (!read_season(review, &season, &err)) {
        if (!review->is_season_failing) {
            log_err("season_not_read", &err);
        }
        review->is_season_failing = true;
        return;
    }
    review->is_season_failing = false;
    if (!review->knows_season || season != review->season) {
        review->knows_season = true;
        review->season = season;
        send_season(review);
        upkeep_reload(review->upkeep, season == 0);
    }
}

static void tick(struct review *review)
{
    struct err err = ERR_NONE;
    size_t moved = 0;
    bool done = casebook_tick(review->casebook, &moved, &err);
    if (!done && !review->is_tick_failing) {
        log_err("clock_moves_failed", &err);
    }
    review->is_tick_failing = !done;
    if (done && moved > 0) {
        log_line(LOG_INFO, "clock_moved", LOG_NUMBER("cases", moved));
    }
}

/* After each change of the register, and every hour for the figures. */
static void publish(struct review *review, int64_t now_ms)
{
    const struct config *config = review->task->config;
    struct err err = ERR_NONE;
    struct buf folder = BUF_EMPTY;
    int64_t seq = 0;
    if (review->task->console == NULL || review->task->console->publish == NULL ||
        !casebook_register_last(review->casebook, &seq, &err)) {
        return;
    }
    if (seq == review->public_seq && now_ms < review->next_public_ms) {
        return;
    }
    if (config->public_folder != NULL) {
        buf_put_string(&folder, config->public_folder);
    } else {
        buf_printf(&folder, "%s/public", review->task->state);
    }
    const struct review_public pages = {.config = config,
                                        .folder = folder.bytes,
                                        .state = review->task->state,
                                        .rules = upkeep_rules(review->upkeep),
                                        .clock = &review->clock};
    bool done = review->task->console->publish(review->casebook, &pages, &err);
    if (!done && !review->is_public_failing) {
        log_err("public_pages_not_written", &err);
    }
    review->is_public_failing = !done;
    review->public_seq = done ? seq : review->public_seq;
    review->next_public_ms = now_ms + (done ? PUBLIC_MS : TICK_MS);
    buf_fini(&folder);
}

/* Only in a season: else ingest looks at nothing outside. */
static void ask_for_pages(struct review *review, int64_t now_ms)
{
    bool is_season = review->knows_season && review->season > SEASON_OVER;
    if (review->channel == NULL || !is_season || now_ms < review->next_pages_ms) {
        return;
    }
    struct buf pages = BUF_EMPTY;
    review->next_pages_ms = now_ms + TICK_MS;
    reports_pages(review->reports, &pages);
    if (pages.len > 0) {
        channel_put(review->channel, CHANNEL_PAGES, 0, buf_str(&pages));
    }
    buf_fini(&pages);
}

static void open_console(struct review *review)
{
    const struct config *config = review->task->config;
    struct err err = ERR_NONE;
    review->console = review->task->console->start(config, review->path.bytes, &review->clock,
                                                   &review->port, &err);
    if (review->console != NULL) {
        log_line(LOG_INFO, "console", LOG_TEXT("address", config->console_address),
                 LOG_NUMBER("port", review->port));
        tell(review, CONTROL_READY, review->port, "");
    } else if (!review->was_console_told) {
        review->was_console_told = true;
        log_line(LOG_ERROR, "console_not_served", LOG_TEXT("address", config->console_address),
                 LOG_NUMBER("port", config->console_port), LOG_TEXT("why", err.message),
                 LOG_TEXT("now", "tried again; verdicts are taken in meanwhile"));
        tell(review, CONTROL_READY, 0, err.message);
    }
}

static void keep_time(struct review *review)
{
    int64_t now_ms = clock_monotonic_ms();
    if (now_ms >= review->next_tick_ms) {
        review->next_tick_ms = now_ms + TICK_MS;
        tick(review);
        publish(review, now_ms);
    }
    if (now_ms >= review->next_look_ms) {
        review->next_look_ms = now_ms + LOOK_MS;
        look_for_released(review);
        look_for_season(review);
        ask_for_pages(review, now_ms);
    }
    if (review->console == NULL && review->task->console != NULL &&
        now_ms >= review->next_console_ms) {
        review->next_console_ms = now_ms + CONSOLE_MS;
        open_console(review);
    }
}

static void acknowledge(void *context, uint64_t number)
{
    struct review *review = context;
    if (review->channel != NULL) {
        channel_put(review->channel, CHANNEL_ACK, number, STR(""));
    }
}

/* Takes in a few verdicts at a time, so that a crash repeats no more than those. */
static enum channel_answer take_frames(struct review *review, struct err *err)
{
    struct channel_frame frame;
    enum channel_answer answer = CHANNEL_NOTHING;
    while (!intray_is_stuck(review->intray) &&
           (answer = channel_next(review->channel, &frame, err)) == CHANNEL_FRAME) {
        if (frame.kind == CHANNEL_VERDICT &&
            !intray_add(review->intray, frame.number, frame.payload, acknowledge, review)) {
            continue; /* there is room for more */
        }
        intray_settle(review->intray, acknowledge, review);
        if (frame.kind == CHANNEL_SHADOW) {
            upkeep_shadow(review->upkeep, frame.payload);
        }
        if (frame.kind == CHANNEL_REPORT &&
            intray_put_report(review->intray, frame.number, frame.payload) == INTRAY_TAKEN) {
            acknowledge(review, frame.number);
        }
        if (!channel_flush(review->channel)) {
            break;
        }
        keep_time(review); /* many verdicts in a row must not hold up the clock */
    }
    intray_settle(review->intray, acknowledge, review);
    (void)!channel_flush(review->channel); /* one that is lost is seen at the next wait */
    return answer;
}

static void hear_ingest(struct review *review)
{
    struct err err = ERR_NONE;
    bool is_there = channel_fill(review->channel);
    enum channel_answer answer = take_frames(review, &err);
    if (answer == CHANNEL_BROKEN) {
        log_line(LOG_ERROR, "channel_broken", LOG_TEXT("why", err.message));
        tell(review, CONTROL_PEER, 0, "");
    }
    if (answer == CHANNEL_BROKEN || (!is_there && !intray_is_stuck(review->intray))) {
        lose_channel(review);
    }
}

static void hear_supervisor(struct review *review)
{
    struct control_message message;
    enum control_answer answer;
    while ((answer = control_receive(review->task->control, &message)) == CONTROL_MESSAGE) {
        switch (message.kind) {
        case CONTROL_PEER:
            if (message.number == CONTROL_PEER_NOTIFY) {
                if (message.fd >= 0) {
                    postbox_connect(review->postbox, message.fd);
                }
                break;
            }
            if (message.number == CONTROL_PEER_CAMERA) {
                if (message.fd >= 0) {
                    darkroom_connect(review->darkroom, message.fd);
                }
                break;
            }
            lose_channel(review);
            if (message.fd >= 0) {
                review->channel = channel_new(message.fd);
                send_released(review);
                send_season(review);
            }
            break;
        case CONTROL_STOP:
            review->is_stopping = true;
            break;
        case CONTROL_RELOAD:
            upkeep_reload(review->upkeep, review->knows_season && review->season == 0);
            break;
        case CONTROL_STDIN:
        case CONTROL_READY:
        case CONTROL_RELOADED:
        case CONTROL_LINES:
        case CONTROL_PAGE:
            break; /* not for review */
        }
    }
    review->is_stopping = review->is_stopping || answer == CONTROL_GONE;
}

static int time_to_wait(const struct review *review)
{
    int64_t left_ms = review->next_look_ms - clock_monotonic_ms();
    int retry_ms = intray_wait_ms(review->intray);
    if (left_ms < 0) {
        left_ms = 0;
    }
    return retry_ms >= 0 && retry_ms < left_ms ? retry_ms : (int)left_ms;
}

static void serve(struct review *review)
{
    enum { CONTROL, CHANNEL, UPKEEP, FDS };
    while (!review->is_stopping) {
        bool reads = review->channel != NULL && !intray_is_stuck(review->intray);
        struct pollfd fds[FDS] = {
            [CONTROL] = {.fd = review->task->control, .events = POLLIN}, [CHANNEL] = {.fd = -1}};
        if (review->channel != NULL) {
            bool writes = channel_backlog(review->channel) > 0;
            fds[CHANNEL].events = (short)((reads ? POLLIN : 0) | (writes ? POLLOUT : 0));
            fds[CHANNEL].fd = reads || writes ? channel_fd(review->channel) : -1;
        }
        if (poll(fds, FDS, time_to_wait(review)) < 0 && errno != EINTR) {
            break;
        }
        intray_retry(review->intray, acknowledge, review);
        /* Not only when more has come: frames that came before may have waited for the retry. */
        if (review->channel != NULL && !intray_is_stuck(review->intray)) {
            hear_ingest(review);
        }
        if (review->channel != NULL && !channel_flush(review->channel)) {
            lose_channel(review);
        }
        if (fds[CONTROL].revents != 0) {
            hear_supervisor(review);
        }
        upkeep_act(review->upkeep);
        postbox_act(review->postbox);
        darkroom_act(review->darkroom);
        keep_time(review);
    }
}

int review_run(const struct supervisor_task *task)
{
    struct review review = {.task = task, .clock = clock_system()};
    struct err err = ERR_NONE;
    casebook_path(task->state, &review.path);
    review.casebook = casebook_open(review.path.bytes, &review.clock, &err);
    if (review.casebook == NULL) {
        log_err("casebook_not_opened", &err);
        buf_fini(&review.path);
        return 2;
    }
    review.intray = intray_new(review.casebook, INTRAY_WAIT_MS);
    review.upkeep = upkeep_new(review.casebook, task->config, review.clock);
    review.postbox = postbox_new(review.casebook, task->config);
    review.darkroom = darkroom_new(review.casebook);
    review.reports = reports_new(review.casebook, task->config);
    intray_on_report(review.intray, reports_take, review.reports);
    serve(&review);
    if (review.console != NULL) {
        task->console->stop(review.console);
    }
    upkeep_act(review.upkeep); /* what ingest counted last */
    struct intray_counts counts = intray_counts(review.intray);
    log_line(LOG_INFO, "review_ended", LOG_NUMBER("opened", counts.opened),
             LOG_NUMBER("joined", counts.joined), LOG_NUMBER("duplicates", counts.duplicates),
             LOG_NUMBER("decided", counts.decided), LOG_NUMBER("shadow", counts.shadow),
             LOG_NUMBER("over", counts.over), LOG_NUMBER("dead", counts.dead),
             LOG_NUMBER("kept", counts.kept));
    channel_free(review.channel);
    intray_free(review.intray);
    postbox_free(review.postbox);
    darkroom_free(review.darkroom);
    reports_free(review.reports);
    casebook_close(review.casebook);
    upkeep_free(review.upkeep); /* the casebook has borrowed the protected list from it */
    buf_fini(&review.path);
    buf_fini(&review.released);
    return 0;
}
