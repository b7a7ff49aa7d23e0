#include "feeds/warc.h"

#include "filter/base/clock.h"
#include "filter/base/uuid.h"

static void put_start(const char *type, const struct buf *uuid, int64_t time_ms, struct buf *out)
{
    char time[CLOCK_TEXT];
    buf_printf(out,
               "WARC/1.1\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:uuid:%s>\r\nWARC-Date: %s\r\n",
               type, uuid->bytes, clock_format(time_ms, time));
}

/* The rest of a record's head, and its block. */
static void put_block(const char *type, struct str block, struct buf *out)
{
    char hex[HASH_HEX];
    struct hash hash = hash_sha256(block);
    buf_printf(out,
               "WARC-Block-Digest: sha256:%s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n",
               hash_format(&hash, hex), type, block.len);
    buf_put_str(out, block);
    buf_put_string(out, "\r\n\r\n");
}

void feeds_warc_put_info(int64_t time_ms, const char *software, struct buf *out)
{
    struct buf fields = BUF_EMPTY, uuid = BUF_EMPTY;
    uuid_put_random(&uuid);
    buf_printf(&fields, "software: %s\r\nformat: WARC file version 1.1\r\n", software);
    put_start("warcinfo", &uuid, time_ms, out);
    put_block("application/warc-fields", buf_str(&fields), out);
    buf_fini(&fields);
    buf_fini(&uuid);
}

static void put_target(const struct feeds_warc_exchange *exchange, struct buf *out)
{
    buf_printf(out, "WARC-Target-URI: %.*s\r\n", STR_FORMAT(exchange->url));
    if (exchange->address.len > 0) {
        buf_printf(out, "WARC-IP-Address: %.*s\r\n", STR_FORMAT(exchange->address));
    }
}

void feeds_warc_put_exchange(const struct feeds_warc_exchange *exchange, struct buf *out)
{
    struct buf response = BUF_EMPTY, request = BUF_EMPTY;
    uuid_put_random(&response);
    uuid_put_random(&request);
    put_start("response", &response, exchange->time_ms, out);
    put_target(exchange, out);
    if (exchange->is_cut) {
        buf_put_string(out, "WARC-Truncated: length\r\n");
    }
    struct buf block = BUF_EMPTY;
    buf_put_str(&block, exchange->response_head);
    buf_put_str(&block, exchange->body);
    put_block("application/http;msgtype=response", buf_str(&block), out);
    buf_fini(&block);

    put_start("request", &request, exchange->time_ms, out);
    put_target(exchange, out);
    buf_printf(out, "WARC-Concurrent-To: <urn:uuid:%s>\r\n", response.bytes);
    put_block("application/http;msgtype=request", exchange->request, out);
    buf_fini(&response);
    buf_fini(&request);
}

void feeds_warc_put_text(struct str url, int64_t time_ms, struct str of, struct str text,
                         struct buf *out)
{
    struct buf uuid = BUF_EMPTY;
    uuid_put_random(&uuid);
    put_start("conversion", &uuid, time_ms, out);
    buf_printf(out, "WARC-Target-URI: %.*s\r\nWARC-Refers-To: %.*s\r\n", STR_FORMAT(url),
               STR_FORMAT(of));
    put_block("text/plain;charset=utf-8", text, out);
    buf_fini(&uuid);
}
