#include "feeds/transfer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "feeds/address.h"
#include "filter/base/mem.h"

enum { MAX_HEADERS = 64 << 10, SLOW_BYTES = 100 };

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct feeds_transfer *transfer = context;
    size_t len = size * count;
    /* Counted after unpacking, so that a bomb is cut at the same size as any other document. */
    if (len > transfer->max_bytes - transfer->body.len) {
        transfer->is_too_large = true;
        return 0;
    }
    buf_put(&transfer->body, bytes, len);
    return len;
}

static bool take_header(struct str line, const char *name, struct buf *value)
{
    size_t len = strlen(name);
    if (line.len <= len || line.at[len] != ':' || strncasecmp(line.at, name, len) != 0) {
        return false;
    }
    buf_clear(value);
    buf_put_str(value, str_trim(str_part(line, len + 1, line.len)));
    return true;
}

/* "HTTP/1.1 301 …": a new answer begins, and what the one before said is void. */
static void start_answer(struct feeds_transfer *transfer, struct str line)
{
    const char *space = memchr(line.at, ' ', line.len);
    long status = space != NULL ? strtol(space + 1, NULL, 10) : 0;
    buf_clear(&transfer->content_type);
    buf_clear(&transfer->etag);
    buf_clear(&transfer->last_modified);
    buf_clear(&transfer->cache_control);
    if (status >= 300 && status < 400 && status != 304) {
        transfer->redirects++;
        transfer->is_permanent &= status == 301 || status == 308;
    }
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
    struct feeds_transfer *transfer = context;
    struct str line = {.at = bytes, .len = size * count};
    if (line.len > MAX_HEADERS - transfer->header_bytes) {
        transfer->is_too_large = true;
        return 0;
    }
    transfer->header_bytes += line.len;
    if (str_starts(line, STR("HTTP/"))) {
        /* A NUL behind it, for strtol: curl's line ends in one, but does not promise it. */
        char status[64] = {0};
        memcpy(status, line.at, line.len < sizeof status - 1 ? line.len : sizeof status - 1);
        start_answer(transfer, str_of(status));
    } else if (!take_header(line, "content-type", &transfer->content_type) &&
               !take_header(line, "etag", &transfer->etag) &&
               !take_header(line, "cache-control", &transfer->cache_control)) {
        (void)take_header(line, "last-modified", &transfer->last_modified);
    }
    return line.len;
}

struct str feeds_transfer_host(struct str url)
{
    const char *mark = url.len > 0 ? memmem(url.at, url.len, "://", 3) : NULL;
    size_t start = mark != NULL ? (size_t)(mark - url.at) + 3 : url.len, end = start;
    while (end < url.len && strchr("/?#", url.at[end]) == NULL) {
        end++;
    }
    return str_part(url, start, end);
}

/* Whether the present hop is to the one place that may be private. */
static bool may_be_private(const struct feeds_transfer *transfer)
{
    struct str host = feeds_transfer_host(feeds_transfer_url(transfer));
    struct str allowed = buf_str(&transfer->private_host);
    return allowed.len > 0 && host.len == allowed.len &&
           strncasecmp(host.at, allowed.at, host.len) == 0;
}

static void keep_address(struct feeds_transfer *transfer, const struct sockaddr *address)
{
    char text[INET6_ADDRSTRLEN] = "";
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    bool is_wide = address->sa_family == AF_INET6;
    memcpy(&in, address, sizeof in);
    if (is_wide) {
        memcpy(&in6, address, sizeof in6);
    }
    if (inet_ntop(address->sa_family, is_wide ? (void *)&in6.sin6_addr : (void *)&in.sin_addr, text,
                  sizeof text) != NULL) {
        snprintf(transfer->address, sizeof transfer->address, is_wide ? "::[%s]:" : "::%s:", text);
    }
}

