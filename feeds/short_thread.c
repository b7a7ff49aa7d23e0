/* The thread that asks shorteners: each link when its turn has come, hop by hop. */
#include <assert.h>
#include <stdlib.h>

#include "feeds/internal.h"
#include "feeds/short_hop.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/text/url.h"

enum { IDLE_MS = 60000 };

static void free_job(struct feeds_short_job *job)
{
    feeds_transfer_free(job->transfer);
    buf_fini(&job->link);
    buf_fini(&job->url);
    buf_fini(&job->address);
    free(job->tickets);
    free(job);
}

/* Tells all who asked, keeps the answer, and forgets the job, which is in no list any more. */
static void answer(struct feeds_short *resolver, struct feeds_short_job *job, struct str target,
                   bool keep)
{
    const struct feeds_short_limits *limits = &resolver->options.limits;
    int64_t keep_ms = target.len > 0 ? limits->keep_ms : limits->keep_nowhere_ms;
    if (keep) {
        feeds_short_cache_put(resolver->cache, buf_str(&job->link), target,
                              clock_monotonic_ms() + keep_ms);
    }
    pthread_mutex_lock(&resolver->lock);
    resolver->open -= job->ticket_count;
    resolver->counts.resolved += target.len > 0 ? job->ticket_count : 0;
    resolver->counts.nowhere += target.len > 0 ? 0 : job->ticket_count;
    pthread_mutex_unlock(&resolver->lock);
    for (size_t i = 0; i < job->ticket_count; i++) {
        resolver->options.on_answer(resolver->options.context, job->tickets[i], target);
    }
    free_job(job);
}

/* What was asked meanwhile, in the order in which it was asked. */
static struct feeds_short_job *empty_inbox(struct feeds_short *resolver)
{
    struct feeds_short_job *oldest = NULL;
    pthread_mutex_lock(&resolver->lock);
    while (resolver->inbox != NULL) {
        struct feeds_short_job *job = resolver->inbox;
        resolver->inbox = job->next;
        job->next = oldest;
        oldest = job;
    }
    pthread_mutex_unlock(&resolver->lock);
    return oldest;
}

/*
 * Puts it behind what is waiting, so that a flood of new links takes no turn of an older one; a
 * link that is under way already gets one more who waits.
 */
static void take_inbox(struct feeds_short *resolver)
{
    struct feeds_short_job *fresh = empty_inbox(resolver);
    while (fresh != NULL) {
        struct feeds_short_job *job = fresh, **at = &resolver->jobs;
        fresh = job->next;
        job->next = NULL;
        while (*at != NULL && !str_equal(buf_str(&(*at)->link), buf_str(&job->link))) {
            at = &(*at)->next;
        }
        if (*at != NULL) {
            feeds_short_job_add(*at, job->tickets[0]);
            free_job(job);
        } else {
            *at = job;
        }
    }
}

static struct feeds_pace *pace_of(const struct feeds_short *resolver,
                                  const struct feeds_short_job *job)
{
    return &resolver->hosts[feeds_shorteners_place(resolver->options.list, job->at)];
}

/* Sends the job's next request. False if libcurl can't. */
static bool start_request(struct feeds_short *resolver, struct feeds_short_job *job)
{
    struct err err = ERR_NONE;
    const struct feeds_transfer_options options = {
        .url = job->url.bytes,
        .user_agent = resolver->user_agent.bytes,
        .private_url = job->at->allow_private ? job->url.bytes : NULL,
        .limits = &resolver->transfer_limits,
        .way = job->way,
        .proxy = resolver->proxy,
        .address = job->address.bytes,
        .is_hop = true,
        .is_head = !job->is_get,
        .accept = "text/html, */*;q=0.5",
    };
    struct feeds_transfer *transfer = feeds_transfer_new(&options, &err);
    if (transfer == NULL || curl_easy_setopt(transfer->easy, CURLOPT_PRIVATE, job) != CURLE_OK ||
        curl_multi_add_handle(resolver->multi, transfer->easy) != CURLM_OK) {
        feeds_transfer_free(transfer);
        return false;
    }
    job->transfer = transfer;
    return true;
}

static void count_request(struct feeds_short *resolver, const struct feeds_short_job *job,
                          int64_t now_ms)
{
    feeds_pace_begin(pace_of(resolver, job), now_ms);
    feeds_pace_begin(&resolver->all, now_ms);
    pthread_mutex_lock(&resolver->lock);
    resolver->counts.requests++;
    pthread_mutex_unlock(&resolver->lock);
}

static void end_request(struct feeds_short *resolver, struct feeds_short_job *job)
{
    curl_multi_remove_handle(resolver->multi, job->transfer->easy);
    feeds_transfer_free(job->transfer);
    job->transfer = NULL;
    pace_of(resolver, job)->active--;
    resolver->all.active--;
}

