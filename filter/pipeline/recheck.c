#include "filter/pipeline/recheck.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "feeds/encoding.h"
#include "feeds/look.h"
#include "feeds/report.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/log.h"
#include "filter/base/mem.h"
#include "filter/pipeline/outbox.h"

enum { GAP_MS = 1000 }; /* between two pages: they are mostly of one site */

struct page {
    struct page *next;
    struct buf url;
};

struct recheck {
    struct recheck_options options;
    pthread_t thread;
    atomic_bool is_stopping;
    pthread_mutex_t lock;
    pthread_cond_t has_news;
    struct page *first, **last;
    size_t count;
};

static void free_page(struct page *page)
{
    buf_fini(&page->url);
    free(page);
}

static bool put_report(void *context, struct str bytes)
{
    struct recheck *recheck = context;
    outbox_put_report(recheck->options.outbox, bytes, recheck->options.ticket);
    return true;
}

/* What does not answer is told too: review then asks again sooner. */
static void look_at(struct recheck *recheck, const struct page *page)
{
    const struct feeds_look_options options = {.contact = recheck->options.contact,
                                               .proxy = recheck->options.proxy,
                                               .is_stopping = &recheck->is_stopping};
    struct feeds_look look;
    struct buf scratch = BUF_EMPTY, line = BUF_EMPTY;
    struct err err = ERR_NONE;
    uint64_t mended = 0;
    size_t left_out = 0;
    bool is_there = feeds_look(page->url.bytes, &options, &look, &err);
    struct feeds_report report = {
        .at = buf_str(&look.at), .page = buf_str(&page->url), .status = look.status};
    if (atomic_load(&recheck->is_stopping)) {
        feeds_look_fini(&look);
        return;
    }
    if (!is_there) {
        log_line(LOG_INFO, "review_page_failed", LOG_TEXT("why", err.message));
    }
    bool has_reviews =
        look.status >= 200 && look.status < 300 &&
        feeds_report_write(&report,
                           feeds_encoding_decode(buf_str(&look.body), buf_str(&look.content_type),
                                                 &scratch, &mended),
                           put_report, recheck, &left_out, &err);
    if (!has_reviews) {
        feeds_report_put(&report, &line);
        (void)put_report(recheck, buf_str(&line));
    }
    buf_fini(&scratch);
    buf_fini(&line);
    feeds_look_fini(&look);
}

static void wait_a_while(struct recheck *recheck)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += GAP_MS / 1000;
    pthread_mutex_lock(&recheck->lock);
    while (!atomic_load(&recheck->is_stopping) &&
           pthread_cond_timedwait(&recheck->has_news, &recheck->lock, &until) == 0) {
    }
    pthread_mutex_unlock(&recheck->lock);
}

static struct page *next_page(struct recheck *recheck)
{
    pthread_mutex_lock(&recheck->lock);
    while (recheck->first == NULL && !atomic_load(&recheck->is_stopping)) {
        pthread_cond_wait(&recheck->has_news, &recheck->lock);
    }
    struct page *page = atomic_load(&recheck->is_stopping) ? NULL : recheck->first;
    if (page != NULL) {
        recheck->first = page->next;
        recheck->last = page->next == NULL ? &recheck->first : recheck->last;
        recheck->count--;
    }
    pthread_mutex_unlock(&recheck->lock);
    return page;
}

static void *run(void *context)
{
    struct recheck *recheck = context;
    struct page *page;
    while ((page = next_page(recheck)) != NULL) {
        look_at(recheck, page);
        free_page(page);
        wait_a_while(recheck);
    }
    return NULL;
}

struct recheck *recheck_start(const struct recheck_options *options)
{
    struct recheck *recheck = mem_zero(1, sizeof *recheck);
    pthread_condattr_t attributes;
    recheck->options = *options;
    recheck->last = &recheck->first;
    pthread_mutex_init(&recheck->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&recheck->has_news, &attributes);
    pthread_condattr_destroy(&attributes);
    int failed = pthread_create(&recheck->thread, NULL, run, recheck);
    assert(!failed);
    return recheck;
}

/* Under the lock. */
static bool waits_already(const struct recheck *recheck, struct str url)
{
    for (const struct page *page = recheck->first; page != NULL; page = page->next) {
        if (str_equal(buf_str(&page->url), url)) {
            return true;
        }
    }
    return false;
}

void recheck_ask(struct recheck *recheck, struct str pages)
{
    pthread_mutex_lock(&recheck->lock);
    for (size_t at = 0; at < pages.len && recheck->count < RECHECK_MOST;) {
        const char *end = memchr(pages.at + at, '\n', pages.len - at);
        size_t to = end != NULL ? (size_t)(end - pages.at) : pages.len;
        struct str url = str_part(pages, at, to);
        at = to + 1;
        if (!str_starts(url, STR("https://")) || memchr(url.at, '\0', url.len) != NULL ||
            waits_already(recheck, url)) {
            continue;
        }
        struct page *page = mem_zero(1, sizeof *page);
        buf_put_str(&page->url, url);
        *recheck->last = page;
        recheck->last = &page->next;
        recheck->count++;
    }
    pthread_cond_broadcast(&recheck->has_news);
    pthread_mutex_unlock(&recheck->lock);
}

void recheck_stop(struct recheck *recheck)
{
    if (recheck != NULL) {
        pthread_mutex_lock(&recheck->lock);
        atomic_store(&recheck->is_stopping, true);
        pthread_cond_broadcast(&recheck->has_news);
        pthread_mutex_unlock(&recheck->lock);
    }
}

void recheck_free(struct recheck *recheck)
{
    if (recheck == NULL) {
        return;
    }
    recheck_stop(recheck);
    pthread_join(recheck->thread, NULL);
    while (recheck->first != NULL) {
        struct page *page = recheck->first;
        recheck->first = page->next;
        free_page(page);
    }
    pthread_cond_destroy(&recheck->has_news);
    pthread_mutex_destroy(&recheck->lock);
    free(recheck);
}
