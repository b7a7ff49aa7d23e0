/*
 * The process that reads the hostile world: sources, parsers, rules. It has no casebook: flagged
 * verdicts go to review, nothing else leaves it, and what did not match is dropped here.
 */
#pragma once

#include "filter/pipeline/supervisor.h"

/*
 * The body of the process. What it may read depends on the season, of which review tells: with one,
 * sources.yml and standard input; without one, the example alone; once it is over, nothing. When
 * that changes it drains and ends, and is started again.
 */
int ingest_run(const struct supervisor_task *task);
