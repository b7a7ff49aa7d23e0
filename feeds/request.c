#include "feeds/request.h"

#include <curl/curl.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>

#include "feeds/connector/connector.h"
#include "feeds/single.h"
#include "feeds/state.h"
#include "filter/base/err.h"
#include "filter/base/file.h"

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;
static bool curl_started;

static void start_curl(void)
{
    curl_started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK && sodium_init() >= 0;
}

static void set_default(unsigned *value, unsigned usual)
{
    *value = *value != 0 ? *value : usual;
}

void feeds_request_defaults(struct feeds_limits *limits)
{
    if (limits->max_bytes == 0 || limits->max_bytes > FEEDS_MAX_DOCUMENT) {
        limits->max_bytes = FEEDS_MAX_DOCUMENT;
    }
    set_default(&limits->total_ms, 60000);
    set_default(&limits->connect_ms, 10000);
    set_default(&limits->slow_seconds, 15);
    set_default(&limits->every_ms, 600000);
    set_default(&limits->longest_ms, 6 * limits->every_ms);
    set_default(&limits->retry_ms, 60000);
    set_default(&limits->host_gap_ms, 1000);
    set_default(&limits->per_host, 1);
    set_default(&limits->at_once, 64);
}

bool feeds_request_start(struct err *err)
{
    pthread_once(&curl_once, start_curl);
    return curl_started || err_set(err, "libcurl cannot start");
}

void feeds_request_agent(const char *contact, struct buf *agent)
{
    buf_put_string(agent, "saring/1.0");
    if (contact != NULL && strpbrk(contact, "\r\n") == NULL) {
        buf_printf(agent, " (+%s)", contact);
    }
}

/* Empty if it has none. */
bool feeds_request_token(const struct feeds_source *source, struct buf *line, struct err *err)
{
    struct buf text = BUF_EMPTY;
    if (source->token_file.len == 0) {
        return true;
    }
    struct err why = ERR_NONE;
    bool done = file_read(source->token_file.at, FEEDS_STATE_MAX_VALUE, &text, &why) ||
                err_set(err, "its token_file %s", why.message);
    struct str token = str_trim(buf_str(&text));
    for (size_t i = 0; done && i < token.len; i++) {
        if (token.at[i] <= ' ' || token.at[i] > '~') {
            done = err_set(err, "its token must be one word of ASCII");
        }
    }
    if (done && token.len == 0) {
        done = err_set(err, "its token's file is empty");
    }
    if (done) {
        buf_printf(line, "%s%.*s", feeds_connector_token_header(source->kind), STR_FORMAT(token));
    }
    if (text.bytes != NULL) {
        explicit_bzero(text.bytes, text.room);
    }
    buf_fini(&text);
    return done;
}

/*
 * A source may move for good, but not to the feed of a single author if it is not an
 * organisation's: limit 5 holds wherever a redirect leads.
 */
bool feeds_request_may_be_at(const struct feeds_source *source, struct str url, struct err *err)
{
    if (source->organisation.len > 0 || !feeds_single_author(url)) {
        return true;
    }
    return err_set(err, "'%.*s' is a feed of a single author, and no organisation is named",
                   STR_FORMAT(str_part(url, 0, url.len < 200 ? url.len : 200)));
}
