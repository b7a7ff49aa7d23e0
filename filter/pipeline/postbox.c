#include "filter/pipeline/postbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/log.h"
#include "filter/base/mem.h"
#include "filter/casebook/notices.h"
#include "filter/pipeline/notify.h"

enum { LOOK_MS = 10000, GIVE_MS = 2000, AT_ONCE = 8 };

struct postbox {
    struct casebook *casebook;
    unsigned to; /* enum casebook_notice_to */
    int fd;      /* -1: notify is away */
    int64_t next_look_ms, next_give_ms;
    bool is_failing;
};

struct postbox *postbox_new(struct casebook *casebook, const struct config *config)
{
    struct postbox *postbox = mem_zero(1, sizeof *postbox);
    postbox->casebook = casebook;
    postbox->to = (config->notify_smtp != NULL ? (unsigned)NOTICE_TO_PEOPLE : 0u) |
                  (config->notify_webhook != NULL ? (unsigned)NOTICE_TO_WEBHOOK : 0u);
    postbox->fd = -1;
    return postbox;
}

static void disconnect(struct postbox *postbox)
{
    if (postbox->fd >= 0) {
        close(postbox->fd);
        postbox->fd = -1;
    }
}

void postbox_free(struct postbox *postbox)
{
    if (postbox != NULL) {
        disconnect(postbox);
        free(postbox);
    }
}

void postbox_connect(struct postbox *postbox, int fd)
{
    disconnect(postbox);
    postbox->fd = fd;
}

static void give(void *context, const struct casebook_notice *notice)
{
    struct postbox *postbox = context;
    struct notify_order order = {.id = notice->id,
                                 .case_id = notice->case_id,
                                 .due_ms = notice->due_ms,
                                 .kind = (int32_t)notice->kind};
    if (notice->address.len >= sizeof order.address || postbox->fd < 0) {
        return;
    }
    snprintf(order.address, sizeof order.address, "%.*s", STR_FORMAT(notice->address));
    /* What the socket does not take now comes again in five minutes. */
    if (send(postbox->fd, &order, sizeof order, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 &&
        errno != EAGAIN) {
        disconnect(postbox);
    }
}

static bool hear(struct postbox *postbox, struct err *err)
{
    struct notify_answer answer;
    ssize_t got = -1;
    while (postbox->fd >= 0 &&
           (got = recv(postbox->fd, &answer, sizeof answer, MSG_DONTWAIT)) > 0) {
        if (got != (ssize_t)sizeof answer) {
            disconnect(postbox);
            return true;
        }
        if (!casebook_notice_done(postbox->casebook, answer.id, answer.was_sent == 1, err)) {
            return false;
        }
    }
    if (postbox->fd >= 0 && (got == 0 || (errno != EAGAIN && errno != EINTR))) {
        disconnect(postbox);
    }
    return true;
}

void postbox_act(struct postbox *postbox)
{
    struct err err = ERR_NONE;
    size_t added;
    int64_t now_ms = clock_monotonic_ms();
    if (postbox->to == 0) {
        return;
    }
    bool done = hear(postbox, &err);
    if (done && now_ms >= postbox->next_look_ms) {
        postbox->next_look_ms = now_ms + LOOK_MS;
        done = casebook_notices_look(postbox->casebook, postbox->to, &added, &err);
    }
    if (done && postbox->fd >= 0 && now_ms >= postbox->next_give_ms) {
        postbox->next_give_ms = now_ms + GIVE_MS;
        done = casebook_notices_due(postbox->casebook, AT_ONCE, give, postbox, &err);
    }
    if (!done && !postbox->is_failing) {
        log_line(LOG_ERROR, "notices_wait", LOG_TEXT("why", err.message));
    }
    postbox->is_failing = !done;
}
