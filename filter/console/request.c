#include "filter/console/request.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

static bool is_like(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || strncasecmp(a.at, b.at, a.len) == 0);
}

/* "0.8" as 800; what is no weight counts as 1000, as if it were not there. */
static int parse_weight(struct str text)
{
    int weight = 0, place = 1000;
    if (text.len == 0 || text.len > 5 || (text.at[0] != '0' && text.at[0] != '1') ||
        (text.len > 1 && text.at[1] != '.')) {
        return 1000;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (i == 1) {
            continue;
        }
        if (text.at[i] < '0' || text.at[i] > '9') {
            return 1000;
        }
        weight += (text.at[i] - '0') * place;
        place /= 10;
    }
    return weight < 1000 ? weight : 1000;
}

static int range_weight(struct str parameters)
{
    while (parameters.len > 0) {
        struct str value = str_trim(str_cut(&parameters, ';'));
        struct str name = str_trim(str_cut(&value, '='));
        if (is_like(name, STR("q"))) {
            return parse_weight(str_trim(value));
        }
    }
    return 1000;
}

/* 3: the item itself, 2: its type with any subtype, 1: anything, 0: not this. */
static int covers(struct str range, struct str item)
{
    if (is_like(range, item)) {
        return 3;
    }
    if (str_is(range, "*") || str_is(range, "*/*")) {
        return 1;
    }
    struct str subtype = range, type = str_cut(&subtype, '/');
    struct str rest = item, item_type = str_cut(&rest, '/');
    return str_is(subtype, "*") && is_like(type, item_type) ? 2 : 0;
}

int request_weight(struct str field, struct str item)
{
    int best = 0, weight = -1;
    while (field.len > 0) {
        struct str parameters = str_cut(&field, ',');
        int how = covers(str_trim(str_cut(&parameters, ';')), item);
        if (how > best) {
            best = how;
            weight = range_weight(parameters);
        }
    }
    return weight;
}

/* A problem is JSON too: who takes those alone is one of programs. */
static int json_weight(struct str accept)
{
    int json = request_weight(accept, STR("application/json"));
    int problem = request_weight(accept, STR("application/problem+json"));
    return json > problem ? json : problem;
}

static bool wants_json(struct str accept)
{
    int json = json_weight(accept);
    return json > 0 && json > request_weight(accept, STR("text/html"));
}

static bool takes_none(struct str accept)
{
    return str_trim(accept).len > 0 && json_weight(accept) <= 0 &&
           request_weight(accept, STR("text/html")) <= 0;
}

/* The language that is liked best; Indonesian if none of ours is named. */
static enum language read_language(struct str field)
{
    enum language best = LANGUAGE_ID;
    int most = 0;
    while (field.len > 0) {
        struct str parameters = str_cut(&field, ',');
        struct str tag = str_trim(str_cut(&parameters, ';'));
        enum language language;
        int weight = range_weight(parameters);
        if (language_parse(tag, &language) && weight > most) {
            best = language;
            most = weight;
        }
    }
    return best;
}

/* The host without its port, and an IPv6 address without its brackets. */
static bool split_host(struct str field, struct str *host)
{
    struct str port;
    if (field.len > 0 && field.at[0] == '[') {
        const char *end = memchr(field.at, ']', field.len);
        if (end == NULL) {
            return false;
        }
        size_t at = (size_t)(end - field.at);
        *host = str_part(field, 1, at);
        port = str_part(field, at + 1, field.len);
        if (port.len > 0 && port.at[0] != ':') {
            return false;
        }
        port = port.len > 0 ? str_part(port, 1, port.len) : port;
    } else {
        port = field;
        *host = str_cut(&port, ':');
    }
    for (size_t i = 0; i < port.len; i++) {
        if (port.at[i] < '0' || port.at[i] > '9') {
            return false;
        }
    }
    return host->len > 0 && port.len <= 5;
}

/* The bytes of an address literal, with its family; false if it is a name. */
static bool parse_address(struct str text, int *family, unsigned char bytes[16])
{
    char copy[INET6_ADDRSTRLEN];
    if (text.len == 0 || text.len >= sizeof copy) {
        return false;
    }
    memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    memset(bytes, 0, 16);
    *family = memchr(copy, ':', text.len) != NULL ? AF_INET6 : AF_INET;
    return inet_pton(*family, copy, bytes) == 1;
}

static bool is_loopback(int family, const unsigned char bytes[16])
{
    static const unsigned char six[16] = {[15] = 1};
    return family == AF_INET ? bytes[0] == 127 : memcmp(bytes, six, sizeof six) == 0;
}

static bool is_same_address(struct str one, struct str other)
{
    int family, other_family;
    unsigned char bytes[16], others[16];
    return parse_address(one, &family, bytes) && parse_address(other, &other_family, others) &&
           family == other_family && memcmp(bytes, others, sizeof bytes) == 0;
}

/* "https://host:port" without its scheme; "" if it has another one. */
static struct str origin_host(struct str origin, const char *scheme)
{
    size_t len = strlen(scheme);
    return origin.len > len && strncasecmp(origin.at, scheme, len) == 0
               ? str_part(origin, len, origin.len)
               : STR("");
}

