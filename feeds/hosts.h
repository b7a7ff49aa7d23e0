/* Politeness by host: sources of one host and port share a pause and a number of transfers. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "feeds/fetch.h"
#include "feeds/source.h"
#include "filter/base/attr.h"

struct feeds_hosts; /* one thread's */

/* Of sources at an address; those that are files share a host that nobody asks. Never NULL. */
MUST_CHECK struct feeds_hosts *feeds_hosts_new(const struct feeds_source *sources, size_t count);
void feeds_hosts_free(struct feeds_hosts *hosts); /* NULL is fine */

/* How long until the host of source `at` may be asked again; 0: now; INT64_MAX: when one ends. */
int64_t feeds_hosts_wait(const struct feeds_hosts *hosts, size_t at,
                         const struct feeds_limits *limits);

/* A transfer of source `at` begins, and ends. */
void feeds_hosts_begin(struct feeds_hosts *hosts, size_t at);
void feeds_hosts_end(struct feeds_hosts *hosts, size_t at);
