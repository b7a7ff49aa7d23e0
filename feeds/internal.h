/* What the two halves of the resolver of short links share: calls of any thread, and its thread. */
#pragma once

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feeds/pace.h"
#include "feeds/short.h"
#include "feeds/transfer.h"
#include "filter/base/buf.h"

struct url;

/* A link on its way, for all who asked for it. */
struct feeds_short_job {
    struct feeds_short_job *next;
    struct buf link, url; /* as asked; the present hop */
    uint64_t *tickets;
    size_t ticket_count, ticket_room;
    const struct feeds_shortener *at; /* of `url` */
    int64_t end_ms;                   /* monotonic: given up then */
    unsigned redirects;
    bool is_get;
    enum feeds_way way;
    struct buf address;              /* for TUNNEL */
    struct feeds_transfer *transfer; /* under way; NULL: waits for its turn */
};

struct feeds_short {
    struct feeds_short_options options;
    struct feeds_limits transfer_limits;
    struct feeds_short_cache *cache;
    struct buf user_agent;
    char *proxy;
    CURLM *multi;
    pthread_t thread;
    bool is_joined;
    atomic_bool is_stopping;

    struct feeds_short_job *jobs; /* the thread's own */
    struct feeds_pace *hosts, all;

    pthread_mutex_t lock; /* of all below */
    struct feeds_short_job *inbox;
    size_t open; /* links taken and not answered */
    struct feeds_short_counts counts;
};

void feeds_short_job_add(struct feeds_short_job *job, uint64_t ticket);

/* Whether a link may lead to this: a canonical address of the web, not of a private network. */
bool feeds_short_may_lead_to(const struct url *url);

/* The thread's body; `context` is the struct feeds_short. */
void *feeds_short_run(void *context);
