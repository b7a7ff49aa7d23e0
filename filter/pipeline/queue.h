/* Posts on their way from the readers to the workers: bounded, in memory reused for ever. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/post.h"

struct queue;

/* Room for `slots` posts. Never NULL. */
MUST_CHECK struct queue *queue_new(size_t slots);
void queue_free(struct queue *queue); /* NULL is fine */

/*
 * Any thread: copies the post in; waits while the queue is full. False, without the post, once
 * the queue is closed.
 */
MUST_CHECK bool queue_put(struct queue *queue, const struct post *post, uint64_t ticket);

struct queue_item {
    struct post post; /* stands until queue_give_back */
    uint64_t ticket;
};

/*
 * Any thread: takes up to `most` posts, at least one, waiting for it; 0 once the queue is closed
 * and empty. Each is given back when its post is no longer needed.
 */
size_t queue_take(struct queue *queue, const struct queue_item **items, size_t most);

/* The same without waiting: 0 also if there is nothing now. */
size_t queue_take_now(struct queue *queue, const struct queue_item **items, size_t most);
void queue_give_back(struct queue *queue, const struct queue_item **items, size_t count);

/* Nothing more goes in; what is in it still comes out. */
void queue_close(struct queue *queue);
