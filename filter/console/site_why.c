#include "filter/console/site_why.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "filter/base/arena.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"
#include "filter/console/site_entries.h"
#include "filter/console/site_part.h"
#include "filter/text/url.h"

enum { FILE_MOST = 256 << 20, ARENA_BYTES = 256 << 20 };

struct site_why {
    struct buf path;
    struct stat seen; /* of the file when it was read; st_ino 0: never */
    struct arena *arena;
    struct site_why_entry *all; /* in order of host */
    size_t count, room;
};

struct site_why *site_why_new(const char *folder)
{
    struct site_why *why = mem_zero(1, sizeof *why);
    buf_printf(&why->path, "%s/" SITE_ENTRIES, folder);
    why->arena = arena_new(ARENA_BYTES);
    return why;
}

void site_why_free(struct site_why *why)
{
    if (why != NULL) {
        buf_fini(&why->path);
        arena_free(why->arena);
        free(why->all);
        free(why);
    }
}

static struct str keep(struct site_why *why, struct str text)
{
    const char *copy = arena_copy(why->arena, text.at, text.len);
    return copy != NULL ? (struct str){.at = copy, .len = text.len} : STR("");
}

static enum site_why_how how_of(struct str state)
{
    return str_is(state, "active") || str_is(state, "provisional") ? WHY_IN_FORCE
           : str_is(state, "suspended")                            ? WHY_SUSPENDED
                                                                   : WHY_OVER;
}

/* The host in a target, which the list has in canonical form. */
static struct str host_of(struct str target)
{
    const char *slashes = memmem(target.at, target.len, "://", 3);
    struct str rest =
        slashes != NULL ? str_part(target, (size_t)(slashes - target.at) + 3, target.len) : target;
    size_t len = 0;
    while (len < rest.len && rest.at[len] != '/' && rest.at[len] != '?' && rest.at[len] != ':') {
        len++;
    }
    return str_part(rest, 0, len);
}

static void add(struct site_why *why, const json_t *line)
{
    struct site_why_entry one = {
        .how = how_of(site_text(line, "state", NULL)),
        .case_id = json_integer_value(json_object_get(line, "case")),
        .target = keep(why, site_text(line, "target", NULL)),
        .since = keep(why, site_text(line, "since", NULL)),
        .end = keep(why, site_text(line, "end", NULL)),
        .reason = keep(why, site_text(line, "reason", NULL)),
    };
    one.host = host_of(one.target);
    if (one.host.len == 0 || !clock_parse(one.end, &one.end_ms) ||
        !blocklist_scope_parse(site_text(line, "scope", NULL), &one.scope)) {
        return; /* masked, or of a schema that is not ours */
    }
    mem_grow(&why->all, &why->room, why->count + 1, sizeof *why->all);
    why->all[why->count++] = one;
}

static int by_host(const void *one, const void *other)
{
    const struct site_why_entry *a = one, *b = other;
    int order = str_compare(a->host, b->host);
    return order != 0 ? order : (a->case_id < b->case_id) - (a->case_id > b->case_id);
}

static bool read_all(struct site_why *why, struct err *err)
{
    struct buf bytes = BUF_EMPTY;
    if (!file_read(why->path.bytes, FILE_MOST, &bytes, err)) {
        buf_fini(&bytes);
        return err_in_file(err, why->path.bytes);
    }
    arena_reset(why->arena);
    why->count = 0;
    struct str rest = buf_str(&bytes);
    while (rest.len > 0) {
        const char *end = memchr(rest.at, '\n', rest.len);
        size_t len = end != NULL ? (size_t)(end - rest.at) : rest.len;
        json_t *line = json_loadb(rest.at, len, 0, NULL);
        if (line != NULL) {
            add(why, line);
        }
        json_decref(line);
        rest = str_part(rest, len + (end != NULL), rest.len);
    }
    if (why->count > 0) { /* of a register without entries there is nothing to be sorted */
        qsort(why->all, why->count, sizeof *why->all, by_host);
    }
    buf_fini(&bytes);
    return true;
}

static bool refresh(struct site_why *why, struct err *err)
{
    struct stat now;
    if (stat(why->path.bytes, &now) != 0) {
        err_set(err, "is not there yet");
        return err_in_file(err, why->path.bytes);
    }
    bool is_same = why->seen.st_ino == now.st_ino && why->seen.st_size == now.st_size &&
                   why->seen.st_mtim.tv_sec == now.st_mtim.tv_sec &&
                   why->seen.st_mtim.tv_nsec == now.st_mtim.tv_nsec;
    if (is_same) {
        return true;
    }
    why->seen = now;
    if (!read_all(why, err)) {
        why->seen.st_ino = 0;
        return false;
    }
    return true;
}

