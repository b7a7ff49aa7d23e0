/* What long work took, part by part: by the clock, and of processors, programs it ran included. */
#pragma once

#include "filter/base/buf.h"

struct stopwatch {
    double start, wall, cpu; /* seconds: of the first part, and of the last one's end */
    struct buf words;
};

void stopwatch_start(struct stopwatch *watch);

/* Takes note of the part that ends now. */
void stopwatch_lap(struct stopwatch *watch, const char *what);

/* Tells it on stderr, if all took three seconds or more and `who` is not NULL; frees it. */
void stopwatch_tell(struct stopwatch *watch, const char *who);
