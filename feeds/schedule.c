#include "feeds/schedule.h"

#include <sodium.h>
#include <stdlib.h>

/* Up to an eighth later, so that sources do not march in step. */
static int64_t with_jitter(int64_t wait_ms)
{
    return wait_ms + randombytes_uniform((uint32_t)(wait_ms / 8) + 1);
}

void feeds_schedule_next(struct feeds_state *state, const struct feeds_limits *limits,
                         int64_t now_ms)
{
    state->failures = 0;
    state->due_ms = now_ms + with_jitter(limits->every_ms);
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
