#include "filter/blocklist/aliases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"
#include "filter/blocklist/name.h"

enum { FILE_MOST = 64 << 20, NAMES_MOST = 200000 };

static const int64_t day_ms = INT64_C(24) * 3600 * 1000, hour_ms = INT64_C(3600) * 1000;

/* Names below a protected suffix, which stands in the lists for all of them. */
static const char *const below_suffixes[] = {
    "kpu.go.id",
    "infopemilu.kpu.go.id",
    "cekdptonline.kpu.go.id",
    "jdih.kpu.go.id",
    "bawaslu.go.id",
    "dkpp.go.id",
    "mahkamahagung.go.id",
    "kemendagri.go.id",
    "dukcapil.kemendagri.go.id",
    "kemensos.go.id",
    "cekbansos.kemensos.go.id",
    "komdigi.go.id",
    "indonesia.go.id",
    "bpjs-kesehatan.go.id",
    "bpjsketenagakerjaan.go.id",
    "pajak.go.id",
    "bi.go.id",
    "ojk.go.id",
    "bkn.go.id",
    "bps.go.id",
    "bmkg.go.id",
    "polri.go.id",
    "kpk.go.id",
    "setneg.go.id",
};

struct known {
    char *name, *chain; /* chain: "" if it is no alias */
    int64_t asked_ms;
};

/* One name of a chain, and whose chain it is. */
struct link {
    struct str name;
    const char *of;
};

struct blocklist_aliases {
    struct known *names; /* sorted by strcmp */
    size_t count, room;
    struct link *links; /* by blocklist_name_compare; made anew when names change */
    size_t link_count, link_room;
    bool is_linked;
};

static int compare_known(const void *a, const void *b)
{
    const struct known *one = a, *two = b;
    return strcmp(one->name, two->name);
}

static int compare_links(const void *a, const void *b)
{
    const struct link *one = a, *two = b;
    int order = blocklist_name_compare(one->name, two->name);
    return order != 0 ? order : strcmp(one->of, two->of);
}

static struct str cut(struct str *text, char at)
{
    const char *end = text->len > 0 ? memchr(text->at, at, text->len) : NULL;
    size_t len = end != NULL ? (size_t)(end - text->at) : text->len;
    struct str first = str_part(*text, 0, len);
    *text = str_part(*text, end != NULL ? len + 1 : len, text->len);
    return first;
}

static bool is_name(struct str name)
{
    struct err ignored = ERR_NONE;
    return blocklist_name_check(name, &ignored);
}

static bool is_chain(struct str chain)
{
    while (chain.len > 0) {
        if (!is_name(cut(&chain, ' '))) {
            return false;
        }
    }
    return true;
}

static char *copy(struct str text)
{
    char *own = mem_alloc(text.len + 1);
    memcpy(own, text.at != NULL ? text.at : "", text.len);
    own[text.len] = '\0';
    return own;
}

static bool read_time(struct str digits, int64_t *ms)
{
    *ms = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.at[i] < '0' || digits.at[i] > '9' || i > 15) {
            return false;
        }
        *ms = *ms * 10 + (digits.at[i] - '0');
    }
    return digits.len > 0;
}

static void add(struct blocklist_aliases *aliases, struct str name, struct str chain, int64_t ms)
{
    mem_grow(&aliases->names, &aliases->room, aliases->count + 1, sizeof *aliases->names);
    aliases->names[aliases->count++] = (struct known){copy(name), copy(chain), ms};
}

static struct known *find(const struct blocklist_aliases *aliases, struct str name)
{
    char text[BLOCKLIST_NAME_BYTES + 1];
    if (name.len >= sizeof text || aliases->count == 0) {
        return NULL;
    }
    memcpy(text, name.at, name.len);
    text[name.len] = '\0';
    const struct known key = {.name = text};
    return bsearch(&key, aliases->names, aliases->count, sizeof key, compare_known);
}

/* "MS NAME CHAIN…": of two lines for one name the first counts. */
static void read_lines(struct blocklist_aliases *aliases, struct str text)
{
    size_t kept = 0;
    while (text.len > 0 && aliases->count < NAMES_MOST) {
        struct str line = cut(&text, '\n'), time = cut(&line, ' '), name = cut(&line, ' ');
        int64_t ms;
        if (read_time(time, &ms) && is_name(name) && is_chain(line)) {
            add(aliases, name, line, ms);
        }
    }
    if (aliases->count > 0) {
        qsort(aliases->names, aliases->count, sizeof *aliases->names, compare_known);
    }
    for (size_t i = 0; i < aliases->count; i++) {
        struct known *one = &aliases->names[i];
        if (kept > 0 && strcmp(aliases->names[kept - 1].name, one->name) == 0) {
            free(one->name);
            free(one->chain);
        } else {
            aliases->names[kept++] = *one;
        }
    }
    aliases->count = kept;
}

struct blocklist_aliases *blocklist_aliases_load(const char *path)
{
    struct blocklist_aliases *aliases = mem_zero(1, sizeof *aliases);
    struct buf text = BUF_EMPTY;
    struct err ignored = ERR_NONE;
    if (file_read(path, FILE_MOST, &text, &ignored)) {
        read_lines(aliases, buf_str(&text));
    }
    buf_fini(&text);
    return aliases;
}

bool blocklist_aliases_save(const struct blocklist_aliases *aliases, const char *path,
                            struct err *err)
{
    struct buf text = BUF_EMPTY;
    for (size_t i = 0; i < aliases->count; i++) {
        const struct known *one = &aliases->names[i];
        buf_printf(&text, "%lld %s%s%s\n", (long long)one->asked_ms, one->name,
                   one->chain[0] != '\0' ? " " : "", one->chain);
    }
    bool done = file_write(path, buf_str(&text), 0600, err);
    buf_fini(&text);
    return done;
}

