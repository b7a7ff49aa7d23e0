#include "filter/text/url.h"

#include "filter/base/err.h"
#include "filter/text/host.h"
#include "filter/text/internal.h"

/* What is read of a URL before it is written, in order; each a part of the cleaned text. */
struct reading {
    bool is_https;
    struct str host;
    unsigned port; /* meaningless without has_port */
    bool has_port; /* another than the scheme's default */
    struct str base_path;
    struct str path;  /* behind the base path, up to '?' or '#' */
    struct str query; /* with its '?', or empty */
};

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_slash(char c)
{
    return c == '/' || c == '\\';
}

static bool equal_ignoring_case(struct str a, const char *lower)
{
    size_t len = strlen(lower);
    if (a.len != len) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        char c = a.at[i];
        if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != lower[i]) {
            return false;
        }
    }
    return true;
}

/* Without control characters and spaces at its ends, and tabs and line ends anywhere. */
static bool clean(struct str text, char out[URL_MAX_BYTES], size_t *len)
{
    *len = 0;
    while (text.len > 0 && (unsigned char)text.at[0] <= ' ') {
        text = str_part(text, 1, text.len);
    }
    while (text.len > 0 && (unsigned char)text.at[text.len - 1] <= ' ') {
        text.len--;
    }
    if (text.len > URL_MAX_BYTES) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c != '\t' && c != '\n' && c != '\r') {
            out[(*len)++] = c;
        }
    }
    return true;
}

/* The scheme before the first ':'; empty if there is none, as in "host:8080/". */
static struct str scheme_of(struct str text)
{
    size_t end = 0;
    if (text.len == 0 || !is_alpha(text.at[0])) {
        return STR("");
    }
    while (end < text.len && (is_alpha(text.at[end]) || is_digit(text.at[end]) ||
                              (text.at[end] != '\0' && strchr("+-.", text.at[end]) != NULL))) {
        end++;
    }
    if (end == text.len || text.at[end] != ':') {
        return STR("");
    }
    size_t digits = end + 1;
    while (digits < text.len && is_digit(text.at[digits])) {
        digits++;
    }
    bool is_port = digits > end + 1 &&
                   (digits == text.len || strchr("/?#\\", text.at[digits]) != NULL) &&
                   memchr(text.at, '.', end) != NULL;
    return is_port ? STR("") : str_part(text, 0, end);
}

static size_t find_any(struct str text, size_t at, const char *chars)
{
    while (at < text.len && (text.at[at] == '\0' || strchr(chars, text.at[at]) == NULL)) {
        at++;
    }
    return at;
}

static bool read_port(struct str text, struct reading *r, struct err *err)
{
    unsigned port = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!is_digit(text.at[i])) {
            return err_set(err, "the port is no number");
        }
        port = port * 10 + (unsigned)(text.at[i] - '0');
        if (port > 65535) {
            return err_set(err, "the port is greater than 65535");
        }
    }
    bool is_default = port == (r->is_https ? 443 : 80);
    r->has_port = text.len > 0 && !is_default;
    r->port = r->has_port ? port : 0;
    return true;
}

/* Reads "user@host:port"; credentials are passed over. */
static bool read_authority(struct str text, struct reading *r, struct err *err)
{
    size_t colon;
    for (size_t i = text.len; i > 0; i--) {
        if (text.at[i - 1] == '@') {
            text = str_part(text, i, text.len);
            break;
        }
    }
    bool in_brackets = false;
    for (colon = 0; colon < text.len; colon++) {
        in_brackets = text.at[colon] == '[' || (in_brackets && text.at[colon] != ']');
        if (text.at[colon] == ':' && !in_brackets) {
            break;
        }
    }
    r->host = str_part(text, 0, colon);
    if (r->host.len == 0) {
        return err_set(err, "there is no host");
    }
    return colon == text.len || read_port(str_part(text, colon + 1, text.len), r, err);
}

