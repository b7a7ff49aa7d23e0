#include "feeds/hosts.h"

#include <assert.h>
#include <stdlib.h>

#include "feeds/transfer.h"
#include "filter/base/clock.h"
#include "filter/base/mem.h"

struct host {
    uint64_t hash;
    unsigned active;
    int64_t started_ms; /* last, monotonic */
};

struct feeds_hosts {
    struct host *hosts; /* by hash */
    size_t *places;     /* of each source's host in it */
};

/* FNV-1a over what stands between "://" and the path. */
static uint64_t host_hash(struct str url)
{
    uint64_t hash = 14695981039346656037U;
    struct str host = feeds_transfer_host(url);
    for (size_t at = 0; at < host.len; at++) {
        hash = (hash ^ ((unsigned char)host.at[at] | 0x20U)) * 1099511628211U;
    }
    return hash;
}

static int compare_hosts(const void *a, const void *b)
{
    uint64_t left = ((const struct host *)a)->hash, right = ((const struct host *)b)->hash;
    return (left > right) - (left < right);
}

struct feeds_hosts *feeds_hosts_new(const struct feeds_source *sources, size_t count)
{
    struct feeds_hosts *hosts = mem_zero(1, sizeof *hosts);
    size_t kept = 0;
    hosts->hosts = mem_zero(count, sizeof *hosts->hosts);
    hosts->places = mem_zero(count, sizeof *hosts->places);
    for (size_t i = 0; i < count; i++) {
        hosts->hosts[i].hash = host_hash(sources[i].url);
        hosts->hosts[i].started_ms = INT64_MIN / 2;
    }
    qsort(hosts->hosts, count, sizeof *hosts->hosts, compare_hosts);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || hosts->hosts[i].hash != hosts->hosts[kept - 1].hash) {
            hosts->hosts[kept++] = hosts->hosts[i];
        }
    }
    for (size_t i = 0; i < count; i++) {
        struct host wanted = {.hash = host_hash(sources[i].url)};
        const struct host *found =
            bsearch(&wanted, hosts->hosts, kept, sizeof wanted, compare_hosts);
        assert(found != NULL);
        hosts->places[i] = (size_t)(found - hosts->hosts);
    }
    return hosts;
}

void feeds_hosts_free(struct feeds_hosts *hosts)
{
    if (hosts == NULL) {
        return;
    }
    free(hosts->hosts);
    free(hosts->places);
    free(hosts);
}

int64_t feeds_hosts_wait(const struct feeds_hosts *hosts, size_t at,
                         const struct feeds_limits *limits)
{
    const struct host *host = &hosts->hosts[hosts->places[at]];
    if (host->active >= limits->per_host) {
        return INT64_MAX;
    }
    int64_t wait_ms = host->started_ms + limits->host_gap_ms - clock_monotonic_ms();
    return wait_ms > 0 ? wait_ms : 0;
}

void feeds_hosts_begin(struct feeds_hosts *hosts, size_t at)
{
    struct host *host = &hosts->hosts[hosts->places[at]];
    host->started_ms = clock_monotonic_ms();
    host->active++;
}

void feeds_hosts_end(struct feeds_hosts *hosts, size_t at)
{
    struct host *host = &hosts->hosts[hosts->places[at]];
    assert(host->active > 0);
    host->active--;
}
