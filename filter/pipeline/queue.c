#include "filter/pipeline/queue.h"

#include <pthread.h>
#include <stdlib.h>

#include "filter/base/mem.h"
#include "filter/base/post_copy.h"

enum { KEEP_BYTES = 64 << 10 }; /* a slot that grew larger gives its memory back */

struct slot {
    struct queue_item item; /* first, so that an item's address is its slot's */
    struct slot *next;
    struct post_copy copy;
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
        post_copy_fini(&queue->slots[i].copy);
    }
    free(queue->slots);
    pthread_cond_destroy(&queue->has_room);
    pthread_cond_destroy(&queue->has_post);
    pthread_mutex_destroy(&queue->lock);
    free(queue);
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
    post_copy_set(&slot->copy, post);
    slot->item.post = slot->copy.post;
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
        if (slot->copy.text.room > KEEP_BYTES) {
            buf_fini(&slot->copy.text);
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