/* The address that is really connected to: after redirects, and whatever a name resolved to. */
static curl_socket_t on_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct feeds_transfer *transfer = context;
    (void)purpose;
    if (transfer->way == FEEDS_WAY_TUNNEL) { /* the proxy's own */
        return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    }
    if (!feeds_address_is_public(&address->addr) && !may_be_private(transfer)) {
        transfer->is_refused = true;
        return CURL_SOCKET_BAD;
    }
    if (transfer->way == FEEDS_WAY_LOOK) {
        if (transfer->address[0] == '\0') {
            keep_address(transfer, &address->addr);
        }
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Again before each request: a connection may be one that another source left open. */
static int on_request(void *context, char *address, char *local_address, int port, int local_port)
{
    struct feeds_transfer *transfer = context;
    (void)local_address;
    (void)port;
    (void)local_port;
    if (transfer->way != FEEDS_WAY_TUNNEL && !feeds_address_text_is_public(address) &&
        !may_be_private(transfer)) {
        transfer->is_refused = true;
        return CURL_PREREQFUNC_ABORT;
    }
    return CURL_PREREQFUNC_OK;
}

static bool set_limits(struct feeds_transfer *transfer, const struct feeds_limits *limits)
{
    CURL *easy = transfer->easy;
    return curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)limits->total_ms) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)limits->connect_ms) ==
               CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)limits->slow_seconds) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)limits->max_bytes) ==
               CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_MAXREDIRS, (long)FEEDS_MAX_REDIRECTS) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https") == CURLE_OK;
}

/* Nothing that the environment or the user's files say, no identity, no memory of sites. */
static bool set_privacy(struct feeds_transfer *transfer)
{
    CURL *easy = transfer->easy;
    return curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_socket) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_request) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer) == CURLE_OK;
}

static bool set_tunnel(struct feeds_transfer *transfer,
                       const struct feeds_transfer_options *options)
{
    CURL *easy = transfer->easy;
    if (options->way != FEEDS_WAY_TUNNEL) {
        return true;
    }
    transfer->connect_to = curl_slist_append(NULL, options->address);
    return transfer->connect_to != NULL &&
           curl_easy_setopt(easy, CURLOPT_PROXY, options->proxy) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_NOPROXY, "") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_CONNECT_TO, transfer->connect_to) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK;
}

static bool set_hop(CURL *easy, const struct feeds_transfer_options *options)
{
    return (!options->is_hop || curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK) &&
           (!options->is_head || curl_easy_setopt(easy, CURLOPT_NOBODY, 1L) == CURLE_OK);
}

static bool add_header(struct feeds_transfer *transfer, const char *name, const char *value)
{
    struct buf line = BUF_EMPTY;
    buf_printf(&line, "%s: %s", name, value);
    struct curl_slist *longer = curl_slist_append(transfer->headers, line.bytes);
    buf_fini(&line);
    if (longer != NULL) {
        transfer->headers = longer;
    }
    return longer != NULL;
}

static bool add_token(struct feeds_transfer *transfer, const char *line)
{
    struct curl_slist *longer = curl_slist_append(transfer->headers, line);
    if (longer != NULL) {
        transfer->headers = longer;
    }
    return longer != NULL &&
           curl_easy_setopt(transfer->easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK;
}

static bool set_request(struct feeds_transfer *transfer,
                        const struct feeds_transfer_options *options)
{
    CURL *easy = transfer->easy;
    static const char accept[] = "application/rss+xml, application/atom+xml, application/feed+json,"
                                 " application/xml;q=0.9, */*;q=0.5";
    bool done = add_header(transfer, "Accept", options->accept != NULL ? options->accept : accept);
    if (options->etag != NULL) {
        done = done && add_header(transfer, "If-None-Match", options->etag);
    }
    if (options->last_modified != NULL) {
        done = done && add_header(transfer, "If-Modified-Since", options->last_modified);
    }
    if (options->token != NULL) {
        done = done && add_token(transfer, options->token);
    }
    return done && curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_URL, options->url) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_USERAGENT, options->user_agent) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->reason) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer) == CURLE_OK;
}