void blocklist_aliases_free(struct blocklist_aliases *aliases)
{
    if (aliases == NULL) {
        return;
    }
    for (size_t i = 0; i < aliases->count; i++) {
        free(aliases->names[i].name);
        free(aliases->names[i].chain);
    }
    free(aliases->names);
    free(aliases->links);
    free(aliases);
}

static void make_links(struct blocklist_aliases *aliases)
{
    aliases->link_count = 0;
    aliases->is_linked = true;
    for (size_t i = 0; i < aliases->count; i++) {
        struct str chain = str_of(aliases->names[i].chain);
        while (chain.len > 0) {
            mem_grow(&aliases->links, &aliases->link_room, aliases->link_count + 1,
                     sizeof *aliases->links);
            aliases->links[aliases->link_count++] =
                (struct link){cut(&chain, ' '), aliases->names[i].name};
        }
    }
    if (aliases->link_count > 0) {
        qsort(aliases->links, aliases->link_count, sizeof *aliases->links, compare_links);
    }
}

struct str blocklist_aliases_find(struct blocklist_aliases *aliases, enum blocklist_scope scope,
                                  struct str host)
{
    if (!aliases->is_linked) {
        make_links(aliases);
    }
    size_t low = 0, high = aliases->link_count;
    /* A proxy looks at the name that was typed, and an entry for URLs is one for a proxy. */
    if (scope != BLOCKLIST_HOST && scope != BLOCKLIST_DOMAIN) {
        return STR("");
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (blocklist_name_compare(aliases->links[middle].name, host) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == aliases->link_count) {
        return STR("");
    }
    const struct link *found = &aliases->links[low];
    bool is_hit = scope == BLOCKLIST_DOMAIN ? blocklist_name_covers(host, found->name)
                                            : str_equal(host, found->name);
    return is_hit ? str_of(found->of) : STR("");
}

/* Every name that is protected now is known, if only by name; what is not any more goes. */
struct gathering {
    struct blocklist_aliases *aliases, *next;
};

static void gather(void *context, struct str name)
{
    struct gathering *gathering = context;
    struct known *known = find(gathering->aliases, name);
    if (gathering->next->count < NAMES_MOST) {
        add(gathering->next, name, known != NULL ? str_of(known->chain) : STR(""),
            known != NULL ? known->asked_ms : 0);
    }
}

static void gather_both(void *context, struct str name)
{
    char www[BLOCKLIST_NAME_BYTES + 5];
    gather(context, name);
    if (name.len + 4 <= BLOCKLIST_NAME_BYTES && !str_starts(name, STR("www."))) {
        int len = snprintf(www, sizeof www, "www.%.*s", STR_FORMAT(name));
        gather(context, (struct str){www, (size_t)len});
    }
}

static int compare_asked(const void *a, const void *b)
{
    const struct known *const *one = a, *const *two = b;
    if ((*one)->asked_ms != (*two)->asked_ms) {
        return (*one)->asked_ms < (*two)->asked_ms ? -1 : 1;
    }
    return strcmp((*one)->name, (*two)->name);
}

/* Puts what is protected now in place of what was when the file was written. */
static void refresh(struct blocklist_aliases *aliases, const struct blocklist_guard *guard)
{
    struct gathering gathering = {aliases, mem_zero(1, sizeof *aliases)};
    size_t kept = 0;
    blocklist_guard_names(guard, gather_both, &gathering);
    for (size_t i = 0; i < sizeof below_suffixes / sizeof *below_suffixes; i++) {
        gather_both(&gathering, str_of(below_suffixes[i]));
    }
    struct blocklist_aliases *next = gathering.next, old = *aliases;
    if (next->count > 0) {
        qsort(next->names, next->count, sizeof *next->names, compare_known);
    }
    for (size_t i = 0; i < next->count; i++) {
        struct known *one = &next->names[i];
        if (kept > 0 && strcmp(next->names[kept - 1].name, one->name) == 0) {
            free(one->name);
            free(one->chain);
        } else {
            next->names[kept++] = *one;
        }
    }
    next->count = kept;
    *aliases = *next;
    *next = old;
    blocklist_aliases_free(next);
}

size_t blocklist_aliases_due(struct blocklist_aliases *aliases, const struct blocklist_guard *guard,
                             int64_t now_ms, struct str *names, size_t most)
{
    refresh(aliases, guard);
    struct known **due = mem_alloc(aliases->count * sizeof *due);
    size_t count = 0;
    for (size_t i = 0; i < aliases->count; i++) {
        /* One from the future was written by a clock that was wrong. */
        if (now_ms - aliases->names[i].asked_ms >= day_ms ||
            aliases->names[i].asked_ms > now_ms + hour_ms) {
            due[count++] = &aliases->names[i];
        }
    }
    if (count > 0) {
        qsort(due, count, sizeof *due, compare_asked);
    }
    count = count < most ? count : most;
    for (size_t i = 0; i < count; i++) {
        names[i] = str_of(due[i]->name);
    }
    free(due);
    return count;
}

void blocklist_aliases_note(struct blocklist_aliases *aliases, struct str name, struct str chain,
                            int64_t now_ms)
{
    struct known *known = find(aliases, name);
    if (known == NULL || !is_chain(chain)) {
        return;
    }
    char *own = copy(chain);
    free(known->chain);
    known->chain = own;
    known->asked_ms = now_ms;
    aliases->is_linked = false;
}

void blocklist_aliases_miss(struct blocklist_aliases *aliases, struct str name, int64_t now_ms)
{
    struct known *known = find(aliases, name);
    if (known != NULL) {
        known->asked_ms = now_ms - day_ms + hour_ms;
    }
}