/* Reads path and query; the fragment is left out. */
static void read_path(struct str text, struct reading *r)
{
    size_t end = find_any(text, 0, "?#"), hash = find_any(text, end, "#");
    r->path = str_part(text, 0, end);
    r->query = str_part(text, end, hash);
}

static bool read_from_authority(struct str text, struct reading *r, struct err *err)
{
    size_t at = 0;
    while (at < text.len && is_slash(text.at[at])) {
        at++;
    }
    size_t end = find_any(text, at, "/\\?#");
    read_path(str_part(text, end, text.len), r);
    return read_authority(str_part(text, at, end), r, err);
}

/* Reads what is relative to `base`. */
static bool read_relative(struct str text, const struct url *base, struct reading *r,
                          struct err *err)
{
    size_t query = find_any(base->path, 0, "?");
    struct str path = str_part(base->path, 0, query);
    if (text.len > 1 && is_slash(text.at[0]) && is_slash(text.at[1])) {
        return read_from_authority(text, r, err);
    }
    r->host = base->host;
    r->port = base->port;
    r->has_port = base->port != 0;
    read_path(text, r);
    if (r->path.len > 0 && is_slash(r->path.at[0])) {
        return true;
    }
    if (r->path.len > 0) {
        while (path.len > 0 && path.at[path.len - 1] != '/') {
            path.len--;
        }
    } else if (r->query.len == 0) {
        r->query = str_part(base->path, query, base->path.len);
    }
    r->base_path = path;
    return true;
}

static bool read_parts(struct str text, const struct url *base, struct reading *r, struct err *err)
{
    struct str scheme = scheme_of(text);
    bool is_http = equal_ignoring_case(scheme, "http");
    r->is_https = equal_ignoring_case(scheme, "https");
    if (scheme.len > 0 && !is_http && !r->is_https) {
        return err_set(err, "the scheme is not http or https");
    }
    if (scheme.len > 0) {
        text = str_part(text, scheme.len + 1, text.len);
        bool is_relative =
            base != NULL && base->is_https == r->is_https && !str_starts(text, STR("//"));
        return is_relative ? read_relative(text, base, r, err) : read_from_authority(text, r, err);
    }
    if (base != NULL) {
        r->is_https = base->is_https;
        return read_relative(text, base, r, err);
    }
    return read_from_authority(text, r, err);
}

/* The standard's percent-encode sets of a path and of a special URL's query. */
enum part { PART_PATH, PART_QUERY };

static bool must_encode(unsigned char c, enum part part)
{
    switch (c) {
    case '"':
    case '#':
    case '<':
    case '>':
        return true;
    case '?':
    case '`':
    case '{':
    case '}':
    case '^':
        return part == PART_PATH;
    case '\'':
        return part == PART_QUERY;
    default:
        return c <= ' ' || c >= 0x7f;
    }
}

static void put_encoded(struct str text, enum part part, struct buf *out)
{
    for (size_t at = 0; at < text.len;) {
        size_t plain = at;
        while (plain < text.len && !must_encode((unsigned char)text.at[plain], part)) {
            plain++;
        }
        buf_put(out, text.at + at, plain - at);
        if (plain < text.len) {
            buf_printf(out, "%%%02X", (unsigned char)text.at[plain]);
        }
        at = plain + 1;
    }
}

/* Takes one dot off the start, spelled "." or "%2e". */
static bool take_dot(struct str *text)
{
    if (str_starts(*text, STR("."))) {
        *text = str_part(*text, 1, text->len);
        return true;
    }
    if (text->len >= 3 && equal_ignoring_case(str_part(*text, 0, 3), "%2e")) {
        *text = str_part(*text, 3, text->len);
        return true;
    }
    return false;
}

/* 1 for ".", 2 for "..", else 0. */
static int dots(struct str segment)
{
    int count = 0;
    while (count < 3 && take_dot(&segment)) {
        count++;
    }
    return segment.len == 0 && count < 3 ? count : 0;
}

