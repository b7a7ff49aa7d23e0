#include "feeds/capture.h"

#include <curl/curl.h>

#include "feeds/encoding.h"
#include "feeds/fetch.h"
#include "feeds/html.h"
#include "feeds/request.h"
#include "feeds/transfer.h"
#include "feeds/warc.h"
#include "feeds/warc_read.h"
#include "filter/base/err.h"

/* One exchange as it went over the wire. */
struct wire {
    struct buf request, head;
};

/* What libcurl sends and receives: heads as they are, for the record. */
static int on_wire(CURL *easy, curl_infotype type, char *bytes, size_t len, void *context)
{
    struct wire *wire = context;
    (void)easy;
    if (type == CURLINFO_HEADER_OUT) {
        buf_put(&wire->request, bytes, len);
    } else if (type == CURLINFO_HEADER_IN) {
        buf_put(&wire->head, bytes, len);
    }
    return 0;
}

/* HTTP/1.1, and nothing unpacked: what is kept is what the server sent. */
static bool watch(struct feeds_transfer *transfer, struct wire *wire)
{
    CURL *easy = transfer->easy;
    return curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, NULL) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HTTP_TRANSFER_DECODING, 0L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)0) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_wire) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_DEBUGDATA, wire) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L) == CURLE_OK;
}

static void keep(const struct feeds_transfer *transfer, const struct wire *wire, const char *url,
                 const struct clock *clock, struct buf *out)
{
    const char *address = NULL;
    curl_easy_getinfo(transfer->easy, CURLINFO_PRIMARY_IP, &address);
    const struct feeds_warc_exchange exchange = {
        .url = str_of(url),
        .time_ms = clock_now_ms(clock),
        /* Behind a proxy it is the proxy's own, which tells nobody anything. */
        .address = str_of(transfer->way == FEEDS_WAY_DIRECT ? address : NULL),
        .request = buf_str(&wire->request),
        .response_head = buf_str(&wire->head),
        .body = buf_str(&transfer->body),
        .is_cut = transfer->is_too_large,
    };
    feeds_warc_put_exchange(&exchange, out);
}

/* One hop: looked up first behind a proxy. `next` is where it leads, "" if it ends there. */
static bool hop(struct feeds_transfer_options *options, const struct feeds_capture_options *how,
                struct buf *next, struct buf *out, long *status, struct err *err)
{
    struct wire wire = {.request = BUF_EMPTY};
    struct buf address = BUF_EMPTY;
    const char *led = NULL;
    CURLcode code = CURLE_OK;
    options->way = how->proxy != NULL ? FEEDS_WAY_LOOK : FEEDS_WAY_DIRECT;
    struct feeds_transfer *transfer = feeds_transfer_new(options, err);
    if (transfer != NULL && options->way == FEEDS_WAY_LOOK) {
        code = curl_easy_perform(transfer->easy);
        buf_put_string(&address, transfer->address);
        if (address.len > 0) {
            feeds_transfer_free(transfer);
            options->way = FEEDS_WAY_TUNNEL;
            options->address = address.bytes;
            transfer = feeds_transfer_new(options, err);
        }
    }
    bool done = transfer != NULL && (options->way == FEEDS_WAY_LOOK || watch(transfer, &wire));
    if (done && options->way != FEEDS_WAY_LOOK) {
        code = curl_easy_perform(transfer->easy);
    }
    bool has_answer = wire.head.len > 0 && (code == CURLE_OK || transfer->is_too_large);
    if (done && !has_answer) {
        int64_t wait_ms;
        (void)feeds_transfer_outcome(transfer, code != CURLE_OK ? code : CURLE_GOT_NOTHING,
                                     &wait_ms, err);
        done = false;
    }
    if (done) {
        keep(transfer, &wire, options->url, &how->clock, out);
        curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, status);
        curl_easy_getinfo(transfer->easy, CURLINFO_REDIRECT_URL, &led);
        buf_clear(next);
        buf_put_string(next, led != NULL ? led : "");
    }
    feeds_transfer_free(transfer);
    buf_fini(&wire.request);
    buf_fini(&wire.head);
    buf_fini(&address);
    return done;
}

static bool is_page(struct str content_type)
{
    return content_type.len == 0 || str_starts(content_type, STR("text/html")) ||
           str_starts(content_type, STR("application/xhtml+xml")) ||
           str_starts(content_type, STR("text/plain"));
}

/*
 * What people read on the page where it ended, made here, where a page that breaks the reader
 * breaks nothing else: who looks at the capture later reads text and no mark-up.
 */
static void put_text(struct buf *out, const struct clock *clock)
{
    enum { TEXT_MOST = 256 << 10 };
    struct str rest = buf_str(out);
    struct feeds_warc_record record, last = {.is_cut = false};
    struct feeds_warc_answer answer;
    struct buf chunks = BUF_EMPTY, utf8 = BUF_EMPTY, text = BUF_EMPTY, all = BUF_EMPTY;
    uint64_t mended = 0;
    while (feeds_warc_next(&rest, &record)) {
        last = str_is(record.type, "response") ? record : last;
    }
    if (!feeds_warc_answer_read(last.block, &answer) || !is_page(answer.content_type)) {
        return;
    }
    struct str body = feeds_encoding_decode(feeds_warc_answer_body(&answer, &chunks),
                                            answer.content_type, &utf8, &mended);
    if (str_starts(answer.content_type, STR("text/plain"))) {
        buf_put_str(&text, body);
    } else {
        feeds_html_text(&(struct feeds_html){.base = last.url}, body, &text);
    }
    if (text.len > 0) {
        /* `last` points into `out`, which grows. */
        feeds_warc_put_text(
            last.url, clock_now_ms(clock), last.id,
            str_part(buf_str(&text), 0, text.len < TEXT_MOST ? text.len : TEXT_MOST), &all);
        buf_put_str(out, buf_str(&all));
    }
    buf_fini(&chunks);
    buf_fini(&utf8);
    buf_fini(&text);
    buf_fini(&all);
}

bool feeds_capture(const char *url, const struct feeds_capture_options *how, struct buf *out,
                   long *status, struct err *err)
{
    struct buf agent = BUF_EMPTY, at = BUF_EMPTY, next = BUF_EMPTY;
    struct feeds_limits limits = {.max_bytes = FEEDS_CAPTURE_MOST};
    feeds_request_defaults(&limits);
    feeds_request_agent(how->contact, &agent);
    feeds_warc_put_info(clock_now_ms(&how->clock), agent.bytes, out);
    buf_put_string(&at, url);
    bool done = feeds_request_start(err);
    for (unsigned hops = 0; done; hops++) {
        struct feeds_transfer_options options = {.url = at.bytes,
                                                 .user_agent = agent.bytes,
                                                 .private_url = how->private_url,
                                                 .proxy = how->proxy,
                                                 .limits = &limits,
                                                 .accept = "text/html, */*;q=0.5",
                                                 .is_hop = true};
        struct err why = ERR_NONE;
        if (!hop(&options, how, &next, out, status, &why)) {
            /* That an answer leads where we do not go is evidence too. */
            done = hops > 0;
            *err = done ? *err : why;
            break;
        }
        if (next.len == 0 || hops == FEEDS_MAX_REDIRECTS) {
            break;
        }
        buf_clear(&at);
        buf_put_str(&at, buf_str(&next));
    }
    if (done) {
        put_text(out, &how->clock);
    }
    buf_fini(&agent);
    buf_fini(&at);
    buf_fini(&next);
    return done;
}
