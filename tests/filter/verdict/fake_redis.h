/* A Redis for tests: good or bad on demand, on a unix socket, in a thread of its own. */
#pragma once

#include <stddef.h>

enum fake_manner {
    FAKE_GOOD,    /* PING, GET, SET, as a Redis does */
    FAKE_FORGED,  /* GET is answered with the value last set, whatever its key was */
    FAKE_SPOILED, /* GET is answered with the value, its last byte changed */
    FAKE_GARBAGE, /* GET is answered with bytes that mean nothing */
    FAKE_ARRAY,   /* … with an array that claims a thousand million elements */
    FAKE_LONG,    /* … with a value that claims 500 MB, and begins */
    FAKE_NESTED,  /* … with arrays within arrays */
    FAKE_TWICE,   /* … with two answers for each question */
    FAKE_NUMBER,  /* … with an integer */
    FAKE_CLOSES,  /* … by hanging up */
    FAKE_SILENT,  /* PING is answered, then nothing is */
    FAKE_DEAF,    /* accepts and never says anything */
    FAKE_DENIES,  /* everything is answered with -NOAUTH */
    FAKE_FULL,    /* SET is answered with -OOM, all else as good */
};

struct fake_redis;

struct fake_redis *fake_redis_start(const char *path);
void fake_redis_stop(struct fake_redis *fake);

/* From the next command on. */
void fake_redis_behave(struct fake_redis *fake, enum fake_manner manner);

/* Hangs up on whoever is connected. */
void fake_redis_hang_up(struct fake_redis *fake);

/* Whether the bytes were in anything that was set so far. */
int fake_redis_holds(struct fake_redis *fake, const char *bytes);
size_t fake_redis_sets(struct fake_redis *fake);
