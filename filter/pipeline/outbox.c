#include "filter/pipeline/outbox.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "filter/base/mem.h"

enum { MOST_LOSSES = 3 };

struct item {
    struct item *next;
    enum channel_kind kind;
    uint64_t number, ticket;
    size_t len;
    char json[];
};

struct outbox {
    pthread_mutex_t lock;
    pthread_cond_t has_room;
    struct item *first, **last; /* unacknowledged, in order of their numbers */
    struct item *unsent;        /* the first of them that the present peer has not got */
    size_t count, bytes, max_bytes;
    uint64_t next_number;
    uint64_t blocker; /* the first one at the last rewind, … */
    unsigned losses;  /* … and with how many peers in a row it was that */
    bool is_closed;
    int event;
};

struct outbox *outbox_new(size_t max_bytes)
{
    struct outbox *outbox = mem_zero(1, sizeof *outbox);
    pthread_mutex_init(&outbox->lock, NULL);
    pthread_cond_init(&outbox->has_room, NULL);
    outbox->last = &outbox->first;
    outbox->max_bytes = max_bytes;
    outbox->next_number = 1;
    outbox->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    assert(outbox->event >= 0);
    return outbox;
}

void outbox_free(struct outbox *outbox)
{
    if (outbox == NULL) {
        return;
    }
    while (outbox->first != NULL) {
        struct item *next = outbox->first->next;
        free(outbox->first);
        outbox->first = next;
    }
    close(outbox->event);
    pthread_cond_destroy(&outbox->has_room);
    pthread_mutex_destroy(&outbox->lock);
    free(outbox);
}

int outbox_fd(const struct outbox *outbox)
{
    return outbox->event;
}

static struct item *new_item(enum channel_kind kind, struct str json, uint64_t ticket)
{
    struct item *item = mem_alloc(sizeof *item + json.len);
    item->next = NULL;
    item->kind = kind;
    item->ticket = ticket;
    item->len = json.len;
    memcpy(item->json, json.at, json.len);
    return item;
}

/* Under the lock. */
static void append(struct outbox *outbox, struct item *item)
{
    item->number = outbox->next_number++;
    *outbox->last = item;
    outbox->last = &item->next;
    if (outbox->unsent == NULL) {
        outbox->unsent = item;
    }
    outbox->count++;
    outbox->bytes += item->len;
}

static void put(struct outbox *outbox, struct item *item)
{
    pthread_mutex_lock(&outbox->lock);
    while (outbox->count > 0 && outbox->bytes + item->len > outbox->max_bytes &&
           !outbox->is_closed) {
        pthread_cond_wait(&outbox->has_room, &outbox->lock);
    }
    append(outbox, item);
    pthread_mutex_unlock(&outbox->lock);
    eventfd_write(outbox->event, 1);
}

void outbox_put(struct outbox *outbox, struct str json, uint64_t ticket)
{
    put(outbox, new_item(CHANNEL_VERDICT, json, ticket));
}

void outbox_put_report(struct outbox *outbox, struct str report, uint64_t ticket)
{
    put(outbox, new_item(CHANNEL_REPORT, report, ticket));
}

void outbox_put_now(struct outbox *outbox, struct str json, uint64_t ticket)
{
    struct item *item = new_item(CHANNEL_VERDICT, json, ticket);
    pthread_mutex_lock(&outbox->lock);
    append(outbox, item);
    pthread_mutex_unlock(&outbox->lock);
    eventfd_write(outbox->event, 1);
}

/*
 * A verdict that peer after peer ends with, none of them having acknowledged anything: what is
 * wrong with it must not hold up the others.
 */
static void move_blocker_back(struct outbox *outbox)
{
    struct item *item = outbox->first;
    if (item == NULL || item->number != outbox->blocker) {
        outbox->blocker = item != NULL ? item->number : 0;
        outbox->losses = 0;
    }
    if (item == NULL || ++outbox->losses <= MOST_LOSSES || item->next == NULL) {
        return;
    }
    outbox->first = item->next;
    *outbox->last = item;
    outbox->last = &item->next;
    item->next = NULL;
    outbox->losses = 0;
}

void outbox_rewind(struct outbox *outbox)
{
    pthread_mutex_lock(&outbox->lock);
    move_blocker_back(outbox);
    outbox->unsent = outbox->first;
    pthread_mutex_unlock(&outbox->lock);
}

void outbox_send(struct outbox *outbox, struct channel *channel, size_t max_backlog)
{
    eventfd_t count;
    eventfd_read(outbox->event, &count);
    pthread_mutex_lock(&outbox->lock);
    while (outbox->unsent != NULL && channel_backlog(channel) < max_backlog) {
        const struct item *item = outbox->unsent;
        channel_put(channel, item->kind, item->number,
                    (struct str){.at = item->json, .len = item->len});
        outbox->unsent = item->next;
    }
    pthread_mutex_unlock(&outbox->lock);
}

/* Takes the item out of the list; acknowledgements come in order, so it is nearly always first. */
static struct item *take(struct outbox *outbox, uint64_t number)
{
    struct item **at = &outbox->first;
    while (*at != NULL && (*at)->number != number) {
        at = &(*at)->next;
    }
    struct item *item = *at;
    if (item == NULL) {
        return NULL;
    }
    *at = item->next;
    if (item->next == NULL) {
        outbox->last = at;
    }
    if (outbox->unsent == item) {
        outbox->unsent = item->next;
    }
    outbox->count--;
    outbox->bytes -= item->len;
    return item;
}

bool outbox_acknowledged(struct outbox *outbox, uint64_t number, uint64_t *ticket)
{
    pthread_mutex_lock(&outbox->lock);
    struct item *item = take(outbox, number);
    pthread_cond_broadcast(&outbox->has_room);
    pthread_mutex_unlock(&outbox->lock);
    if (item == NULL) {
        return false;
    }
    *ticket = item->ticket;
    free(item);
    return true;
}

size_t outbox_count(struct outbox *outbox)
{
    pthread_mutex_lock(&outbox->lock);
    size_t count = outbox->count;
    pthread_mutex_unlock(&outbox->lock);
    return count;
}

void outbox_close(struct outbox *outbox)
{
    pthread_mutex_lock(&outbox->lock);
    outbox->is_closed = true;
    pthread_cond_broadcast(&outbox->has_room);
    pthread_mutex_unlock(&outbox->lock);
}