bool request_host_is_ours(struct str host, const struct request_names *names)
{
    struct str name;
    int family;
    unsigned char bytes[16];
    if (names->origin.len > 0 && is_like(host, origin_host(names->origin, "https://"))) {
        return true;
    }
    if (!split_host(host, &name)) {
        return false;
    }
    if (is_like(name, STR("localhost"))) {
        return true;
    }
    if (!parse_address(name, &family, bytes)) {
        return false;
    }
    return is_loopback(family, bytes) || names->is_wildcard ||
           is_same_address(name, names->address);
}

static bool is_own_machine(struct str host)
{
    struct str name;
    int family;
    unsigned char bytes[16];
    return split_host(host, &name) &&
           (is_like(name, STR("localhost")) ||
            (parse_address(name, &family, bytes) && is_loopback(family, bytes)));
}

/* Whether the Origin (RFC 6454) is that of the Host, which is ours; of our name outside by https.
 */
static bool is_same_origin(const struct request_head *head, const struct request_names *names)
{
    struct str outside = origin_host(names->origin, "https://");
    bool is_outside = outside.len > 0 && is_like(outside, head->host);
    struct str host =
        origin_host(head->origin, names->is_tls || is_outside ? "https://" : "http://");
    return head->host.len > 0 && is_like(host, head->host);
}

bool request_has_tag(struct str field, struct str tag)
{
    if (str_is(str_trim(field), "*")) {
        return true;
    }
    while (field.len > 0) { /* our own tags hold no comma */
        struct str one = str_trim(str_cut(&field, ','));
        if (str_starts(one, STR("W/"))) {
            one = str_part(one, 2, one.len);
        }
        if (one.len > 0 && str_equal(one, tag)) {
            return true;
        }
    }
    return false;
}

/* What our cookie holds: "" if it is missing, or there more than once. */
static struct str read_cookie(struct str field, const char *name)
{
    struct str found = STR("");
    size_t count = 0;
    while (field.len > 0) {
        struct str value = str_trim(str_cut(&field, ';'));
        if (str_is(str_cut(&value, '='), name)) {
            found = value;
            count++;
        }
    }
    return count == 1 ? found : STR("");
}

static bool is_type(struct str content_type, struct str type)
{
    return is_like(str_trim(str_cut(&content_type, ';')), type);
}

/* The token of "Bearer …" (RFC 6750, section 2.1); another scheme is none of ours. */
static bool read_bearer(struct str field, struct str *token)
{
    *token = str_trim(field);
    return is_like(str_cut(token, ' '), STR("Bearer"));
}

/* The last address that our own proxy added: those before it are what a client says of itself. */
static struct str read_from(const struct request_head *head, bool is_of_proxy)
{
    struct str field = head->forwarded, last = head->peer;
    while (is_of_proxy && field.len > 0) {
        last = str_trim(str_cut(&field, ','));
    }
    return last;
}

static enum request_method read_method(struct str method)
{
    return str_is(method, "GET")       ? METHOD_GET
           : str_is(method, "HEAD")    ? METHOD_HEAD
           : str_is(method, "POST")    ? METHOD_POST
           : str_is(method, "OPTIONS") ? METHOD_OPTIONS
                                       : METHOD_OTHER;
}

/* A proxy on this machine comes from loopback too, but says for whom, or asks by our name outside.
 */
static bool is_local(const struct request_head *head)
{
    int family;
    unsigned char bytes[16];
    return parse_address(head->peer, &family, bytes) && is_loopback(family, bytes) &&
           !head->is_forwarded && is_own_machine(head->host);
}

struct request request_read(const struct request_head *head, const struct request_names *names)
{
    bool is_of_proxy = names->proxy.len > 0 && is_same_address(head->peer, names->proxy);
    struct request request = {
        .method = read_method(head->method),
        .is_too_long = head->target.len > REQUEST_MAX_TARGET,
        .is_ours = head->hosts == 1 && request_host_is_ours(head->host, names),
        .wants_json = wants_json(head->accept),
        .takes_gzip = request_weight(head->accept_encoding, STR("gzip")) > 0,
        .is_local = is_local(head),
        .is_secure = names->is_tls || is_of_proxy || is_own_machine(head->host),
        .is_same_origin = is_same_origin(head, names),
        .takes_none = takes_none(head->accept),
        .is_form = is_type(head->content_type, STR("application/x-www-form-urlencoded")),
        .is_json = is_type(head->content_type, STR("application/json")),
        .is_body_too_long = head->is_body_too_long,
        .cookie = read_cookie(head->cookie, REQUEST_COOKIE),
        .device = read_cookie(head->cookie, REQUEST_DEVICE),
        .ease = read_cookie(head->cookie, REQUEST_EASE),
        .from = read_from(head, is_of_proxy),
        .if_none_match = head->if_none_match,
        .body = head->body,
        .target = head->target,
    };
    request.is_bearer = read_bearer(head->authorization, &request.bearer);
    request.bearer = request.is_bearer ? str_trim(request.bearer) : STR("");
    request.answer = place_parse(request.is_too_long ? STR("/") : head->target, &request.place);
    request.language =
        request.place.has_language ? request.place.language : read_language(head->accept_language);
    return request;
}
