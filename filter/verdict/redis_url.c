#include "filter/verdict/redis_url.h"

#include <stdio.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/base/str.h"

enum { MAX_PORT = 65535, MAX_DATABASE = 9999 };

static bool copy(struct str from, char *to, size_t size)
{
    if (from.len >= size || memchr(from.at, '\0', from.len) != NULL) {
        return false;
    }
    memcpy(to, from.at, from.len);
    to[from.len] = '\0';
    return true;
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef0123456789ABCDEF";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;
    return at != NULL ? (int)((at - digits) % 16) : -1;
}

/* Percent-decoding (RFC 3986, section 2.1). */
static bool decode(struct str from, char *to, size_t size)
{
    size_t len = 0;
    for (size_t i = 0; i < from.len; i++) {
        char c = from.at[i];
        if (c == '%') {
            int high = i + 2 < from.len ? hex_digit(from.at[i + 1]) : -1;
            int low = i + 2 < from.len ? hex_digit(from.at[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return false;
            }
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (c == '\0' || len + 1 >= size) {
            return false;
        }
        to[len++] = c;
    }
    to[len] = '\0';
    return true;
}

static bool number(struct str digits, unsigned most, unsigned *value)
{
    *value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.at[i] < '0' || digits.at[i] > '9' || i > 5) {
            return false;
        }
        *value = *value * 10 + (unsigned)(digits.at[i] - '0');
    }
    return digits.len > 0 && *value <= most;
}

/* Takes what stands before the first `mark` off `rest`; all of it if there is none. */
static struct str cut(struct str *rest, char mark, bool *is_there)
{
    const char *at = memchr(rest->at, mark, rest->len);
    struct str part = *rest;
    *is_there = at != NULL;
    if (at != NULL) {
        part.len = (size_t)(at - rest->at);
        *rest = str_part(*rest, part.len + 1, rest->len);
    } else {
        *rest = str_part(*rest, rest->len, rest->len);
    }
    return part;
}

static bool read_login(struct str login, struct verdict_redis_url *url, struct err *err)
{
    bool has_password;
    struct str user = cut(&login, ':', &has_password);
    if (!has_password || login.len == 0) {
        return err_set(err, "redis url: before '@' belongs 'user:password' or ':password'");
    }
    return (decode(user, url->user, sizeof url->user) &&
            decode(login, url->password, sizeof url->password)) ||
           err_set(err, "redis url: user or password is too long or not percent-encoded");
}

static bool read_host(struct str place, struct verdict_redis_url *url, struct err *err)
{
    struct str host = place, port = STR("6379");
    unsigned value;
    if (str_starts(place, STR("["))) {
        const char *end = memchr(place.at, ']', place.len);
        size_t len = end != NULL ? (size_t)(end - place.at) : place.len;
        host = str_part(place, 1, len);
        place = str_part(place, end != NULL ? len + 1 : len, place.len);
    } else {
        const char *colon = memchr(place.at, ':', place.len);
        host.len = colon != NULL ? (size_t)(colon - place.at) : place.len;
        place = str_part(place, host.len, place.len);
    }
    if (place.len > 0) {
        port = str_part(place, 1, place.len);
    }
    if (host.len == 0 || !copy(host, url->host, sizeof url->host)) {
        return err_set(err, "redis url: a host belongs behind redis://");
    }
    if ((place.len > 0 && place.at[0] != ':') || !number(port, MAX_PORT, &value) || value == 0) {
        return err_set(err, "redis url: the port must be a number from 1 to %d", MAX_PORT);
    }
    return copy(port, url->port, sizeof url->port);
}

/* The last '@' ends the login, so that one in a password does no harm. */
static struct str cut_login(struct str *rest)
{
    const char *at = memrchr(rest->at, '@', rest->len);
    struct str login = {.len = 0};
    if (at != NULL) {
        login = str_part(*rest, 0, (size_t)(at - rest->at));
        *rest = str_part(*rest, login.len + 1, rest->len);
    }
    return login;
}

bool verdict_redis_url_parse(const char *text, struct verdict_redis_url *url, struct err *err)
{
    struct str rest = str_of(text);
    bool has_database;
    *url = (struct verdict_redis_url){.database = 0};
    if (str_starts(rest, STR("unix:"))) {
        rest = str_part(rest, 5, rest.len);
        return (rest.len > 0 && copy(rest, url->path, sizeof url->path)) ||
               err_set(err, "redis url: behind unix: belongs a path of at most %zu bytes",
                       sizeof url->path - 1);
    }
    if (!str_starts(rest, STR("redis://"))) {
        return err_set(err, "redis url: it must be redis://host:port or unix:PATH");
    }
    rest = str_part(rest, 8, rest.len);
    struct str login = cut_login(&rest);
    struct str place = cut(&rest, '/', &has_database);
    if ((login.len > 0 && !read_login(login, url, err)) || !read_host(place, url, err)) {
        return false;
    }
    return rest.len == 0 || number(rest, MAX_DATABASE, &url->database) ||
           err_set(err, "redis url: behind the host's '/' belongs a database's number");
}

char *verdict_redis_url_name(const struct verdict_redis_url *url, char *out, unsigned size)
{
    if (url->path[0] != '\0') {
        snprintf(out, size, "unix:%s", url->path);
    } else {
        snprintf(out, size, "%s:%s", url->host, url->port);
    }
    return out;
}
