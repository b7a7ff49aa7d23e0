#include "feeds/warc.h"

#include <sodium.h>

#include "filter/base/clock.h"

enum { URN_ROOM = 64 };

/* A name for a record: a random UUID (RFC 9562, version 4) as a URN. */
static void make_urn(char out[URN_ROOM])
{
    unsigned char b[16];
    randombytes_buf(b, sizeof b);
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    snprintf(out, URN_ROOM,
             "urn:uuid:%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0],
             b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13],
             b[14], b[15]);
}

static void put_start(const char *type, const char *urn, int64_t time_ms, struct buf *out)
{
    char time[CLOCK_TEXT];
    buf_printf(out, "WARC/1.1\r\nWARC-Type: %s\r\nWARC-Record-ID: <%s>\r\nWARC-Date: %s\r\n", type,
               urn, clock_format(time_ms, time));
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
    struct buf fields = BUF_EMPTY;
    char urn[URN_ROOM];
    make_urn(urn);
    buf_printf(&fields, "software: %s\r\nformat: WARC file version 1.1\r\n", software);
    put_start("warcinfo", urn, time_ms, out);
    put_block("application/warc-fields", buf_str(&fields), out);
    buf_fini(&fields);
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
    char response[URN_ROOM], request[URN_ROOM];
    make_urn(response);
    make_urn(request);
    put_start("response", response, exchange->time_ms, out);
    put_target(exchange, out);
    if (exchange->is_cut) {
        buf_put_string(out, "WARC-Truncated: length\r\n");
    }
    struct buf block = BUF_EMPTY;
    buf_put_str(&block, exchange->response_head);
    buf_put_str(&block, exchange->body);
    put_block("application/http;msgtype=response", buf_str(&block), out);
    buf_fini(&block);

    put_start("request", request, exchange->time_ms, out);
    put_target(exchange, out);
    buf_printf(out, "WARC-Concurrent-To: <%s>\r\n", response);
    put_block("application/http;msgtype=request", exchange->request, out);
}
