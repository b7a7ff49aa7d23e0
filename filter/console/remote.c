#include "filter/console/remote.h"

#include <curl/curl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"

enum { COOKIES_MOST = 8, COOKIE_BYTES = 300, TIMEOUT_S = 60, CONNECT_S = 20 };

struct cookie {
    char name[64], value[COOKIE_BYTES];
};

struct remote {
    CURL *curl;
    char *server, *ca;
    struct cookie cookies[COOKIES_MOST];
    size_t cookie_count;
};

/* One answer as it comes in. */
struct incoming {
    struct remote *remote;
    struct remote_answer *answer;
};

static bool is_loopback(const char *host)
{
    static const char *const ours[] = {"localhost", "127.0.0.1", "[::1]", "::1"};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        if (strcasecmp(host, ours[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* The origin alone, as it goes into requests and into Origin; NULL with the reason. */
static char *read_server(const char *text, struct err *err)
{
    CURLU *url = curl_url();
    char *scheme = NULL, *host = NULL, *port = NULL, *path = NULL, *user = NULL, *query = NULL;
    struct buf server = BUF_EMPTY;
    char *out = NULL;
    if (url == NULL || curl_url_set(url, CURLUPART_URL, text, 0) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_PATH, &path, 0) != CURLUE_OK) {
        err_set(err, "'%.200s' is no address like https://saring.example", text);
    } else if (curl_url_get(url, CURLUPART_USER, &user, 0) == CURLUE_OK ||
               curl_url_get(url, CURLUPART_QUERY, &query, 0) == CURLUE_OK ||
               strcmp(path, "/") != 0) {
        err_set(err, "the server's address has a path, a query or a name in it: give "
                     "https://HOST[:PORT] alone");
    } else if (strcmp(scheme, "https") != 0 &&
               (strcmp(scheme, "http") != 0 || !is_loopback(host))) {
        err_set(err, "the server's address must be https://…, or http:// of this very machine: "
                     "your password goes there");
    } else {
        buf_printf(&server, "%s://%s", scheme, host);
        if (curl_url_get(url, CURLUPART_PORT, &port, 0) == CURLUE_OK) {
            buf_printf(&server, ":%s", port);
        }
        out = mem_copy_string(server.bytes);
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_free(path);
    curl_free(user);
    curl_free(query);
    curl_url_cleanup(url);
    buf_fini(&server);
    return out;
}

struct remote *remote_new(const char *server, const char *ca, struct err *err)
{
    char *origin = read_server(server, err);
    if (origin == NULL) {
        return NULL;
    }
    struct remote *remote = mem_zero(1, sizeof *remote);
    remote->server = origin;
    remote->ca = ca != NULL ? mem_copy_string(ca) : NULL;
    remote->curl = curl_easy_init();
    if (remote->curl == NULL) {
        err_set(err, "libcurl does not start");
        remote_free(remote);
        return NULL;
    }
    return remote;
}

void remote_forget(struct remote *remote, const char *cookie)
{
    for (size_t i = remote->cookie_count; i-- > 0;) {
        if (cookie == NULL || strcmp(remote->cookies[i].name, cookie) == 0) {
            remote->cookies[i] = remote->cookies[--remote->cookie_count];
            sodium_memzero(&remote->cookies[remote->cookie_count], sizeof(struct cookie));
        }
    }
}

void remote_free(struct remote *remote)
{
    if (remote != NULL) {
        remote_forget(remote, NULL);
        curl_easy_cleanup(remote->curl);
        free(remote->server);
        free(remote->ca);
        free(remote);
    }
}

void remote_answer_fini(struct remote_answer *answer)
{
    buf_fini(&answer->body);
    buf_fini(&answer->location);
}

static bool is_plain(struct str text)
{
    if (text.at == NULL) {
        return text.len == 0;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] <= ' ' || text.at[i] >= 127 || text.at[i] == ';' || text.at[i] == ',') {
            return false;
        }
    }
    return true;
}

/* Keeps NAME=VALUE; an empty value ends the cookie. Attributes say nothing to us: one origin. */
static void keep_cookie(struct remote *remote, struct str line)
{
    const char *end = memchr(line.at, ';', line.len);
    struct str pair =
        str_trim((struct str){line.at, end != NULL ? (size_t)(end - line.at) : line.len});
    const char *equals = memchr(pair.at != NULL ? pair.at : "", '=', pair.len);
    if (pair.at == NULL || equals == NULL) {
        return;
    }
    struct str name = str_part(pair, 0, (size_t)(equals - pair.at));
    struct str value = str_part(pair, name.len + 1, pair.len);
    if (name.len == 0 || name.len >= sizeof remote->cookies[0].name ||
        value.len >= sizeof remote->cookies[0].value || !is_plain(name) || !is_plain(value)) {
        return;
    }
    size_t at = 0;
    while (at < remote->cookie_count && !str_is(name, remote->cookies[at].name)) {
        at++;
    }
    if (value.len == 0) {
        if (at < remote->cookie_count) {
            remote->cookies[at] = remote->cookies[--remote->cookie_count];
        }
        return;
    }
    if (at == COOKIES_MOST) {
        return;
    }
    struct cookie *cookie = &remote->cookies[at];
    memset(cookie, 0, sizeof *cookie);
    memcpy(cookie->name, name.at, name.len);
    memcpy(cookie->value, value.at, value.len);
    remote->cookie_count += at == remote->cookie_count ? 1 : 0;
}

static bool is_field(struct str line, const char *name, struct str *value)
{
    size_t len = strlen(name);
    if (line.at == NULL || line.len <= len || line.at[len] != ':' ||
        strncasecmp(line.at, name, len) != 0) {
        return false;
    }
    *value = str_trim(str_part(line, len + 1, line.len));
    return true;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *context)
{
    struct incoming *in = context;
    struct str line = {bytes, size * count}, value;
    if (is_field(line, "Set-Cookie", &value)) {
        keep_cookie(in->remote, value);
    } else if (is_field(line, "Location", &value) && value.len < 4096) {
        buf_clear(&in->answer->location);
        buf_put_str(&in->answer->location, value);
    }
    return size * count;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct incoming *in = context;
    if (in->answer->body.len + size * count > REMOTE_MOST) {
        return 0;
    }
    buf_put(&in->answer->body, bytes, size * count);
    return size * count;
}

static bool set_up(struct remote *remote, const char *url, struct str form, bool is_post,
                   struct curl_slist *fields, struct incoming *in)
{
    CURL *curl = remote->curl;
    curl_easy_reset(curl);
    CURLcode code = curl_easy_setopt(curl, CURLOPT_URL, url);
    code |= curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    code |= curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    code |= curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    code |= curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    code |= curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    code |= curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)TIMEOUT_S);
    code |= curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    code |= curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields);
    code |= curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    code |= curl_easy_setopt(curl, CURLOPT_HEADERDATA, in);
    code |= curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    code |= curl_easy_setopt(curl, CURLOPT_WRITEDATA, in);
    if (remote->ca != NULL) {
        code |= curl_easy_setopt(curl, CURLOPT_CAINFO, remote->ca);
    }
    if (is_post) {
        code |= curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)form.len);
        code |= curl_easy_setopt(curl, CURLOPT_POSTFIELDS, form.len > 0 ? form.at : "");
    }
    return code == CURLE_OK;
}

