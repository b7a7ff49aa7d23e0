/* The thread that speaks with Redis: connecting, sending, hearing, and waiting ever longer. */
#include <errno.h>
#include <poll.h>
#include <sodium.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/log.h"
#include "filter/verdict/internal.h"
#include "filter/verdict/redis_link.h"

enum { HEALTHY_MS = 60000 }; /* a connection that lived so long is tried again at once */

static void settle(struct verdict_redis_batch *batch)
{
    if (batch != NULL && --batch->open == 0) {
        pthread_cond_signal(&batch->all_here);
    }
}

/* Takes one answer for the oldest command; false if it does not fit that. Under the lock. */
static bool take_answer(struct verdict_redis *redis, enum verdict_redis_answer answer,
                        struct str text, struct err *err)
{
    if (redis->count == 0) {
        return err_set(err, "an answer that nobody asked for");
    }
    struct redis_asked *asked = &redis->asked[redis->first];
    redis->first = (redis->first + 1) % REDIS_MAX_ASKED;
    redis->count--;
    struct verdict_redis_batch *batch = asked->batch;
    bool fits = true;
    if (answer == VERDICT_REDIS_ERROR) {
        redis->counts.refused++;
        /* A store may be refused (memory, disk), and a key be of another type; else it is us. */
        fits = asked->is_store || str_is(text, "WRONGTYPE") ||
               err_set(err, "refuses us: %.*s", STR_FORMAT(text));
    } else if (asked->is_store) {
        fits = answer == VERDICT_REDIS_STATUS;
    } else {
        fits = answer == VERDICT_REDIS_VALUE || answer == VERDICT_REDIS_NIL;
        if (fits && batch != NULL && answer == VERDICT_REDIS_VALUE &&
            text.len <= VERDICT_REDIS_MAX_VALUE) {
            batch->values[asked->index] =
                (struct redis_value){.at = batch->bytes.len, .len = text.len};
            buf_put_str(&batch->bytes, text);
        }
    }
    settle(batch);
    return fits || err_set(err, "an answer that does not fit the question");
}

static bool take_answers(struct verdict_redis *redis, struct verdict_redis_wire *wire,
                         struct err *err)
{
    for (;;) {
        struct str text;
        enum verdict_redis_answer answer = verdict_redis_wire_next(wire, &text, err);
        if (answer == VERDICT_REDIS_MORE || answer == VERDICT_REDIS_BROKEN) {
            return answer == VERDICT_REDIS_MORE;
        }
        pthread_mutex_lock(&redis->lock);
        bool fits = take_answer(redis, answer, text, err);
        pthread_mutex_unlock(&redis->lock);
        if (!fits) {
            return false;
        }
    }
}

/* Nobody waits for this connection's answers any more. */
static void give_up(struct verdict_redis *redis, bool is_fault)
{
    pthread_mutex_lock(&redis->lock);
    atomic_store(&redis->is_up, false);
    for (; redis->count > 0; redis->count--) {
        struct redis_asked *asked = &redis->asked[redis->first];
        redis->counts.dropped += asked->is_store;
        settle(asked->batch);
        redis->first = (redis->first + 1) % REDIS_MAX_ASKED;
    }
    buf_clear(&redis->pending);
    redis->counts.faults += is_fault;
    pthread_mutex_unlock(&redis->lock);
}

/* Takes the wake-ups that came so far. */
static void hear(const struct verdict_redis *redis)
{
    eventfd_t events;
    (void)eventfd_read(redis->wake, &events);
}

struct moment {
    bool is_idle, is_stopping;
    int64_t oldest_ms; /* when the oldest open command was asked */
};

/* Moves what was asked meanwhile to what is being sent. */
static struct moment look(struct verdict_redis *redis, struct buf *out)
{
    pthread_mutex_lock(&redis->lock);
    if (out->len == 0) {
        struct buf empty = *out;
        *out = redis->pending;
        redis->pending = empty;
    }
    struct moment moment = {.is_idle = redis->count == 0,
                            .is_stopping = redis->is_stopping,
                            .oldest_ms = redis->asked[redis->first].asked_ms};
    pthread_mutex_unlock(&redis->lock);
    return moment;
}

