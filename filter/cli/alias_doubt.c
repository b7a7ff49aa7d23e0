#include "filter/cli/alias_doubt.h"

#include <stdlib.h>
#include <string.h>

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/blocklist/name.h"
#include "filter/pipeline/alias.h"
#include "filter/text/url.h"

enum {
    ITEMS_MOST = 2500, /* of one run: what comes later waits for the next one */
    ITEMS_MS = 3000,
    DUE_MOST = 20000,
    DUE_MS = 10000,
};

#define UNASKED                                                                                    \
    "ke mana namanya mengarah (CNAME) belum terjawab; ditanya lagi / where the name leads "        \
    "(CNAME) "                                                                                     \
    "has no answer yet; it is asked again"

void alias_doubt_path(const struct cli_desk *desk, struct buf *path)
{
    buf_printf(path, "%s/aliases", desk->state.bytes);
}

/* Names that may not be listed for what they are, whatever a warning list says of them. */
static bool may_lead_to(const struct blocklist_guard *guard, struct str name, struct err *err)
{
    unsigned by;
    struct err why = ERR_NONE;
    if (blocklist_guard_explain(guard, BLOCKLIST_HOST, name, &by, &why) ||
        (by & (BLOCKLIST_GUARD_PROTECTED | BLOCKLIST_GUARD_SHARED | BLOCKLIST_GUARD_SUFFIX)) == 0) {
        return true;
    }
    return err_set(err, "%s", why.message);
}

static enum alias_doubt judge(const struct blocklist_guard *guard, const struct alias *alias,
                              struct str host, struct err *err)
{
    struct str chain = alias->chain;
    switch (alias->state) {
    case ALIAS_UNKNOWN:
        err_set(err, UNASKED);
        return ALIAS_DOUBT_OPEN;
    case ALIAS_NONE:
        return ALIAS_DOUBT_NONE;
    case ALIAS_FOUND:
        break;
    }
    while (chain.len > 0) {
        struct str name = alias_next(&chain);
        struct err why = ERR_NONE;
        if (!may_lead_to(guard, name, &why)) {
            err_set(err, "%.*s mengarah ke / is an alias (CNAME) of %.*s: %s", STR_FORMAT(host),
                    STR_FORMAT(name), why.message);
            return ALIAS_DOUBT_LEADS;
        }
    }
    return ALIAS_DOUBT_NONE;
}

/* A platform's own host, of which one page is listed, leads wherever the platform wants. */
static bool is_asked(const struct blocklist_guard *guard, enum blocklist_scope scope,
                     struct str host)
{
    struct err ignored = ERR_NONE;
    return scope == BLOCKLIST_HOST || scope == BLOCKLIST_DOMAIN ||
           may_lead_to(guard, host, &ignored);
}

/* Of a DOMAIN also its www: that is what people type. */
static size_t put_names(enum blocklist_scope scope, struct str host, struct buf *text,
                        struct str out[2])
{
    out[0] = host;
    if (scope != BLOCKLIST_DOMAIN || host.len + 4 > BLOCKLIST_NAME_BYTES) {
        return 1;
    }
    buf_printf(text, "www.%.*s", STR_FORMAT(host));
    out[1] = buf_str(text);
    return 2;
}

struct ask {
    struct str names[2];
    struct buf www;
    size_t count, first; /* of its names among all */
};

static size_t collect(const struct blocklist_guard *guard,
                      const struct blocklist_item *const *items, size_t count, struct ask *asks,
                      struct str *names)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        asks[i].first = total;
        if (is_asked(guard, items[i]->scope, items[i]->host)) {
            asks[i].count = put_names(items[i]->scope, items[i]->host, &asks[i].www, asks[i].names);
        }
        for (size_t k = 0; k < asks[i].count; k++) {
            names[total++] = asks[i].names[k];
        }
    }
    return total;
}

