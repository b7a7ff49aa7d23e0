/* Small plots as inline SVG: bars that are stacked, with words and numbers beside them as text. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "filter/console/page.h"

/* A series of bars, each of one colour; its class is a literal of ours. */
struct plot_series {
    const char *kind; /* class of its bars: "fraud", "procedure", "claim", "plain" */
    enum message label;
    const uint32_t *values;
};

struct plot {
    enum message title; /* what it shows, for those who do not see it */
    const struct plot_series *series;
    size_t series_count, bars;
    const struct str *ticks; /* under the bars, one each; NULL: `first` and `last` stand there */
    struct str first, last;
};

/* The plot with its legend, and the same as a table for screen readers and for copying. */
void plot_put(const struct page *page, const struct plot *plot);
