#include "filter/text/host.h"

#include <stdint.h>

#include "filter/base/err.h"
#include "filter/text/idna.h"
#include "filter/text/utf8.h"

enum { IPV6_PIECES = 8, DNS_MAX_NAME = 253, DNS_MAX_LABEL = 63 };

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The standard's forbidden domain code points. */
static bool is_forbidden(char c)
{
    return (unsigned char)c <= ' ' || c == 0x7f || strchr("#%/:<>?@[\\]^|", c) != NULL;
}

/* Percent-decodes into `out`; false if it does not fit. */
static bool percent_decode(struct str text, char *out, size_t room, size_t *len)
{
    *len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '%' && i + 2 < text.len && hex_value(text.at[i + 1]) >= 0 &&
            hex_value(text.at[i + 2]) >= 0) {
            c = (char)(hex_value(text.at[i + 1]) << 4 | hex_value(text.at[i + 2]));
            i += 2;
        }
        if (*len == room) {
            return false;
        }
        out[(*len)++] = c;
    }
    return true;
}

/* The last label, an empty one behind a final dot left out. */
static struct str last_label(struct str host)
{
    if (host.len > 0 && host.at[host.len - 1] == '.') {
        host.len--;
    }
    size_t start = host.len;
    while (start > 0 && host.at[start - 1] != '.') {
        start--;
    }
    return str_part(host, start, host.len);
}

/* One part of an IPv4 address: decimal, 0x or 0 for octal; false if it is no number. */
static bool ipv4_number(struct str part, uint64_t *number)
{
    uint64_t base = 10;
    *number = 0;
    if (part.len == 0) {
        return false;
    }
    if (part.len >= 2 && part.at[0] == '0' && (part.at[1] | 0x20) == 'x') {
        base = 16;
        part = str_part(part, 2, part.len);
    } else if (part.len >= 2 && part.at[0] == '0') {
        base = 8;
        part = str_part(part, 1, part.len);
    }
    for (size_t i = 0; i < part.len; i++) {
        int value = hex_value(part.at[i]);
        if (value < 0 || (uint64_t)value >= base) {
            return false;
        }
        if (*number <= UINT32_MAX) { /* a greater one stays too great */
            *number = *number * base + (uint64_t)value;
        }
    }
    return true;
}

static bool ends_in_number(struct str host)
{
    struct str last = last_label(host);
    uint64_t number;
    size_t digits = 0;
    while (digits < last.len && is_digit(last.at[digits])) {
        digits++;
    }
    return last.len > 0 && (digits == last.len || ipv4_number(last, &number));
}

/* Reads 1 to 4 numbers of which the last takes up the bytes that are left. */
static bool ipv4_parse(struct str host, uint32_t *address)
{
    uint64_t numbers[4], value;
    size_t count = 0, at = 0;
    if (host.len > 0 && host.at[host.len - 1] == '.') {
        host.len--;
    }
    while (at <= host.len) {
        const char *dot = memchr(host.at + at, '.', host.len - at);
        size_t end = dot != NULL ? (size_t)(dot - host.at) : host.len;
        if (count == 4 || !ipv4_number(str_part(host, at, end), &numbers[count++])) {
            return false;
        }
        at = end + 1;
    }
    value = numbers[count - 1];
    if (value >= UINT64_C(1) << (8 * (5 - count))) {
        return false;
    }
    for (size_t i = 0; i + 1 < count; i++) {
        if (numbers[i] > 255) {
            return false;
        }
        value += numbers[i] << (8 * (3 - i));
    }
    *address = (uint32_t)value;
    return true;
}

/* Reads the four decimal bytes at the end of an IPv6 address into two pieces. */
static bool ipv6_tail(struct str text, uint16_t pieces[2])
{
    unsigned bytes[4];
    size_t at = 0;
    for (int i = 0; i < 4; i++) {
        size_t start;
        bytes[i] = 0;
        if (i > 0 && (at >= text.len || text.at[at++] != '.')) {
            return false;
        }
        start = at;
        while (at < text.len && is_digit(text.at[at]) && at - start < 3) {
            bytes[i] = bytes[i] * 10 + (unsigned)(text.at[at++] - '0');
        }
        if (at == start || bytes[i] > 255 || (at - start > 1 && text.at[start] == '0')) {
            return false;
        }
    }
    pieces[0] = (uint16_t)(bytes[0] << 8 | bytes[1]);
    pieces[1] = (uint16_t)(bytes[2] << 8 | bytes[3]);
    return at == text.len;
}

