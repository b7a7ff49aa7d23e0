/*
 * A process of `saring run` that captures pages for people who ask for one in the console. It opens
 * connections, so it has no casebook; review, which has one, opens none and hands over a URL. Each
 * page is fetched by a child that is shut in (capture.h); what came of it goes back as a sealed
 * file in memory. Whatever the supervisor says ends a page that is being
 * fetched: it is asked for again.
 */
#pragma once

#include "filter/base/attr.h"
#include "filter/pipeline/supervisor.h"

/* The process: serves until told to stop over `control`; returns its exit code. */
int camera_run(const struct supervisor_task *task);