struct feeds_transfer *feeds_transfer_new(const struct feeds_transfer_options *options,
                                          struct err *err)
{
    struct feeds_transfer *transfer = mem_zero(1, sizeof *transfer);
    transfer->source = options->source;
    transfer->max_bytes = options->limits->max_bytes;
    if (options->private_url != NULL) {
        buf_put_str(&transfer->private_host, feeds_transfer_host(str_of(options->private_url)));
    }
    transfer->way = options->way;
    transfer->redirects = options->redirects;
    transfer->is_permanent = options->redirects == 0 || options->was_permanent;
    transfer->easy = curl_easy_init();
    /* A setting that this libcurl does not know is a limit that would not hold: no transfer then.
     */
    if (transfer->easy == NULL || !set_limits(transfer, options->limits) ||
        !set_privacy(transfer) || !set_request(transfer, options) ||
        !set_tunnel(transfer, options) || !set_hop(transfer->easy, options)) {
        err_set(err, "libcurl cannot make this transfer");
        feeds_transfer_free(transfer);
        return NULL;
    }
    return transfer;
}

void feeds_transfer_free(struct feeds_transfer *transfer)
{
    if (transfer == NULL) {
        return;
    }
    curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->headers);
    curl_slist_free_all(transfer->connect_to);
    buf_fini(&transfer->body);
    buf_fini(&transfer->private_host);
    buf_fini(&transfer->content_type);
    buf_fini(&transfer->etag);
    buf_fini(&transfer->last_modified);
    buf_fini(&transfer->cache_control);
    free(transfer);
}

static void explain(const struct feeds_transfer *transfer, CURLcode code, struct err *err)
{
    if (transfer->is_refused) {
        err_set(err, "its address is not public; only `allow_private: true` in the file of sources "
                     "lets it be fetched");
    } else if (transfer->is_too_large || code == CURLE_FILESIZE_EXCEEDED) {
        err_set(err, "larger than %zu bytes", transfer->max_bytes);
    } else {
        err_set(err, "%s",
                transfer->reason[0] != '\0' ? transfer->reason : curl_easy_strerror(code));
    }
}

enum feeds_outcome feeds_transfer_outcome(struct feeds_transfer *transfer, CURLcode code,
                                          int64_t *wait_ms, struct err *err)
{
    long status = 0;
    curl_off_t wait_seconds = 0;
    *wait_ms = 0;
    if (code != CURLE_OK) {
        explain(transfer, code, err);
        return FEEDS_FAILED;
    }
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &wait_seconds);
    if (wait_seconds > 0 && wait_seconds < INT32_MAX) {
        *wait_ms = (int64_t)wait_seconds * 1000;
    }
    if (status == 200 || status == 203) {
        return FEEDS_FETCHED;
    }
    if (status == 304) {
        return FEEDS_UNCHANGED;
    }
    err_set(err, "the server answers %ld", status);
    if (status == 410) {
        return FEEDS_GONE;
    }
    return status == 429 || status == 503 ? FEEDS_BUSY : FEEDS_FAILED;
}

const char *feeds_transfer_next(const struct feeds_transfer *transfer)
{
    const char *next = NULL;
    if (transfer->way == FEEDS_WAY_TUNNEL && transfer->redirects <= FEEDS_MAX_REDIRECTS) {
        curl_easy_getinfo(transfer->easy, CURLINFO_REDIRECT_URL, &next);
    }
    return next;
}

int64_t feeds_transfer_max_age(const struct feeds_transfer *transfer)
{
    static const char name[] = "max-age=";
    struct str rest = buf_str(&transfer->cache_control);
    int64_t seconds = 0;
    for (size_t at = 0; at + sizeof name <= rest.len; at++) {
        bool is_start = at == 0 || rest.at[at - 1] == ' ' || rest.at[at - 1] == ',';
        if (!is_start || strncasecmp(rest.at + at, name, sizeof name - 1) != 0) {
            continue;
        }
        for (at += sizeof name - 1;
             at < rest.len && rest.at[at] >= '0' && rest.at[at] <= '9' && seconds < INT32_MAX;
             at++) {
            seconds = seconds * 10 + (rest.at[at] - '0');
        }
        break;
    }
    return seconds * 1000;
}

struct str feeds_transfer_url(const struct feeds_transfer *transfer)
{
    const char *url = NULL;
    curl_easy_getinfo(transfer->easy, CURLINFO_EFFECTIVE_URL, &url);
    return str_of(url != NULL ? url : "");
}

struct str feeds_transfer_moved(const struct feeds_transfer *transfer)
{
    bool moved = transfer->redirects > 0 && transfer->is_permanent;
    return moved ? feeds_transfer_url(transfer) : STR("");
}