/* Starts the job's request if its shortener may be asked now; returns how long it has to wait. */
static int64_t start_if_due(struct feeds_short *resolver, struct feeds_short_job *job,
                            int64_t now_ms)
{
    const struct feeds_short_limits *limits = &resolver->options.limits;
    struct feeds_pace *host = pace_of(resolver, job);
    if (host->active > 0 || resolver->all.active >= limits->at_once) {
        return IDLE_MS; /* the end of one wakes us */
    }
    int64_t wait = feeds_pace_wait(host, limits->host_per_minute, limits->host_gap_ms, now_ms);
    int64_t wait_all = feeds_pace_wait(&resolver->all, limits->per_minute, 0, now_ms);
    if (wait > 0 || wait_all > 0) {
        return wait > wait_all ? wait : wait_all;
    }
    if (!start_request(resolver, job)) {
        job->end_ms = now_ms; /* over: the next look answers it */
        return 0;
    }
    count_request(resolver, job, now_ms);
    return IDLE_MS;
}

/* Gives up what took too long, starts what may start; returns how long nothing else will be. */
static int64_t look(struct feeds_short *resolver)
{
    int64_t now_ms = clock_monotonic_ms(), wait_ms = IDLE_MS;
    for (struct feeds_short_job **at = &resolver->jobs; *at != NULL;) {
        struct feeds_short_job *job = *at;
        if (now_ms >= job->end_ms) {
            *at = job->next;
            if (job->transfer != NULL) {
                end_request(resolver, job);
            }
            answer(resolver, job, STR(""), true);
            continue;
        }
        int64_t due_ms = job->transfer == NULL ? start_if_due(resolver, job, now_ms) : IDLE_MS;
        int64_t left_ms = job->end_ms - now_ms;
        wait_ms = due_ms < wait_ms ? due_ms : wait_ms;
        wait_ms = left_ms < wait_ms ? left_ms : wait_ms;
        at = &job->next;
    }
    return wait_ms;
}

static void drop(struct feeds_short *resolver, const struct feeds_short_job *job)
{
    struct feeds_short_job **at = &resolver->jobs;
    while (*at != NULL && *at != job) {
        at = &(*at)->next;
    }
    assert(*at == job);
    *at = job->next;
}

/* A redirect: to one more shortener, or to what the link is about. */
static void go_on(struct feeds_short *resolver, struct feeds_short_job *job, struct str next)
{
    struct buf canonical = BUF_EMPTY;
    struct url url;
    struct err err = ERR_NONE;
    const struct feeds_shortener *at = NULL;
    bool is_url = next.len <= URL_MAX_BYTES && url_canonical(next, &canonical, &url, &err);
    if (is_url) {
        at = feeds_shorteners_find(resolver->options.list, url.whole);
    }
    if (at != NULL && job->redirects < FEEDS_MAX_REDIRECTS) {
        job->redirects++;
        job->at = at;
        job->is_get = false;
        job->way = resolver->proxy != NULL ? FEEDS_WAY_LOOK : FEEDS_WAY_DIRECT;
        buf_clear(&job->url);
        buf_put_str(&job->url, next);
    } else {
        drop(resolver, job);
        bool is_end = is_url && feeds_short_may_lead_to(&url) &&
                      !feeds_shorteners_has(resolver->options.list, url.whole);
        answer(resolver, job, is_end ? url.whole : STR(""), true);
    }
    buf_fini(&canonical);
}

static void finish(struct feeds_short *resolver, struct feeds_short_job *job, CURLcode code)
{
    struct buf next = BUF_EMPTY;
    const struct feeds_transfer *transfer = job->transfer;
    bool found_address = transfer->way == FEEDS_WAY_LOOK && transfer->address[0] != '\0';
    enum feeds_hop hop = FEEDS_HOP_NOWHERE;
    if (found_address) {
        buf_clear(&job->address);
        buf_put_string(&job->address, transfer->address);
    } else {
        hop = feeds_hop_of(transfer, code, !job->is_get, &next);
    }
    end_request(resolver, job);
    if (found_address) {
        job->way = FEEDS_WAY_TUNNEL;
        pace_of(resolver, job)->last_ms = 0; /* nobody was asked yet */
    } else if (hop == FEEDS_HOP_ON) {
        go_on(resolver, job, str_trim(buf_str(&next)));
    } else if (hop == FEEDS_HOP_ASK_GET) {
        job->is_get = true;
    } else {
        drop(resolver, job);
        answer(resolver, job, STR(""), true);
    }
    buf_fini(&next);
}

static void finish_all(struct feeds_short *resolver)
{
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(resolver->multi, &left)) != NULL) {
        if (message->msg == CURLMSG_DONE) {
            char *job = NULL;
            CURLcode code = message->data.result;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &job);
            finish(resolver, (struct feeds_short_job *)(void *)job, code);
        }
    }
}

void *feeds_short_run(void *context)
{
    struct feeds_short *resolver = context;
    int running = 0;
    while (!atomic_load(&resolver->is_stopping)) {
        take_inbox(resolver);
        int64_t wait_ms = look(resolver);
        curl_multi_perform(resolver->multi, &running);
        unsigned active = resolver->all.active;
        finish_all(resolver);
        if (resolver->all.active < active) {
            continue; /* room for others */
        }
        curl_multi_poll(resolver->multi, NULL, 0, (int)wait_ms, NULL);
    }
    take_inbox(resolver);
    while (resolver->jobs != NULL) {
        struct feeds_short_job *job = resolver->jobs;
        resolver->jobs = job->next;
        if (job->transfer != NULL) {
            end_request(resolver, job);
        }
        answer(resolver, job, STR(""), false);
    }
    return NULL;
}