/* As pages write what nobody should open by a slip: [.] and hxxp. */
static void refang(struct str asked, struct buf *out)
{
    asked = str_trim(asked);
    if (str_starts(asked, STR("hxxp"))) {
        buf_put_string(out, "http");
        asked = str_part(asked, 4, asked.len);
    }
    for (size_t i = 0; i < asked.len; i++) {
        bool is_dot = str_starts(str_part(asked, i, asked.len), STR("[.]"));
        buf_put_char(out, is_dot ? '.' : asked.at[i]);
        i += is_dot ? 2 : 0;
    }
}

static struct str without_scheme(struct str url)
{
    const char *slashes = memmem(url.at, url.len, "://", 3);
    return slashes != NULL ? str_part(url, (size_t)(slashes - url.at) + 3, url.len) : url;
}

/* Whether `target` and all below it covers `url`: "/a" covers "/a/b" and "/a?b", not "/ab". */
static bool is_below(struct str url, struct str target)
{
    if (!str_starts(url, target)) {
        return false;
    }
    return url.len == target.len || target.at[target.len - 1] == '/' ||
           strchr("/?", url.at[target.len]) != NULL;
}

/* What an entry on `host` or on a name above it has to do with the question. */
static bool is_about(const struct site_why_entry *entry, const struct url *asked, bool is_same_host,
                     enum site_why_how *how)
{
    struct str url = without_scheme(asked->whole), target = without_scheme(entry->target);
    switch (entry->scope) {
    case BLOCKLIST_DOMAIN:
        return true;
    case BLOCKLIST_HOST:
        return is_same_host;
    case BLOCKLIST_URL:
        if (is_same_host && !str_equal(url, target)) {
            *how = *how == WHY_OVER ? WHY_OVER : WHY_PARTLY;
            return *how == WHY_PARTLY;
        }
        return is_same_host;
    case BLOCKLIST_URL_PREFIX:
        if (is_same_host && !is_below(url, target)) {
            *how = *how == WHY_OVER ? WHY_OVER : WHY_PARTLY;
            return *how == WHY_PARTLY;
        }
        return is_same_host;
    }
    return false;
}

/* Keeps the answer in order, and of too many the first. */
static void put(struct site_why_answer *answer, const struct site_why_entry *entry,
                enum site_why_how how)
{
    size_t at = answer->count;
    while (at > 0 && answer->found[at - 1].how > how) {
        at--;
    }
    if (at == SITE_WHY_MOST) {
        return;
    }
    size_t kept = answer->count < SITE_WHY_MOST ? answer->count : SITE_WHY_MOST - 1;
    memmove(&answer->found[at + 1], &answer->found[at], (kept - at) * sizeof *answer->found);
    answer->found[at] = *entry;
    answer->found[at].how = how;
    answer->count = kept + 1;
}

static void look(const struct site_why *why, struct str host, const struct url *asked,
                 int64_t now_ms, struct site_why_answer *answer)
{
    size_t low = 0, high = why->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_compare(why->all[middle].host, host) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < why->count && str_equal(why->all[low].host, host); low++) {
        const struct site_why_entry *entry = &why->all[low];
        /* The file may be older than its entries' ends, which no list outlives. */
        enum site_why_how how = entry->end_ms <= now_ms ? WHY_OVER : entry->how;
        if (is_about(entry, asked, str_equal(host, asked->host), &how)) {
            put(answer, entry, how);
        }
    }
}

bool site_why_ask(struct site_why *why, struct str asked, int64_t now_ms,
                  struct site_why_answer *answer, struct err *err)
{
    struct buf text = BUF_EMPTY;
    struct url url;
    struct err none = ERR_NONE;
    *answer = (struct site_why_answer){.count = 0};
    refang(asked, &text);
    answer->is_name = asked.len <= SITE_WHY_ASKED && text.len > 0 &&
                      url_canonical(buf_str(&text), &answer->canonical, &url, &none);
    buf_fini(&text);
    if (!answer->is_name) {
        return true;
    }
    answer->host = url.host;
    if (!refresh(why, err)) {
        return false;
    }
    for (struct str host = url.host; host.len > 0;) {
        look(why, host, &url, now_ms, answer);
        const char *dot = memchr(host.at, '.', host.len);
        host = dot != NULL ? str_part(host, (size_t)(dot - host.at) + 1, host.len) : STR("");
    }
    return true;
}

void site_why_answer_fini(struct site_why_answer *answer)
{
    buf_fini(&answer->canonical);
}