static struct curl_slist *put_field(struct curl_slist *list, const char *name, struct str value)
{
    struct buf line = BUF_EMPTY;
    buf_printf(&line, "%s: ", name);
    buf_put_str(&line, value);
    struct curl_slist *longer = curl_slist_append(list, line.bytes);
    sodium_memzero(line.bytes, line.len);
    buf_fini(&line);
    return longer != NULL ? longer : list;
}

static struct curl_slist *make_fields(const struct remote *remote, bool is_post)
{
    struct buf cookies = BUF_EMPTY;
    struct curl_slist *fields = put_field(NULL, "Accept", STR("application/json"));
    if (is_post) {
        fields = put_field(fields, "Origin", str_of(remote->server));
    }
    for (size_t i = 0; i < remote->cookie_count; i++) {
        buf_printf(&cookies, "%s%s=%s", i > 0 ? "; " : "", remote->cookies[i].name,
                   remote->cookies[i].value);
    }
    if (cookies.len > 0) {
        fields = put_field(fields, "Cookie", buf_str(&cookies));
        sodium_memzero(cookies.bytes, cookies.len);
    }
    buf_fini(&cookies);
    return fields;
}

static bool ask(struct remote *remote, const char *path, struct str form, bool is_post,
                struct remote_answer *answer, struct err *err)
{
    struct incoming in = {.remote = remote, .answer = answer};
    struct buf url = BUF_EMPTY;
    long status = 0;
    *answer = (struct remote_answer){.status = 0};
    buf_printf(&url, "%s%s", remote->server, path);
    struct curl_slist *fields = make_fields(remote, is_post);
    CURLcode code = CURLE_FAILED_INIT;
    if (set_up(remote, url.bytes, form, is_post, fields, &in)) {
        code = curl_easy_perform(remote->curl);
        curl_easy_getinfo(remote->curl, CURLINFO_RESPONSE_CODE, &status);
    }
    answer->status = (unsigned)status;
    curl_slist_free_all(fields);
    buf_fini(&url);
    if (code != CURLE_OK) {
        remote_answer_fini(answer);
        return err_set(err, "%.200s does not answer as it should: %s", remote->server,
                       code == CURLE_WRITE_ERROR ? "it sends more than a console would"
                                                 : curl_easy_strerror(code));
    }
    return true;
}

bool remote_get(struct remote *remote, const char *path, struct remote_answer *answer,
                struct err *err)
{
    return ask(remote, path, STR(""), false, answer, err);
}

bool remote_post(struct remote *remote, const char *path, struct str form,
                 struct remote_answer *answer, struct err *err)
{
    return ask(remote, path, form, true, answer, err);
}

void remote_put(struct buf *form, const char *name, struct str value)
{
    buf_printf(form, "%s%s=", form->len > 0 ? "&" : "", name);
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '_' || c == '.';
        if (plain) {
            buf_put_char(form, (char)c);
        } else {
            buf_printf(form, "%%%02X", (unsigned)c);
        }
    }
}
