#include "feeds/schedule.h"

#include <sodium.h>
#include <stdlib.h>

/* Up to an eighth later, so that sources do not march in step. */
static int64_t with_jitter(int64_t wait_ms)
{
    return wait_ms + randombytes_uniform((uint32_t)(wait_ms / 8) + 1);
}

static int64_t clamp(int64_t value, int64_t least, int64_t most)
{
    return value < least ? least : value > most ? most : value;
}

/* A state file may be of other limits, or older than intervals. */
static int64_t interval_of(const struct feeds_state *state, const struct feeds_limits *limits)
{
    int64_t every_ms = limits->every_ms;
    int64_t longest_ms = limits->longest_ms > every_ms ? limits->longest_ms : every_ms;
    return clamp(state->every_ms, every_ms, longest_ms);
}

void feeds_schedule_observe(struct feeds_state *state, const struct feeds_limits *limits,
                            bool has_news, int64_t asked_ms)
{
    int64_t now_ms = interval_of(state, limits), every_ms = limits->every_ms;
    int64_t longest_ms = limits->longest_ms > every_ms ? limits->longest_ms : every_ms;
    int64_t least_ms = clamp(asked_ms, every_ms, longest_ms);
    state->every_ms = clamp(has_news ? now_ms / 2 : now_ms + now_ms / 2, least_ms, longest_ms);
}

void feeds_schedule_next(struct feeds_state *state, const struct feeds_limits *limits,
                         int64_t now_ms)
{
    state->failures = 0;
    state->due_ms = now_ms + with_jitter(interval_of(state, limits));
}

void feeds_schedule_retry(struct feeds_state *state, const struct feeds_limits *limits,
                          int64_t now_ms, int64_t asked_ms)
{
    int64_t wait_ms = limits->retry_ms;
    for (unsigned i = 0; i < state->failures && wait_ms < FEEDS_SCHEDULE_LONGEST_MS; i++) {
        wait_ms *= 2;
    }
    wait_ms = asked_ms > wait_ms ? asked_ms : wait_ms;
    wait_ms = wait_ms < FEEDS_SCHEDULE_LONGEST_MS ? wait_ms : FEEDS_SCHEDULE_LONGEST_MS;
    state->failures++;
    state->due_ms = now_ms + with_jitter(wait_ms);
    if (state->moved != NULL && state->failures % FEEDS_SCHEDULE_MOVED_TRIES == 0) {
        free(state->moved);
        state->moved = NULL;
    }
}

int64_t feeds_schedule_wait(const struct feeds_state *state, int64_t now_ms)
{
    bool is_passed = state->due_ms <= now_ms;
    bool is_too_far = !is_passed && state->due_ms - now_ms > 2 * (int64_t)FEEDS_SCHEDULE_LONGEST_MS;
    return is_passed || is_too_far ? 0 : state->due_ms - now_ms;
}
