#include "filter/base/hands.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { HANDS_MOST = 9 };

struct shift {
    void (*work)(void *context, size_t index);
    void *context;
    size_t count, chunk;
    atomic_size_t next;
};

size_t hands_count(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors < 1 ? 1 : processors > HANDS_MOST ? HANDS_MOST : (size_t)processors;
}

static void *work_on(void *context)
{
    struct shift *shift = context;
    for (size_t at; (at = atomic_fetch_add(&shift->next, shift->chunk)) < shift->count;) {
        size_t left = shift->count - at, end = at + (left < shift->chunk ? left : shift->chunk);
        for (; at < end; at++) {
            shift->work(shift->context, at);
        }
    }
    return NULL;
}

void hands_run(void (*work)(void *context, size_t index), void *context, size_t count, size_t chunk)
{
    pthread_t hired[HANDS_MOST];
    struct shift shift = {.work = work, .context = context, .count = count, .chunk = chunk};
    size_t most = hands_count() - 1, hands = 0;
    assert(chunk > 0);
    /* Nobody is hired for what one hand has done before the other is there. */
    while (hands < most && count / chunk > hands &&
           pthread_create(&hired[hands], NULL, work_on, &shift) == 0) {
        hands++;
    }
    work_on(&shift);
    while (hands > 0) {
        pthread_join(hired[--hands], NULL);
    }
}
