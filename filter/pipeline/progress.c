#include "filter/pipeline/progress.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/mem.h"

struct progress {
    pthread_mutex_t lock;
    bool *is_through; /* a ring: line n stands at n modulo room, a power of two */
    size_t room;
    uint64_t front; /* lines 1 … front are through */
    uint64_t last;  /* the highest line seen */
};

struct progress *progress_new(void)
{
    struct progress *progress = mem_zero(1, sizeof *progress);
    pthread_mutex_init(&progress->lock, NULL);
    progress->room = 1024;
    progress->is_through = mem_zero(progress->room, sizeof *progress->is_through);
    return progress;
}

void progress_free(struct progress *progress)
{
    if (progress == NULL) {
        return;
    }
    free(progress->is_through);
    pthread_mutex_destroy(&progress->lock);
    free(progress);
}

/* The window from the front to `number` must fit the ring; the queue's size bounds it. */
static void make_room(struct progress *progress, uint64_t number)
{
    size_t room = progress->room;
    while (number - progress->front >= room) {
        room *= 2;
    }
    if (room == progress->room) {
        return;
    }
    bool *ring = mem_zero(room, sizeof *ring);
    for (uint64_t line = progress->front + 1; line <= progress->last; line++) {
        ring[line & (room - 1)] = progress->is_through[line & (progress->room - 1)];
    }
    free(progress->is_through);
    progress->is_through = ring;
    progress->room = room;
}

uint64_t progress_through(struct progress *progress, uint64_t number)
{
    pthread_mutex_lock(&progress->lock);
    if (number > progress->front) {
        make_room(progress, number);
        progress->is_through[number & (progress->room - 1)] = true;
        progress->last = number > progress->last ? number : progress->last;
    }
    for (bool *next;
         *(next = &progress->is_through[(progress->front + 1) & (progress->room - 1)]);) {
        *next = false;
        progress->front++;
    }
    uint64_t front = progress->front;
    pthread_mutex_unlock(&progress->lock);
    return front;
}