/* Serves a connection until it breaks (false) or the end. */
static bool serve(struct verdict_redis *redis, int fd, struct verdict_redis_wire *wire,
                  struct buf *out, struct err *err)
{
    size_t sent = 0;
    for (;;) {
        struct moment moment = look(redis, out);
        if (moment.is_stopping && moment.is_idle) {
            return true;
        }
        int64_t left_ms = moment.oldest_ms + redis->options.answer_ms - clock_monotonic_ms();
        if (!moment.is_idle && left_ms <= 0) {
            return err_set(err, "slow: no answer within %u ms", redis->options.answer_ms);
        }
        struct pollfd fds[2] = {
            {.fd = fd, .events = (short)(out->len > 0 ? POLLIN | POLLOUT : POLLIN)},
            {.fd = redis->wake, .events = POLLIN}};
        if (poll(fds, 2, moment.is_idle ? -1 : (int)left_ms) < 0 && errno != EINTR) {
            return err_set(err, "cannot wait for it");
        }
        hear(redis);
        if (fds[0].revents & POLLOUT && !verdict_redis_write(fd, out, &sent, err)) {
            return false;
        }
        if (fds[0].revents & ~POLLOUT &&
            (!verdict_redis_read(fd, wire, err) || !take_answers(redis, wire, err))) {
            return false;
        }
    }
}

static bool is_stopping(struct verdict_redis *redis)
{
    pthread_mutex_lock(&redis->lock);
    bool stops = redis->is_stopping;
    pthread_mutex_unlock(&redis->lock);
    return stops;
}

/* What the log says of it: once when it goes, once when it is back. */
struct story {
    bool was_told_away;
    unsigned tries;
    int64_t since_ms;
};

static void tell(const struct verdict_redis *redis, struct story *story, const struct err *why)
{
    char name[512];
    verdict_redis_url_name(&redis->url, name, sizeof name);
    if (why != NULL) {
        story->tries++;
        if (!story->was_told_away) {
            story->was_told_away = true;
            story->since_ms = clock_monotonic_ms();
            log_line(LOG_WARN, "redis_away", LOG_TEXT("server", name),
                     LOG_TEXT("why", why->message), LOG_TEXT("now", "memory only"));
        }
        return;
    }
    log_line(
        LOG_INFO, "redis_up", LOG_TEXT("server", name), LOG_NUMBER("failed", story->tries),
        LOG_NUMBER("away_ms", story->was_told_away ? clock_monotonic_ms() - story->since_ms : 0));
    *story = (struct story){.tries = 0};
}

/* One connection's life. False if it could not be made or broke. */
static bool live(struct verdict_redis *redis, struct story *story, struct err *err)
{
    struct verdict_redis_wire *wire = verdict_redis_wire_new();
    struct buf out = BUF_EMPTY;
    int fd = verdict_redis_connect(&redis->url, redis->options.connect_ms, redis->options.answer_ms,
                                   redis->wake, wire, err);
    bool done = false;
    if (fd >= 0) {
        tell(redis, story, NULL);
        atomic_store(&redis->is_up, true);
        done = serve(redis, fd, wire, &out, err);
        close(fd);
    }
    give_up(redis, !done);
    verdict_redis_wire_free(wire);
    buf_fini(&out);
    return done;
}

void *verdict_redis_run(void *context)
{
    struct verdict_redis *redis = context;
    struct story story = {.tries = 0};
    unsigned wait_ms = redis->options.first_wait_ms;
    for (;;) {
        struct err err = ERR_NONE;
        hear(redis); /* before looking whether to stop: a later word of that wakes us again */
        if (is_stopping(redis)) {
            break;
        }
        int64_t start_ms = clock_monotonic_ms();
        if (live(redis, &story, &err) || is_stopping(redis)) {
            break;
        }
        tell(redis, &story, &err);
        if (clock_monotonic_ms() - start_ms >= HEALTHY_MS) {
            wait_ms = redis->options.first_wait_ms;
        }
        /* Jitter, so that nodes that lost it together do not come back together. */
        unsigned pause_ms = wait_ms + randombytes_uniform(wait_ms / 2 + 1);
        struct pollfd wait = {.fd = redis->wake, .events = POLLIN};
        (void)poll(&wait, 1, (int)pause_ms);
        wait_ms = wait_ms < redis->options.longest_wait_ms / 2 ? wait_ms * 2
                                                               : redis->options.longest_wait_ms;
    }
    return NULL;
}