/* The standard's IPv6 parser. */
static bool ipv6_parse(struct str text, uint16_t pieces[IPV6_PIECES])
{
    size_t at = 0, count = 0;
    int compress = -1;
    memset(pieces, 0, IPV6_PIECES * sizeof *pieces);
    if (str_starts(text, STR(":"))) {
        if (!str_starts(text, STR("::"))) {
            return false;
        }
        at = 2;
        compress = 0;
    }
    while (at < text.len) {
        if (count == IPV6_PIECES) {
            return false;
        }
        if (text.at[at] == ':') {
            if (compress >= 0) {
                return false;
            }
            at++;
            compress = (int)count;
            continue;
        }
        size_t start = at;
        unsigned value = 0;
        while (at < text.len && at - start < 4 && hex_value(text.at[at]) >= 0) {
            value = value << 4 | (unsigned)hex_value(text.at[at++]);
        }
        if (at < text.len && text.at[at] == '.') {
            if (at == start || count > IPV6_PIECES - 2 ||
                !ipv6_tail(str_part(text, start, text.len), pieces + count)) {
                return false;
            }
            count += 2;
            break;
        }
        if (at == start && at < text.len) {
            return false;
        }
        if (at < text.len && (text.at[at++] != ':' || at == text.len)) {
            return false;
        }
        pieces[count++] = (uint16_t)value;
    }
    if (compress >= 0) {
        size_t moved = count - (size_t)compress;
        memmove(pieces + IPV6_PIECES - moved, pieces + compress, moved * sizeof *pieces);
        memset(pieces + compress, 0, (IPV6_PIECES - count) * sizeof *pieces);
        return count < IPV6_PIECES;
    }
    return count == IPV6_PIECES;
}

/* RFC 5952: the first longest run of zeros, of two or more, as "::". */
static void ipv6_put(const uint16_t pieces[IPV6_PIECES], struct buf *out)
{
    int best = -1, best_len = 1;
    for (int i = 0; i < IPV6_PIECES; i++) {
        int len = 0;
        while (i + len < IPV6_PIECES && pieces[i + len] == 0) {
            len++;
        }
        if (len > best_len) {
            best = i;
            best_len = len;
        }
    }
    buf_put_char(out, '[');
    for (int i = 0; i < IPV6_PIECES; i++) {
        if (i == best) {
            buf_put_string(out, i == 0 ? "::" : ":");
            i += best_len - 1;
            continue;
        }
        buf_printf(out, "%x%s", pieces[i], i + 1 < IPV6_PIECES ? ":" : "");
    }
    buf_put_char(out, ']');
}

static bool put_ipv6(struct str text, struct buf *out, struct err *err)
{
    uint16_t pieces[IPV6_PIECES];
    if (text.len < 2 || text.at[text.len - 1] != ']' ||
        !ipv6_parse(str_part(text, 1, text.len - 1), pieces)) {
        return err_set(err, "the host in brackets is no IPv6 address");
    }
    ipv6_put(pieces, out);
    return true;
}

static bool put_ipv4(struct str text, struct buf *out, struct err *err)
{
    uint32_t address;
    if (!ipv4_parse(text, &address)) {
        return err_set(err, "the host ends in a number but is no IPv4 address");
    }
    buf_printf(out, "%u.%u.%u.%u", address >> 24, address >> 16 & 255, address >> 8 & 255,
               address & 255);
    return true;
}

bool host_put(struct str text, struct buf *out, struct err *err)
{
    char decoded[IDNA_MAX_BYTES];
    size_t len, before = out->len;
    if (text.len > 0 && text.at[0] == '[') {
        return put_ipv6(text, out, err);
    }
    if (!percent_decode(text, decoded, sizeof decoded, &len)) {
        return err_set(err, "a host name of more than %d bytes", IDNA_MAX_BYTES);
    }
    struct str name = {.at = decoded, .len = len};
    if (len == 0 || !utf8_is_valid(name)) {
        return err_set(err, len == 0 ? "there is no host" : "the host name is no valid UTF-8");
    }
    if (!idna_to_ascii(name, out, err)) {
        return false;
    }
    struct str ascii = str_part(buf_str(out), before, out->len);
    for (size_t i = 0; i < ascii.len; i++) {
        if (is_forbidden(ascii.at[i])) {
            out->len = before;
            return err_set(err, "the host name has a character that no host name may have");
        }
    }
    if (ascii.len == 0) {
        return err_set(err, "the host name has only invisible characters");
    }
    if (ascii.len > IDNA_MAX_BYTES) {
        out->len = before;
        return err_set(err, "a host name of more than %d bytes", IDNA_MAX_BYTES);
    }
    if (ends_in_number(ascii)) {
        char number[IDNA_MAX_BYTES];
        memcpy(number, ascii.at, ascii.len);
        out->len = before;
        return put_ipv4((struct str){.at = number, .len = ascii.len}, out, err);
    }
    if (ascii.len > 1 && ascii.at[ascii.len - 1] == '.' && ascii.at[ascii.len - 2] != '.') {
        out->len--; /* the root's dot names the same host */
    }
    return true;
}

bool host_is_address(struct str host)
{
    return host.len > 0 && (host.at[0] == '[' || ends_in_number(host));
}

bool host_is_dns_name(struct str host)
{
    size_t label = 0;
    if (host.len == 0 || host.len > DNS_MAX_NAME) {
        return false;
    }
    for (size_t i = 0; i <= host.len; i++) {
        char c = i < host.len ? host.at[i] : '.';
        if (c == '.') {
            if (label == 0 || label > DNS_MAX_LABEL || host.at[i - 1] == '-' ||
                host.at[i - label] == '-') {
                return false;
            }
            label = 0;
            continue;
        }
        if (!is_digit(c) && !(c >= 'a' && c <= 'z') && c != '-' && c != '_') {
            return false;
        }
        label++;
    }
    return true;
}
