#include "filter/pipeline/darkroom.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/base/log.h"
#include "filter/base/mem.h"
#include "filter/casebook/captures.h"
#include "filter/pipeline/control.h"

struct darkroom {
    struct casebook *casebook;
    int fd;        /* -1: the camera is away */
    int64_t order; /* that the camera has; 0: none */
    bool was_asked_again, is_failing;
};

struct darkroom *darkroom_new(struct casebook *casebook)
{
    struct darkroom *darkroom = mem_zero(1, sizeof *darkroom);
    darkroom->casebook = casebook;
    darkroom->fd = -1;
    return darkroom;
}

static void disconnect(struct darkroom *darkroom)
{
    if (darkroom->fd >= 0) {
        close(darkroom->fd);
        darkroom->fd = -1;
    }
    darkroom->order = 0;
    darkroom->was_asked_again = false; /* what the camera had is taken up once more */
}

void darkroom_free(struct darkroom *darkroom)
{
    if (darkroom != NULL) {
        disconnect(darkroom);
        free(darkroom);
    }
}

void darkroom_connect(struct darkroom *darkroom, int fd)
{
    disconnect(darkroom);
    darkroom->fd = fd;
}

/* The camera speaks with strangers: what it gives is measured, and must not change under us. */
static bool read_sealed(int fd, struct buf *out, struct err *err)
{
    struct stat about;
    int seals = fcntl(fd, F_GET_SEALS);
    if (seals < 0 || (seals & F_SEAL_WRITE) == 0 || (seals & F_SEAL_SHRINK) == 0 ||
        fstat(fd, &about) != 0 || about.st_size < 0 ||
        about.st_size > CASEBOOK_CAPTURE_BYTES_MOST) {
        return err_set(err, "what the camera gave is no capture");
    }
    size_t left = (size_t)about.st_size;
    off_t at = 0;
    while (left > 0) {
        char chunk[65536];
        ssize_t got = pread(fd, chunk, left < sizeof chunk ? left : sizeof chunk, at);
        if (got <= 0) {
            return err_set(err, "the capture cannot be read: %s", strerror(errno));
        }
        buf_put(out, chunk, (size_t)got);
        at += got;
        left -= (size_t)got;
    }
    return true;
}

static bool keep(struct darkroom *darkroom, const struct control_message *answer, struct err *err)
{
    struct buf warc = BUF_EMPTY;
    struct err why = ERR_NONE;
    char *end = NULL;
    long status = strtol(answer->text, &end, 10);
    bool is_page = answer->fd >= 0 && end != answer->text && *end == '\0';
    bool done;
    if (!is_page) {
        done = casebook_order_failed(darkroom->casebook, darkroom->order, answer->text, err);
    } else if (!read_sealed(answer->fd, &warc, &why)) {
        done = casebook_order_failed(darkroom->casebook, darkroom->order, why.message, err);
    } else {
        done =
            casebook_order_done(darkroom->casebook, darkroom->order, status, buf_str(&warc), err);
    }
    log_line(LOG_INFO, "captured", LOG_NUMBER("order", darkroom->order),
             LOG_NUMBER("bytes", (int64_t)warc.len));
    buf_fini(&warc);
    return done;
}

static bool hear(struct darkroom *darkroom, struct err *err)
{
    struct control_message answer;
    bool done = true;
    switch (control_receive(darkroom->fd, &answer)) {
    case CONTROL_NOTHING:
        return true;
    case CONTROL_GONE:
        disconnect(darkroom);
        return true;
    case CONTROL_MESSAGE:
        break;
    }
    if (answer.kind == CONTROL_PAGE && darkroom->order != 0 &&
        answer.number == (uint64_t)darkroom->order) {
        done = keep(darkroom, &answer, err);
        darkroom->order = done ? 0 : darkroom->order;
    }
    if (answer.fd >= 0) {
        close(answer.fd);
    }
    if (!done) {
        darkroom->order = 0;
        darkroom->was_asked_again = false; /* fetched once more when the casebook can be written */
    }
    return done;
}

static bool give(struct darkroom *darkroom, struct err *err)
{
    struct arena *arena = arena_new(1 << 16);
    struct casebook_order order;
    bool found;
    bool done = casebook_order_take(darkroom->casebook, arena, &order, &found, err);
    if (done && found) {
        struct control_message message = {
            .kind = CONTROL_PAGE, .number = (uint64_t)order.id, .fd = -1};
        snprintf(message.text, sizeof message.text, "%.*s", STR_FORMAT(order.url));
        darkroom->order = order.id;
        if (!control_send(darkroom->fd, &message)) {
            disconnect(darkroom);
        }
    }
    arena_free(arena);
    return done;
}

void darkroom_act(struct darkroom *darkroom)
{
    struct err err = ERR_NONE;
    bool done = true;
    if (darkroom->fd < 0) {
        return;
    }
    if (!darkroom->was_asked_again) {
        done = casebook_orders_again(darkroom->casebook, &err);
        darkroom->was_asked_again = done;
    }
    done = done && hear(darkroom, &err);
    if (done && darkroom->fd >= 0 && darkroom->order == 0 && darkroom->was_asked_again) {
        done = give(darkroom, &err);
    }
    if (!done && !darkroom->is_failing) {
        log_line(LOG_ERROR, "captures_wait", LOG_TEXT("why", err.message));
    }
    darkroom->is_failing = !done;
}
