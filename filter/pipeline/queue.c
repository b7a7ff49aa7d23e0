#include "filter/pipeline/queue.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "filter/base/buf.h"
#include "filter/base/mem.h"

enum { KEEP_BYTES = 64 << 10 }; /* a slot that grew larger gives its memory back */

struct slot {
    struct queue_item item; /* first, so that an item's address is its slot's */
    struct slot *next;
    struct buf text;
    struct str *links;
    size_t links_room;
};

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t has_post, has_room;
    struct slot *slots;
    size_t slot_count;
    struct slot *free, *first, **last;
    bool is_closed;
};

struct queue *queue_new(size_t slots)
{
    struct queue *queue = mem_zero(1, sizeof *queue);
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->has_post, NULL);
    pthread_cond_init(&queue->has_room, NULL);
    queue->slots = mem_zero(slots, sizeof *queue->slots);
    queue->slot_count = slots;
    for (size_t i = 0; i < slots; i++) {
        queue->slots[i].next = queue->free;
        queue->free = &queue->slots[i];
    }
    queue->last = &queue->first;
    return queue;
}

void queue_free(struct queue *queue)
{
    if (queue == NULL) {
        return;
    }
    for (size_t i = 0; i < queue->slot_count; i++) {
        buf_fini(&queue->slots[i].text);
        free(queue->slots[i].links);
    }
    free(queue->slots);
    pthread_cond_destroy(&queue->has_room);
    pthread_cond_destroy(&queue->has_post);
    pthread_mutex_destroy(&queue->lock);
    free(queue);
}

/* Puts the text into the slot's memory, which was made large enough: it does not move. */
static void keep(struct slot *slot, struct str *text)
{
    size_t at = slot->text.len;
    buf_put_str(&slot->text, *text);
    text->at = slot->text.bytes + at;
}

static void copy(struct slot *slot, const struct post *post)
{
    struct post *own = &slot->item.post;
    *own = *post;
    mem_grow(&slot->links, &slot->links_room, post->link_count, sizeof *slot->links);
    if (post->link_count > 0) {
        memcpy(slot->links, post->links, post->link_count * sizeof *slot->links);
    }
    own->links = slot->links;
    struct str *texts[5 + POST_FIELDS] = {&own->id, &own->source, &own->url, &own->lang};
    size_t count = 4;
    for (enum post_field field = POST_TITLE; field < POST_FIELDS; field++) {
        texts[count++] = &own->fields[field];
    }
    size_t total = 1;
    for (size_t i = 0; i < count; i++) {
        total += texts[i]->len;
    }
    for (size_t i = 0; i < own->link_count; i++) {
        total += slot->links[i].len;
    }
    buf_clear(&slot->text);
    mem_grow(&slot->text.bytes, &slot->text.room, total, 1);
    for (size_t i = 0; i < count; i++) {
        keep(slot, texts[i]);
    }
    for (size_t i = 0; i < own->link_count; i++) {
        keep(slot, &slot->links[i]);
    }
    assert(slot->text.len < total);
}

bool queue_put(struct queue *queue, const struct post *post, uint64_t ticket)
{
    pthread_mutex_lock(&queue->lock);
    while (queue->free == NULL && !queue->is_closed) {
        pthread_cond_wait(&queue->has_room, &queue->lock);
    }
    struct slot *slot = queue->is_closed ? NULL : queue->free;
    if (slot != NULL) {
        queue->free = slot->next;
    }
    pthread_mutex_unlock(&queue->lock);
    if (slot == NULL) {
        return false;
    }
    copy(slot, post);
    slot->item.ticket = ticket;
    slot->next = NULL;
    pthread_mutex_lock(&queue->lock);
    *queue->last = slot;
    queue->last = &slot->next;
    pthread_cond_signal(&queue->has_post);
    pthread_mutex_unlock(&queue->lock);
    return true;
}

/* Under the lock. */
static size_t take(struct queue *queue, const struct queue_item **items, size_t most)
{
    size_t count = 0;
    while (queue->first != NULL && count < most) {
        struct slot *slot = queue->first;
        queue->first = slot->next;
        items[count++] = &slot->item;
    }
    if (queue->first == NULL) {
        queue->last = &queue->first;
    }
    return count;
}

size_t queue_take(struct queue *queue, const struct queue_item **items, size_t most)
{
    pthread_mutex_lock(&queue->lock);
    while (queue->first == NULL && !queue->is_closed) {
        pthread_cond_wait(&queue->has_post, &queue->lock);
    }
    size_t count = take(queue, items, most);
    pthread_mutex_unlock(&queue->lock);
    return count;
}

size_t queue_take_now(struct queue *queue, const struct queue_item **items, size_t most)
{
    pthread_mutex_lock(&queue->lock);
    size_t count = take(queue, items, most);
    pthread_mutex_unlock(&queue->lock);
    return count;
}

void queue_give_back(struct queue *queue, const struct queue_item **items, size_t count)
{
    pthread_mutex_lock(&queue->lock);
    for (size_t i = 0; i < count; i++) {
        struct slot *slot = (struct slot *)items[i];
        if (slot->text.room > KEEP_BYTES) {
            buf_fini(&slot->text);
        }
        slot->next = queue->free;
        queue->free = slot;
    }
    pthread_cond_broadcast(&queue->has_room);
    pthread_mutex_unlock(&queue->lock);
}

void queue_close(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->is_closed = true;
    pthread_cond_broadcast(&queue->has_post);
    pthread_cond_broadcast(&queue->has_room);
    pthread_mutex_unlock(&queue->lock);
}
