#include "feeds/look.h"

#include <curl/curl.h>

#include "feeds/request.h"
#include "feeds/transfer.h"
#include "filter/base/err.h"

enum { HOP_MS = 30000 };

static int on_progress(void *context, curl_off_t down, curl_off_t so_far, curl_off_t up,
                       curl_off_t sent)
{
    const atomic_bool *is_stopping = context;
    (void)down;
    (void)so_far;
    (void)up;
    (void)sent;
    return atomic_load(is_stopping) ? 1 : 0;
}

static bool may_stop(const struct feeds_transfer *transfer,
                     const struct feeds_look_options *options)
{
    return options->is_stopping == NULL ||
           (curl_easy_setopt(transfer->easy, CURLOPT_XFERINFOFUNCTION, on_progress) == CURLE_OK &&
            curl_easy_setopt(transfer->easy, CURLOPT_XFERINFODATA,
                             (void *)(uintptr_t)options->is_stopping) == CURLE_OK &&
            curl_easy_setopt(transfer->easy, CURLOPT_NOPROGRESS, 0L) == CURLE_OK);
}

static struct feeds_transfer *perform(const struct feeds_transfer_options *transfer_options,
                                      const struct feeds_look_options *options, CURLcode *code,
                                      struct err *err)
{
    struct feeds_transfer *transfer = feeds_transfer_new(transfer_options, err);
    if (transfer != NULL && !may_stop(transfer, options)) {
        feeds_transfer_free(transfer);
        err_set(err, "cannot be fetched by this libcurl");
        return NULL;
    }
    if (transfer != NULL) {
        *code = curl_easy_perform(transfer->easy);
    }
    return transfer;
}

/* One request; behind a proxy its name is looked up first, by us. `next`: where it leads. */
static bool hop(struct feeds_transfer_options *how, const struct feeds_look_options *options,
                struct feeds_look *look, struct buf *next, struct err *err)
{
    struct buf address = BUF_EMPTY;
    const char *led = NULL;
    CURLcode code = CURLE_OK;
    int64_t wait_ms;
    how->way = options->proxy != NULL ? FEEDS_WAY_LOOK : FEEDS_WAY_DIRECT;
    struct feeds_transfer *transfer = perform(how, options, &code, err);
    if (transfer != NULL && transfer->address[0] != '\0') {
        buf_put_string(&address, transfer->address);
        feeds_transfer_free(transfer);
        how->way = FEEDS_WAY_TUNNEL;
        how->address = address.bytes;
        transfer = perform(how, options, &code, err);
    }
    bool done = transfer != NULL && code == CURLE_OK && how->way != FEEDS_WAY_LOOK;
    if (done) {
        curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &look->status);
        curl_easy_getinfo(transfer->easy, CURLINFO_REDIRECT_URL, &led);
        buf_clear(&look->body);
        buf_clear(&look->content_type);
        buf_put_str(&look->body, buf_str(&transfer->body));
        buf_put_str(&look->content_type, buf_str(&transfer->content_type));
        buf_clear(next);
        buf_put_string(next, led != NULL ? led : "");
    } else if (transfer != NULL) {
        look->status = 0;
        (void)feeds_transfer_outcome(transfer, code != CURLE_OK ? code : CURLE_GOT_NOTHING,
                                     &wait_ms, err);
    }
    feeds_transfer_free(transfer);
    buf_fini(&address);
    return done;
}

bool feeds_look(const char *url, const struct feeds_look_options *options, struct feeds_look *look,
                struct err *err)
{
    struct buf agent = BUF_EMPTY, next = BUF_EMPTY;
    struct feeds_limits limits = {.total_ms = HOP_MS};
    feeds_request_defaults(&limits);
    feeds_request_agent(options->contact, &agent);
    *look = (struct feeds_look){.status = 0};
    buf_put_string(&look->at, url);
    bool done = feeds_request_start(err);
    for (unsigned hops = 0; done; hops++) {
        struct feeds_transfer_options how = {.url = look->at.bytes,
                                             .user_agent = agent.bytes,
                                             .proxy = options->proxy,
                                             .limits = &limits,
                                             .accept = "text/html, */*;q=0.5",
                                             .is_hop = true};
        done = hop(&how, options, look, &next, err);
        if (!done || next.len == 0) {
            break;
        }
        if (hops == FEEDS_MAX_REDIRECTS) {
            look->status = 0;
            done = err_set(err, "redirects more than %d times", FEEDS_MAX_REDIRECTS);
            break;
        }
        buf_clear(&look->at);
        buf_put_str(&look->at, buf_str(&next));
    }
    buf_fini(&agent);
    buf_fini(&next);
    return done;
}

void feeds_look_fini(struct feeds_look *look)
{
    buf_fini(&look->at);
    buf_fini(&look->content_type);
    buf_fini(&look->body);
}
