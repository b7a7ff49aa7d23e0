/* Figures of the casebook in Prometheus' text format, version 0.0.4: nothing about a person. */
#pragma once

#include <stdint.h>

#include "filter/base/buf.h"
#include "filter/casebook/figures.h"

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* Appends all families; `now_ms` is for ages. */
void metrics_put(struct buf *out, const struct casebook_figures *figures, int64_t now_ms);

/* Appends those of the lists that saring publish's --out leads to: what an alarm hangs on. */
void metrics_lists_put(struct buf *out, const char *link);
