#include "feeds/short.h"

#include <stdlib.h>
#include <string.h>

#include "feeds/address.h"
#include "feeds/internal.h"
#include "feeds/request.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/text/url.h"

enum { MAX_PAGE = 64 << 10 }; /* of a page that sends its reader on */

void feeds_short_job_add(struct feeds_short_job *job, uint64_t ticket)
{
    mem_grow(&job->tickets, &job->ticket_room, job->ticket_count + 1, sizeof *job->tickets);
    job->tickets[job->ticket_count++] = ticket;
}

bool feeds_short_may_lead_to(const struct url *url)
{
    struct str host = url->host;
    char text[64];
    if (url->whole.len > FEEDS_SHORT_MAX_TARGET) {
        return false;
    }
    if (url->domain.len > 0) {
        return true;
    }
    if (host.len > 2 && host.at[0] == '[') {
        host = str_part(host, 1, host.len - 1);
    }
    if (host.len >= sizeof text) {
        return false;
    }
    memcpy(text, host.at, host.len);
    text[host.len] = '\0';
    return feeds_address_text_is_public(text) || url_has_known_suffix(url->host);
}

static void set_default(unsigned *value, unsigned usual)
{
    *value = *value != 0 ? *value : usual;
}

static void set_limits(struct feeds_short *resolver)
{
    struct feeds_short_limits *limits = &resolver->options.limits;
    set_default(&limits->total_ms, 12000);
    set_default(&limits->request_ms, 4000);
    set_default(&limits->host_gap_ms, 250);
    set_default(&limits->host_per_minute, 60);
    set_default(&limits->per_minute, 240);
    set_default(&limits->at_once, 8);
    set_default(&limits->waiting, 256);
    set_default(&limits->remembered, 8192);
    set_default(&limits->keep_ms, 6 * 3600000);
    set_default(&limits->keep_nowhere_ms, 600000);
    resolver->transfer_limits = (struct feeds_limits){.max_bytes = MAX_PAGE,
                                                      .total_ms = limits->request_ms,
                                                      .connect_ms = limits->request_ms,
                                                      .slow_seconds = 15};
    feeds_request_defaults(&resolver->transfer_limits);
}

struct feeds_short *feeds_short_start(const struct feeds_short_options *options, struct err *err)
{
    if (!feeds_request_start(err)) {
        return NULL;
    }
    struct feeds_short *resolver = mem_zero(1, sizeof *resolver);
    resolver->options = *options;
    set_limits(resolver);
    feeds_request_agent(options->contact, &resolver->user_agent);
    resolver->proxy = options->proxy != NULL ? mem_copy_string(options->proxy) : NULL;
    resolver->cache = feeds_short_cache_new(resolver->options.limits.remembered, options->secret);
    resolver->options.secret = NULL;
    resolver->hosts = mem_zero(feeds_shorteners_count(options->list), sizeof *resolver->hosts);
    pthread_mutex_init(&resolver->lock, NULL);
    resolver->multi = curl_multi_init();
    if (resolver->multi == NULL ||
        pthread_create(&resolver->thread, NULL, feeds_short_run, resolver) != 0) {
        err_set(err, "no thread for short links can be started");
        resolver->is_joined = true;
        feeds_short_free(resolver);
        return NULL;
    }
    return resolver;
}

void feeds_short_stop(struct feeds_short *resolver)
{
    if (resolver->is_joined) {
        return;
    }
    pthread_mutex_lock(&resolver->lock);
    atomic_store(&resolver->is_stopping, true); /* nothing is taken any more */
    pthread_mutex_unlock(&resolver->lock);
    curl_multi_wakeup(resolver->multi);
    pthread_join(resolver->thread, NULL);
    resolver->is_joined = true;
}

void feeds_short_free(struct feeds_short *resolver)
{
    if (resolver == NULL) {
        return;
    }
    feeds_short_stop(resolver);
    curl_multi_cleanup(resolver->multi);
    feeds_short_cache_free(resolver->cache);
    buf_fini(&resolver->user_agent);
    free(resolver->proxy);
    free(resolver->hosts);
    pthread_mutex_destroy(&resolver->lock);
    free(resolver);
}

enum feeds_short_known feeds_short_find(struct feeds_short *resolver, struct str link,
                                        struct buf *target)
{
    return feeds_short_cache_find(resolver->cache, link, clock_monotonic_ms(), target);
}

bool feeds_short_learn(struct feeds_short *resolver, struct str link, struct str target)
{
    struct buf canonical = BUF_EMPTY;
    struct url url;
    struct err err = ERR_NONE;
    bool is_right = target.len <= FEEDS_SHORT_MAX_TARGET &&
                    url_canonical(target, &canonical, &url, &err) && str_equal(url.whole, target) &&
                    feeds_short_may_lead_to(&url) &&
                    !feeds_shorteners_has(resolver->options.list, url.whole);
    if (is_right) {
        feeds_short_cache_put(resolver->cache, link, target,
                              clock_monotonic_ms() + resolver->options.limits.keep_ms);
    }
    buf_fini(&canonical);
    return is_right;
}

bool feeds_short_ask(struct feeds_short *resolver, struct str link, uint64_t ticket)
{
    const struct feeds_shortener *at = feeds_shorteners_find(resolver->options.list, link);
    if (at == NULL || link.len > URL_MAX_BYTES) {
        return false;
    }
    pthread_mutex_lock(&resolver->lock);
    bool is_taken =
        !atomic_load(&resolver->is_stopping) && resolver->open < resolver->options.limits.waiting;
    if (is_taken) {
        struct feeds_short_job *job = mem_zero(1, sizeof *job);
        buf_put_str(&job->link, link);
        buf_put_str(&job->url, link);
        feeds_short_job_add(job, ticket);
        job->at = at;
        job->way = resolver->proxy != NULL ? FEEDS_WAY_LOOK : FEEDS_WAY_DIRECT;
        job->end_ms = clock_monotonic_ms() + resolver->options.limits.total_ms;
        job->next = resolver->inbox;
        resolver->inbox = job;
        resolver->open++;
        resolver->counts.asked++;
    } else {
        resolver->counts.refused++;
    }
    pthread_mutex_unlock(&resolver->lock);
    if (is_taken) {
        curl_multi_wakeup(resolver->multi);
    }
    return is_taken;
}

struct feeds_short_counts feeds_short_counts(struct feeds_short *resolver)
{
    pthread_mutex_lock(&resolver->lock);
    struct feeds_short_counts counts = resolver->counts;
    pthread_mutex_unlock(&resolver->lock);
    return counts;
}
