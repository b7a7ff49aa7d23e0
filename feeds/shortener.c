#include "feeds/shortener.h"

#include <assert.h>
#include <stdlib.h>

#include "feeds/transfer.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"
#include "filter/text/url.h"

enum { MAX_FILE = 1 << 20, MAX_HOSTS = 4096 };

struct entry {
    size_t at, len; /* in `text` */
    bool allow_private;
};

struct feeds_shorteners {
    struct feeds_shortener *hosts; /* in byte order */
    size_t count;
    struct buf text;
};

static int compare(const void *a, const void *b)
{
    return str_compare(((const struct feeds_shortener *)a)->host,
                       ((const struct feeds_shortener *)b)->host);
}

/* The words of a line, its comment left out: the host, and what may stand behind it. */
static void split(struct str line, struct str *host, struct str *rest)
{
    const char *comment = line.len > 0 ? memchr(line.at, '#', line.len) : NULL;
    line = str_trim(str_part(line, 0, comment != NULL ? (size_t)(comment - line.at) : line.len));
    size_t end = 0;
    while (end < line.len && line.at[end] != ' ' && line.at[end] != '\t') {
        end++;
    }
    *host = str_part(line, 0, end);
    *rest = str_trim(str_part(line, end, line.len));
}

/*
 * Appends the host in its canonical form. A public suffix or a name of one label would be many
 * sites, or none; such a name can only be meant for a private network.
 */
static bool put_host(struct str host, bool allow_private, struct buf *out, struct err *err)
{
    struct buf url = BUF_EMPTY, canonical = BUF_EMPTY;
    struct url parts;
    struct err why = ERR_NONE;
    buf_put_string(&url, "http://");
    buf_put_str(&url, host);
    bool is_bare = host.len > 0;
    for (size_t i = 0; i < host.len; i++) {
        is_bare &= (unsigned char)host.at[i] > ' ' && strchr("/?#@\\%*\x7F", host.at[i]) == NULL;
    }
    bool done = is_bare && url_canonical(buf_str(&url), &canonical, &parts, &why);
    if (!done) {
        err_set(err, "'%.*s' is no host name; write it as bit.ly, without http:// or a path",
                STR_FORMAT(host));
    } else if (!allow_private && parts.domain.len == 0) {
        done = err_set(err, "'%.*s' is not one site; write a name below a domain, as bit.ly",
                       STR_FORMAT(host));
    } else {
        buf_put_str(out, feeds_transfer_host(parts.whole));
    }
    buf_fini(&canonical);
    buf_fini(&url);
    return done;
}

static bool read_line(struct str line, struct buf *text, struct entry *entry, struct err *err)
{
    struct str host, rest;
    split(line, &host, &rest);
    *entry = (struct entry){.at = text->len, .allow_private = str_is(rest, "allow_private")};
    if (host.len == 0) {
        return true;
    }
    if (rest.len > 0 && !entry->allow_private) {
        return err_set(err, "'%.*s' behind the host; only allow_private may stand there",
                       STR_FORMAT(rest));
    }
    bool done = put_host(host, entry->allow_private, text, err);
    entry->len = text->len - entry->at;
    return done;
}

/* Sorts the hosts; one that stands twice is kept once, private only if each line says so. */
static void arrange(struct feeds_shorteners *list, const struct entry *entries, size_t count)
{
    size_t kept = 0;
    list->hosts = mem_zero(count, sizeof *list->hosts);
    for (size_t i = 0; i < count; i++) {
        list->hosts[i].host =
            str_part(buf_str(&list->text), entries[i].at, entries[i].at + entries[i].len);
        list->hosts[i].allow_private = entries[i].allow_private;
    }
    if (count > 0) {
        qsort(list->hosts, count, sizeof *list->hosts, compare);
    }
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && compare(&list->hosts[kept - 1], &list->hosts[i]) == 0) {
            list->hosts[kept - 1].allow_private &= list->hosts[i].allow_private;
        } else {
            list->hosts[kept++] = list->hosts[i];
        }
    }
    list->count = kept;
}

struct feeds_shorteners *feeds_shorteners_parse(struct str text, struct err *err)
{
    struct feeds_shorteners *list = mem_zero(1, sizeof *list);
    struct entry *entries = NULL;
    size_t count = 0, room = 0;
    unsigned number = 1;
    bool done = true;
    buf_put(&list->text, "", 0);
    for (size_t at = 0; done && at < text.len; number++) {
        const char *end = memchr(text.at + at, '\n', text.len - at);
        size_t next = end != NULL ? (size_t)(end - text.at) + 1 : text.len;
        mem_grow(&entries, &room, count + 1, sizeof *entries);
        done = read_line(str_part(text, at, next), &list->text, &entries[count], err);
        count += done && entries[count].len > 0;
        if (done && count > MAX_HOSTS) {
            done = err_set(err, "more than %d shorteners", MAX_HOSTS);
        }
        if (!done) {
            err->line = number;
        }
        at = next;
    }
    if (done) {
        arrange(list, entries, count);
    }
    free(entries);
    if (!done) {
        feeds_shorteners_free(list);
        return NULL;
    }
    return list;
}

struct feeds_shorteners *feeds_shorteners_load(const char *path, struct err *err)
{
    struct buf text = BUF_EMPTY;
    struct feeds_shorteners *list =
        file_read(path, MAX_FILE, &text, err) ? feeds_shorteners_parse(buf_str(&text), err) : NULL;
    buf_fini(&text);
    if (list == NULL && !err_in_file(err, path)) {
        return NULL;
    }
    return list;
}

void feeds_shorteners_free(struct feeds_shorteners *list)
{
    if (list == NULL) {
        return;
    }
    free(list->hosts);
    buf_fini(&list->text);
    free(list);
}

size_t feeds_shorteners_count(const struct feeds_shorteners *list)
{
    return list->count;
}

static const struct feeds_shortener *find_host(const struct feeds_shorteners *list, struct str host)
{
    struct feeds_shortener wanted = {.host = host};
    const struct feeds_shortener *found =
        host.len > 0 && list->count > 0
            ? bsearch(&wanted, list->hosts, list->count, sizeof wanted, compare)
            : NULL;
    bool has_www = found == NULL && str_starts(host, STR("www."));
    return has_www ? find_host(list, str_part(host, 4, host.len)) : found;
}

const struct feeds_shortener *feeds_shorteners_find(const struct feeds_shorteners *list,
                                                    struct str url)
{
    struct str host = feeds_transfer_host(url);
    bool has_path = host.len > 0 && (size_t)(host.at - url.at) + host.len + 1 < url.len;
    return has_path ? find_host(list, host) : NULL;
}

bool feeds_shorteners_has(const struct feeds_shorteners *list, struct str url)
{
    return find_host(list, feeds_transfer_host(url)) != NULL;
}

size_t feeds_shorteners_place(const struct feeds_shorteners *list,
                              const struct feeds_shortener *shortener)
{
    assert(shortener >= list->hosts && shortener < list->hosts + list->count);
    return (size_t)(shortener - list->hosts);
}
