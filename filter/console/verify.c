#include "filter/console/verify.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/casebook/audit.h"

struct verify {
    const char *casebook;
    const struct clock *clock;
    pthread_mutex_t lock; /* of what follows */
    struct verify_report report;
    bool has_thread;
    pthread_t thread;
};

struct verify *verify_new(const char *casebook, const struct clock *clock)
{
    struct verify *verify = mem_zero(1, sizeof *verify);
    verify->casebook = casebook;
    verify->clock = clock;
    pthread_mutex_init(&verify->lock, NULL);
    return verify;
}

void verify_free(struct verify *verify)
{
    if (verify == NULL) {
        return;
    }
    if (verify->has_thread) {
        pthread_join(verify->thread, NULL);
    }
    pthread_mutex_destroy(&verify->lock);
    free(verify);
}

static enum verify_state check(struct verify *verify, struct casebook_report *report,
                               struct err *err)
{
    struct casebook_head published;
    struct casebook *casebook = casebook_open_read(verify->casebook, verify->clock, err);
    enum verify_state state = VERIFY_FAILED;
    if (casebook != NULL && casebook_head_published(casebook, &published, err)) {
        switch (
            casebook_audit_verify(casebook, published.seq > 0 ? &published : NULL, report, err)) {
        case AUDIT_INTACT:
            state = VERIFY_INTACT;
            break;
        case AUDIT_BROKEN:
            state = VERIFY_BROKEN;
            break;
        case AUDIT_FAILED:
            break;
        }
    }
    casebook_close(casebook);
    return state;
}

static void *run(void *context)
{
    struct verify *verify = context;
    struct casebook_report report = {.rows = 0};
    struct err err = ERR_NONE;
    enum verify_state state = check(verify, &report, &err);
    pthread_mutex_lock(&verify->lock);
    verify->report = (struct verify_report){.state = state,
                                            .rows = report.rows,
                                            .time_ms = clock_now_ms(verify->clock),
                                            .head = report.head.hash};
    snprintf(verify->report.why, sizeof verify->report.why, "%s", err.message);
    pthread_mutex_unlock(&verify->lock);
    return NULL;
}

void verify_start(struct verify *verify)
{
    pthread_mutex_lock(&verify->lock);
    if (verify->report.state != VERIFY_RUNS) {
        sigset_t all, before;
        if (verify->has_thread) {
            pthread_join(verify->thread, NULL); /* it ended: it only waits to be joined */
        }
        verify->report.state = VERIFY_RUNS;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        verify->has_thread = pthread_create(&verify->thread, NULL, run, verify) == 0;
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (!verify->has_thread) {
            verify->report.state = VERIFY_FAILED;
        }
    }
    pthread_mutex_unlock(&verify->lock);
}

struct verify_report verify_report(struct verify *verify)
{
    pthread_mutex_lock(&verify->lock);
    struct verify_report report = verify->report;
    pthread_mutex_unlock(&verify->lock);
    return report;
}
