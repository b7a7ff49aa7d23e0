#include "feeds/once.h"

#include <curl/curl.h>
#include <stdlib.h>

#include "feeds/connector/connector.h"
#include "feeds/encoding.h"
#include "feeds/fetch.h"
#include "feeds/file.h"
#include "feeds/request.h"
#include "feeds/transfer.h"
#include "filter/base/err.h"

struct context {
    struct feeds_once *once;
    feeds_on_entry *on_entry;
    void *context;
};

void feeds_once_fini(struct feeds_once *once)
{
    buf_fini(&once->url);
    buf_fini(&once->title);
    buf_fini(&once->lang);
    feeds_discovered_fini(&once->found);
}

static bool on_entry(void *context, const struct feeds_entry *entry)
{
    struct context *to = context;
    int64_t time_ms =
        entry->post.published_ms > entry->updated_ms ? entry->post.published_ms : entry->updated_ms;
    if (time_ms > to->once->newest_ms) {
        to->once->newest_ms = time_ms;
    }
    return to->on_entry == NULL || to->on_entry(to->context, entry);
}

/* A page in place of a feed: what it names. */
static void find_feeds(const struct feeds_document *document, struct feeds_once *once)
{
    struct buf scratch = BUF_EMPTY;
    uint64_t mended = 0;
    struct str text =
        feeds_encoding_decode(document->bytes, document->content_type, &scratch, &mended);
    feeds_discover(text, document->url, &once->found);
    buf_fini(&scratch);
}

static bool read_document(const struct feeds_source *source, struct feeds_document *document,
                          struct context *to, struct err *err)
{
    struct feeds_parser *parser = feeds_parser_new();
    struct feeds_head head;
    struct feeds_once *once = to->once;
    document->source = source->id;
    document->lang = source->lang;
    document->fetched_ms = CLOCK_NEVER;
    document->is_ndjson = source->kind == FEEDS_KIND_NDJSON;
    document->is_csv = source->kind == FEEDS_KIND_CSV;
    document->read = feeds_connector_reader(source->kind);
    bool done = feeds_parse(parser, document, on_entry, to, &head, err);
    buf_put_str(&once->title, head.title);
    buf_put_str(&once->lang, head.lang);
    once->version = head.version;
    once->format = head.format;
    once->entries = head.entries;
    once->bad = head.bad;
    once->is_broken = head.is_broken;
    feeds_parser_free(parser);
    if (!done && document->bytes.len > 0) {
        find_feeds(document, once);
    }
    return done;
}

/* One hop after the other, as fetch.c: behind a proxy each is looked up first. NULL with the
 * reason. */
static struct feeds_transfer *perform(const struct feeds_source *source,
                                      struct feeds_transfer_options *options, CURLcode *code,
                                      struct err *err)
{
    struct buf url = BUF_EMPTY, address = BUF_EMPTY;
    struct feeds_transfer *transfer;
    buf_put_str(&url, source->url);
    for (;;) {
        options->url = url.bytes;
        options->address = address.bytes;
        transfer = feeds_transfer_new(options, err);
        if (transfer == NULL) {
            break;
        }
        *code = curl_easy_perform(transfer->easy);
        const char *next =
            *code == CURLE_OK && source->token_file.len == 0 ? feeds_transfer_next(transfer) : NULL;
        if (transfer->way == FEEDS_WAY_LOOK && transfer->address[0] != '\0') {
            buf_clear(&address);
            buf_put_string(&address, transfer->address);
            options->way = FEEDS_WAY_TUNNEL;
        } else if (next != NULL) {
            buf_clear(&url);
            buf_put_string(&url, next);
            options->way = FEEDS_WAY_LOOK;
            options->redirects = transfer->redirects;
            options->was_permanent = transfer->is_permanent;
        } else {
            break;
        }
        feeds_transfer_free(transfer);
    }
    buf_fini(&address);
    buf_fini(&url);
    return transfer;
}

static bool fetch(const struct feeds_source *source, const struct feeds_once_options *how,
                  struct context *to, struct err *err)
{
    struct buf agent = BUF_EMPTY, token = BUF_EMPTY;
    struct feeds_limits limits = {.connect_ms = 0};
    int64_t wait_ms = 0;
    CURLcode code = CURLE_OK;
    feeds_request_defaults(&limits);
    feeds_request_agent(how->contact, &agent);
    bool done = feeds_request_start(err) && feeds_request_token(source, &token, err);
    struct feeds_transfer_options options = {
        .user_agent = agent.bytes,
        .private_url = source->allow_private ? source->url.at : NULL,
        .token = token.len > 0 ? token.bytes : NULL,
        .way = how->proxy != NULL ? FEEDS_WAY_LOOK : FEEDS_WAY_DIRECT,
        .proxy = how->proxy,
        .limits = &limits};
    struct feeds_transfer *transfer = done ? perform(source, &options, &code, err) : NULL;
    if (transfer != NULL) {
        enum feeds_outcome outcome = feeds_transfer_outcome(transfer, code, &wait_ms, err);
        struct str url = feeds_transfer_url(transfer);
        buf_put_str(&to->once->url, url);
        to->once->has_moved = feeds_transfer_moved(transfer).len > 0;
        done = outcome == FEEDS_FETCHED && feeds_request_may_be_at(source, url, err);
    } else {
        done = false;
    }
    if (done) {
        struct feeds_document document = {.bytes = buf_str(&transfer->body),
                                          .content_type = buf_str(&transfer->content_type),
                                          .url = buf_str(&to->once->url)};
        done = read_document(source, &document, to, err);
    }
    feeds_transfer_free(transfer);
    buf_fini(&token);
    buf_fini(&agent);
    return done;
}

bool feeds_once_read(const struct feeds_source *source, const struct feeds_once_options *how,
                     feeds_on_entry *entry_function, void *context, struct feeds_once *once,
                     struct err *err)
{
    struct context to = {.once = once, .on_entry = entry_function, .context = context};
    *once = (struct feeds_once){.version = "", .newest_ms = CLOCK_NEVER};
    if (source->url.len > 0) {
        return fetch(source, how, &to, err);
    }
    struct buf bytes = BUF_EMPTY;
    buf_put_str(&once->url, source->path);
    bool done = feeds_file_read(source, FEEDS_MAX_DOCUMENT, &bytes, err);
    if (done) {
        struct feeds_document document = {.bytes = buf_str(&bytes)};
        done = read_document(source, &document, &to, err);
    }
    buf_fini(&bytes);
    return done;
}
