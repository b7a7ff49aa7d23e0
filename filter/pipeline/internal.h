/* What the two halves of the ingest process share: its main loop, and what reads posts for it. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "feeds/intake.h"
#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/log.h"
#include "filter/pipeline/channel.h"
#include "filter/pipeline/control.h"
#include "filter/pipeline/correlate.h"
#include "filter/pipeline/loader.h"
#include "filter/pipeline/outbox.h"
#include "filter/pipeline/queue.h"
#include "filter/pipeline/recheck.h"
#include "filter/pipeline/shadow.h"
#include "filter/pipeline/stdin.h"
#include "filter/pipeline/supervisor.h"
#include "filter/pipeline/watch.h"
#include "filter/pipeline/workers.h"

enum { INGEST_DRAIN_MS = 25000 }; /* less than the supervisor waits */

/* Tickets of standard input; those of the intake are smaller. */
#define STDIN_TICKET (UINT64_C(1) << 63)

/* Of a verdict whose post is through already. */
#define NO_TICKET UINT64_MAX

/* What may be read. */
enum mode {
    MODE_UNKNOWN, /* review has not said yet */
    MODE_DEMO,    /* no season: the example alone */
    MODE_SEASON,
    MODE_OVER, /* a season that has ended: nothing */
};

struct ingest {
    const struct supervisor_task *task;
    struct clock clock;
    struct buf state; /* the process' own folder */
    struct hash_key secret;
    enum mode mode;
    int64_t season_end_ms;
    const char *folders[LOADER_FOLDERS];

    struct channel *channel; /* NULL: review is away */
    struct outbox *outbox;
    struct queue *queue;
    struct ruleset_slot *rules;
    struct buf released; /* hashes of released rules, as review told, in byte order */
    struct shadow *shadow;
    struct correlate *correlate; /* NULL: not reading yet */
    struct watch *watch;         /* NULL: no rules are in use yet */
    struct verdict_cache *cache;
    struct verdict_redis *redis;
    struct loader *loader;
    struct feeds_shorteners *shorteners;
    struct unshorten *unshorten; /* NULL: no short link is resolved */
    struct recheck *recheck;     /* NULL: not in a season */
    struct workers *workers;     /* NULL: not reading yet */
    struct feeds_sources *sources;
    struct feeds_intake *intake;
    struct feeds_seen *seen;
    struct stdin_reader *lines; /* NULL: none */
    bool has_stdin;             /* the supervisor has lines for a season */
    bool is_reload_asked;       /* an answer is owed */
    bool was_loaded;
    struct hash example_by; /* the identity of the rules that the example is read by */

    int wake; /* a worker has something for the main thread */
    atomic_bool workers_ended;
    uint64_t told_lines;
    int64_t next_stats_ms, next_shadow_ms, next_tick_ms;
    uint64_t told_posts;

    bool is_draining;
    int64_t drain_by_ms;
};

/* Sends the supervisor a message. */
void ingest_tell(const struct ingest *ingest, enum control_kind kind, uint64_t number,
                 const char *text);

void ingest_log_err(enum log_level level, const char *event, const struct err *err);
void ingest_log_stats(struct ingest *ingest, const char *event);

/* Shuts the process into what it needs (sandbox.h): the casebook is not of that. */
void ingest_shut_in(const struct ingest *ingest);

/* It is known what may be read: begins to load the rules for it. */
void ingest_enter(struct ingest *ingest, enum mode mode);

/* The first rules are there: workers, sources and standard input start. */
void ingest_start_reading(struct ingest *ingest);

/* Says which sources a correlation by source leaves out, if there is one. */
void ingest_tell_persons(const struct ingest *ingest, const struct ruleset *rules);

/* The supervisor has lines for us, or gives them. */
void ingest_take_lines(struct ingest *ingest, const struct control_message *message);

/* The verdict of a post is durable. */
void ingest_acknowledged(struct ingest *ingest, uint64_t ticket);

/* Nothing more is read; what was read is finished and sent while the main loop goes on. */
void ingest_drain(struct ingest *ingest, const char *why);