void alias_doubt_ask(const struct blocklist_guard *guard, const char *resolver,
                     const struct blocklist_item *const *items, size_t count,
                     alias_doubt_each *each, void *context)
{
    size_t asked = count < ITEMS_MOST ? count : ITEMS_MOST;
    struct ask *asks = mem_zero(asked, sizeof *asks);
    struct str *names = mem_alloc(2 * asked * sizeof *names);
    size_t total = collect(guard, items, asked, asks, names);
    struct alias_lookup lookup;
    struct err err = ERR_NONE;
    bool is_done = alias_ask(&lookup, resolver, names, total, ITEMS_MS, &err);
    for (size_t i = 0; i < count; i++) {
        struct err why = ERR_NONE;
        enum alias_doubt doubt = ALIAS_DOUBT_NONE;
        if (i >= asked || !is_done) {
            err_set(&why, "%s", is_done ? UNASKED : err.message);
            doubt = ALIAS_DOUBT_OPEN;
        }
        for (size_t k = 0; doubt == ALIAS_DOUBT_NONE && k < asks[i].count; k++) {
            doubt = judge(guard, &lookup.answers[asks[i].first + k], asks[i].names[k], &why);
        }
        if (doubt != ALIAS_DOUBT_NONE) {
            each(context, items[i], doubt, why.message);
        }
    }
    for (size_t i = 0; i < asked; i++) {
        buf_fini(&asks[i].www);
    }
    alias_lookup_fini(&lookup);
    free(asks);
    free(names);
}

struct one {
    enum alias_doubt doubt;
    struct err *err;
};

static void take_one(void *context, const struct blocklist_item *item, enum alias_doubt doubt,
                     const char *why)
{
    struct one *one = context;
    (void)item;
    one->doubt = doubt;
    err_set(one->err, "%s", why);
}

/* The canonical host of a target in any spelling. */
static bool read_host(enum blocklist_scope scope, struct str target, struct buf *text,
                      struct str *host)
{
    struct url url;
    struct err ignored = ERR_NONE;
    if (scope == BLOCKLIST_HOST || scope == BLOCKLIST_DOMAIN) {
        return url_host(target, text, host, &ignored);
    }
    if (!url_canonical(target, text, &url, &ignored)) {
        return false;
    }
    *host = url.host;
    return true;
}

static enum alias_doubt look_up_one(const struct cli_desk *desk, enum blocklist_scope scope,
                                    struct str host, struct err *err)
{
    const struct blocklist_item item = {.scope = scope, .host = host}, *items[] = {&item};
    struct one one = {ALIAS_DOUBT_NONE, err};
    struct buf path = BUF_EMPTY;
    alias_doubt_path(desk, &path);
    struct blocklist_aliases *aliases = blocklist_aliases_load(path.bytes);
    struct str of = blocklist_aliases_find(aliases, scope, host);
    if (of.len > 0) {
        err_set(err, BLOCKLIST_ALIAS_OF, STR_FORMAT(of), STR_FORMAT(host));
        one.doubt = ALIAS_DOUBT_LEADS;
    } else if (desk->resolver != NULL) {
        alias_doubt_ask(desk->guard, desk->resolver, items, 1, take_one, &one);
    }
    blocklist_aliases_free(aliases);
    buf_fini(&path);
    return one.doubt;
}

enum alias_doubt alias_doubt_one(const struct cli_desk *desk, enum blocklist_scope scope,
                                 struct str target, struct err *err)
{
    struct buf text = BUF_EMPTY;
    struct str host;
    enum alias_doubt doubt = read_host(scope, target, &text, &host)
                                 ? look_up_one(desk, scope, host, err)
                                 : ALIAS_DOUBT_NONE;
    buf_fini(&text);
    return doubt;
}

static void note_all(struct blocklist_aliases *aliases, const struct str *names, size_t count,
                     const struct alias_lookup *lookup, int64_t now_ms)
{
    for (size_t i = 0; i < count; i++) {
        const struct alias *one = &lookup->answers[i];
        if (one->state == ALIAS_UNKNOWN) {
            blocklist_aliases_miss(aliases, names[i], now_ms);
        } else {
            blocklist_aliases_note(aliases, names[i], one->chain, now_ms);
        }
    }
}

bool alias_doubt_refresh(const struct cli_desk *desk, struct err *err)
{
    struct buf path = BUF_EMPTY;
    struct alias_lookup lookup = {.answers = NULL};
    int64_t now_ms = clock_now_ms(&desk->clock);
    bool done = true;
    if (desk->resolver == NULL || desk->guard == NULL) {
        return true;
    }
    alias_doubt_path(desk, &path);
    struct blocklist_aliases *aliases = blocklist_aliases_load(path.bytes);
    struct str *names = mem_alloc(DUE_MOST * sizeof *names);
    size_t count = blocklist_aliases_due(aliases, desk->guard, now_ms, names, DUE_MOST);
    if (count > 0 && alias_ask(&lookup, desk->resolver, names, count, DUE_MS, err)) {
        note_all(aliases, names, count, &lookup, now_ms);
        done = blocklist_aliases_save(aliases, path.bytes, err);
    } else {
        done = count == 0;
    }
    alias_lookup_fini(&lookup);
    blocklist_aliases_free(aliases);
    free(names);
    buf_fini(&path);
    return done;
}