/* Puts a path's segments behind those since `start`, dot segments resolved. */
static void put_segments(struct str path, size_t start, struct buf *out)
{
    size_t at = 0;
    while (at < path.len) {
        at += is_slash(path.at[at]);
        size_t end = find_any(path, at, "/\\");
        struct str segment = str_part(path, at, end);
        int up = dots(segment);
        if (up == 2) {
            while (out->len > start && out->bytes[out->len - 1] != '/') {
                out->len--;
            }
            out->len -= out->len > start;
        }
        if (up == 0) {
            buf_put_char(out, '/');
            put_encoded(segment, PART_PATH, out);
        } else if (end == path.len) {
            buf_put_char(out, '/');
        }
        at = end;
    }
}

/* Whether a query parameter only tells who sent whom: the short own list. */
static bool is_tracking(struct str name)
{
    static const char *const names[] = {
        "fbclid",    "gclid",
        "gclsrc",    "dclid",
        "gbraid",    "wbraid",
        "msclkid",   "yclid",
        "twclid",    "ttclid",
        "igshid",    "igsh",
        "mc_cid",    "mc_eid",
        "li_fat_id", "_hsenc",
        "_hsmi",     "mkt_tok",
        "ref_src",   "ref_url",
        "mibextid",  "__twitter_impression",
    };
    if (name.len > 4 && equal_ignoring_case(str_part(name, 0, 4), "utm_")) {
        return true;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (equal_ignoring_case(name, names[i])) {
            return true;
        }
    }
    return false;
}

/* Puts the query without tracking parameters; a '?' with nothing behind it goes too. */
static void put_query(struct str query, struct buf *out)
{
    size_t start = out->len;
    char before = '?';
    for (size_t at = 1; at <= query.len && query.len > 1;) {
        size_t end = find_any(query, at, "&");
        struct str parameter = str_part(query, at, end);
        if (!is_tracking(str_part(parameter, 0, find_any(parameter, 0, "=")))) {
            buf_put_char(out, before);
            put_encoded(parameter, PART_QUERY, out);
            before = '&';
        }
        at = end + 1;
    }
    out->len -= out->len == start + 1;
}

bool url_read(struct str text, const struct url *base, struct buf *out, struct url *parts,
              struct err *err)
{
    char bytes[URL_MAX_BYTES];
    struct reading r = {.port = 0};
    size_t len, before = out->len;
    if (!clean(text, bytes, &len)) {
        return err_set(err, "a URL of %zu bytes; at most %d are read", text.len, URL_MAX_BYTES);
    }
    if (!read_parts((struct str){.at = bytes, .len = len}, base, &r, err)) {
        return false;
    }
    buf_put_string(out, r.is_https ? "https://" : "http://");
    size_t host_at = out->len;
    if (!host_put(r.host, out, err)) {
        out->len = before;
        return false;
    }
    size_t host_end = out->len;
    if (r.has_port) {
        buf_printf(out, ":%u", r.port);
    }
    size_t path_at = out->len;
    put_segments(r.base_path, path_at, out);
    if (r.base_path.len > 0 && r.path.len > 0) {
        out->len--; /* the base path ends in '/', which the first segment brings along */
    }
    put_segments(r.path, path_at, out);
    if (out->len == path_at) {
        buf_put_char(out, '/');
    }
    put_query(r.query, out);
    struct str all = buf_str(out);
    *parts = (struct url){.whole = str_part(all, before, all.len),
                          .host = str_part(all, host_at, host_end),
                          .path = str_part(all, path_at, all.len),
                          .port = r.port,
                          .is_https = r.is_https};
    return true;
}

static bool with_domain(bool ok, struct url *parts)
{
    if (ok) {
        parts->domain = url_registrable(parts->host);
    }
    return ok;
}

bool url_canonical(struct str text, struct buf *out, struct url *parts, struct err *err)
{
    return with_domain(url_read(text, NULL, out, parts, err), parts);
}

bool url_resolve(struct str text, const struct url *base, struct buf *out, struct url *parts,
                 struct err *err)
{
    return with_domain(url_read(text, base, out, parts, err), parts);
}
