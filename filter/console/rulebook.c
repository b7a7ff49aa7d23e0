#include "filter/console/rulebook.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "filter/base/clock.h"
#include "filter/base/mem.h"

enum { FRESH_MS = 10000, WAIT_MS = 1500, FINDINGS_MOST = 500 };

struct rulebook {
    const char *const *folders;
    const struct clock *clock;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t is_read;
    struct rulebook_reading *newest; /* made by the thread, not yet taken */
    bool has_thread, is_running;
    pthread_t thread;
    struct rulebook_reading *shown; /* the caller's alone */
};

struct rulebook *rulebook_new(const char *const *folders, const struct clock *clock)
{
    struct rulebook *rulebook = mem_zero(1, sizeof *rulebook);
    pthread_condattr_t monotonic;
    rulebook->folders = folders;
    rulebook->clock = clock;
    pthread_mutex_init(&rulebook->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&rulebook->is_read, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return rulebook;
}

static void free_reading(struct rulebook_reading *reading)
{
    if (reading != NULL) {
        rule_set_unref(reading->set);
        free(reading->findings);
        free(reading);
    }
}

void rulebook_free(struct rulebook *rulebook)
{
    if (rulebook == NULL) {
        return;
    }
    if (rulebook->has_thread) {
        pthread_join(rulebook->thread, NULL);
    }
    free_reading(rulebook->newest);
    free_reading(rulebook->shown);
    pthread_cond_destroy(&rulebook->is_read);
    pthread_mutex_destroy(&rulebook->lock);
    free(rulebook);
}

static void keep_finding(void *context, bool is_error, const struct err *err)
{
    struct rulebook_reading *reading = context;
    if (reading->finding_count < FINDINGS_MOST) {
        mem_grow(&reading->findings, &reading->finding_room, reading->finding_count + 1,
                 sizeof *reading->findings);
        reading->findings[reading->finding_count++] =
            (struct rulebook_finding){.is_error = is_error, .err = *err};
    }
}

static void *run(void *context)
{
    struct rulebook *rulebook = context;
    struct rulebook_reading *reading = mem_zero(1, sizeof *reading);
    const struct rule_set_options options = {.folders = rulebook->folders,
                                             .clock = *rulebook->clock,
                                             .lints = true,
                                             .report = keep_finding,
                                             .context = reading};
    reading->set = rule_set_load(&options, &reading->err);
    reading->read_ms = clock_monotonic_ms();
    pthread_mutex_lock(&rulebook->lock);
    free_reading(rulebook->newest);
    rulebook->newest = reading;
    rulebook->is_running = false;
    pthread_cond_broadcast(&rulebook->is_read);
    pthread_mutex_unlock(&rulebook->lock);
    return NULL;
}

static void start(struct rulebook *rulebook)
{
    sigset_t all, before;
    if (rulebook->has_thread) {
        pthread_join(rulebook->thread, NULL); /* it ended: it only waits to be joined */
    }
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    rulebook->has_thread = pthread_create(&rulebook->thread, NULL, run, rulebook) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    rulebook->is_running = rulebook->has_thread;
}

static void wait_a_moment(struct rulebook *rulebook)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += WAIT_MS / 1000;
    until.tv_nsec += WAIT_MS % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    while (rulebook->is_running && rulebook->newest == NULL &&
           pthread_cond_timedwait(&rulebook->is_read, &rulebook->lock, &until) == 0) {
    }
}

const struct rulebook_reading *rulebook_look(struct rulebook *rulebook)
{
    if (rulebook->folders == NULL) {
        return NULL;
    }
    pthread_mutex_lock(&rulebook->lock);
    const struct rulebook_reading *last =
        rulebook->newest != NULL ? rulebook->newest : rulebook->shown;
    if (!rulebook->is_running &&
        (last == NULL || clock_monotonic_ms() - last->read_ms > FRESH_MS)) {
        start(rulebook);
    }
    /* What is old by a few seconds is shown; what is older, or not there, is waited for. */
    if (last == NULL || clock_monotonic_ms() - last->read_ms > FRESH_MS) {
        wait_a_moment(rulebook);
    }
    if (rulebook->newest != NULL) {
        free_reading(rulebook->shown);
        rulebook->shown = rulebook->newest;
        rulebook->newest = NULL;
    }
    pthread_mutex_unlock(&rulebook->lock);
    return rulebook->shown;
}

const struct rule *rulebook_find(const struct rulebook_reading *reading, struct str id)
{
    if (reading == NULL || reading->set == NULL) {
        return NULL;
    }
    const struct rule_program *program = rule_set_program(reading->set);
    for (size_t i = 0; i < program->rule_count; i++) {
        if (str_equal(program->rules[i]->id, id)) {
            return program->rules[i];
        }
    }
    return NULL;
}
