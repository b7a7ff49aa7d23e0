#include "feeds/short_hop.h"

#include <strings.h>

#include "feeds/encoding.h"
#include "feeds/markup.h"
#include "feeds/reference.h"
#include "feeds/resolve.h"

/* "0; url='https://…'" (HTML, 4.2.5.3: refresh): what stands behind "url="; empty if nothing. */
static struct str refresh_target(struct str content)
{
    size_t at = 0;
    while (at < content.len && strchr("0123456789. \t\n", content.at[at]) != NULL) {
        at++;
    }
    if (at == content.len || (content.at[at] != ';' && content.at[at] != ',')) {
        return STR("");
    }
    struct str rest = str_trim(str_part(content, at + 1, content.len));
    if (rest.len < 4 || strncasecmp(rest.at, "url", 3) != 0) {
        return STR("");
    }
    rest = str_trim(str_part(rest, 3, rest.len));
    if (rest.len == 0 || rest.at[0] != '=') {
        return STR("");
    }
    rest = str_trim(str_part(rest, 1, rest.len));
    if (rest.len > 0 && (rest.at[0] == '"' || rest.at[0] == '\'')) {
        const char *end = memchr(rest.at + 1, rest.at[0], rest.len - 1);
        rest = str_part(rest, 1, end != NULL ? (size_t)(end - rest.at) : rest.len);
    }
    return rest;
}

bool feeds_hop_refresh(struct str page, struct str url, struct buf *next)
{
    struct buf scratch = BUF_EMPTY, plain = BUF_EMPTY;
    uint64_t mended = 0;
    struct feeds_markup markup = {.text = feeds_encoding_decode(page, STR(""), &scratch, &mended),
                                  .is_html = true};
    struct feeds_markup_piece piece;
    bool done = false;
    while (!done && feeds_markup_next(&markup, &piece)) {
        if (piece.kind != FEEDS_MARKUP_START) {
            continue;
        }
        if (feeds_markup_is(piece.name, "script") || feeds_markup_is(piece.name, "style")) {
            feeds_markup_skip_to_end(&markup, piece.name);
        } else if (feeds_markup_is(piece.name, "meta") &&
                   feeds_markup_is(feeds_markup_value(piece.attributes, "http-equiv"), "refresh")) {
            buf_clear(&plain);
            buf_put(&plain, "", 0);
            feeds_reference_decode(feeds_markup_value(piece.attributes, "content"), NULL, &plain);
            struct str target = refresh_target(buf_str(&plain));
            done = target.len > 0;
            if (done) {
                feeds_resolve(url, target, next);
            }
        }
    }
    buf_fini(&plain);
    buf_fini(&scratch);
    return done;
}

/* Servers that do not know HEAD close, reset or talk nonsense; one that is away is not asked again.
 */
static bool may_know_get(CURLcode code)
{
    switch (code) {
    case CURLE_OK:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        return true;
    default:
        return false;
    }
}

enum feeds_hop feeds_hop_of(const struct feeds_transfer *transfer, CURLcode code, bool was_head,
                            struct buf *next)
{
    const char *location = NULL;
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(transfer->easy, CURLINFO_REDIRECT_URL, &location);
    if (transfer->is_refused) {
        return FEEDS_HOP_NOWHERE;
    }
    /* A body that is too long or breaks off does not matter where the head says it all. */
    if (status >= 300 && status < 400 && location != NULL) {
        buf_put_string(next, location);
        return FEEDS_HOP_ON;
    }
    if (was_head) {
        return may_know_get(code) ? FEEDS_HOP_ASK_GET : FEEDS_HOP_NOWHERE;
    }
    bool is_page = code == CURLE_OK && status == 200 && transfer->body.len > 0;
    return is_page &&
                   feeds_hop_refresh(buf_str(&transfer->body), feeds_transfer_url(transfer), next)
               ? FEEDS_HOP_ON
               : FEEDS_HOP_NOWHERE;
}
