#include "filter/cli/publish_live.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"
#include "filter/cli/terminal.h"

enum { CELLS = 8, GROWTH_FREE = 25, GROWTH_PART = 10 };

#define LIVE_BYTES ((size_t)2 << 30)

/* Eight bytes of an id; what has the same ones is told apart by what stands there. */
static uint64_t key_of(const struct hash *id)
{
    uint64_t key;
    memcpy(&key, id->bytes, sizeof key);
    return key;
}

static int compare_hashes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct hash));
}

/* The cells of a line as filter/blocklist/csv.c writes it: each quoted, none over lines. */
static bool split(struct str line, struct str cells[CELLS])
{
    size_t at = 0;
    for (size_t i = 0; i < CELLS; i++) {
        if (at >= line.len || line.at[at] != '"') {
            return false;
        }
        size_t start = ++at;
        while (at < line.len &&
               (line.at[at] != '"' || (at + 1 < line.len && line.at[at + 1] == '"'))) {
            at += line.at[at] == '"' ? 2 : 1;
        }
        if (at >= line.len || (i + 1 < CELLS && (at + 1 >= line.len || line.at[at + 1] != ','))) {
            return false;
        }
        cells[i] = str_part(line, start, at);
        at += 2;
    }
    return at == line.len + 1;
}

static bool read_number(struct str digits, int64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.at[i] < '0' || digits.at[i] > '9' || *number > INT64_MAX / 10 - 9) {
            return false;
        }
        *number = *number * 10 + (digits.at[i] - '0');
    }
    return digits.len > 0;
}

void publish_live_add(struct publish_live *live, const struct publish_entry *entry)
{
    mem_grow(&live->entries, &live->room, live->count + 1, sizeof *live->entries);
    index_put(&live->by_id, key_of(&entry->id), live->count);
    live->entries[live->count++] = *entry;
}

static bool add_line(struct publish_live *live, struct str line)
{
    struct str cells[CELLS];
    struct publish_entry one;
    if (!split(line, cells)) {
        return false;
    }
    if (str_is(cells[6], "entry")) {
        return true; /* the names of the columns */
    }
    if (!hash_parse(cells[6], &one.id) || !read_number(cells[5], &one.case_id)) {
        return false;
    }
    one.scope = cells[0];
    one.target = cells[1];
    one.end = cells[3];
    publish_live_add(live, &one);
    return true;
}

static bool read_lines(struct publish_live *live, struct err *err)
{
    unsigned number = 1;
    for (struct str left = buf_str(&live->bytes); left.len > 0; number++) {
        const char *end = memchr(left.at, '\n', left.len);
        size_t len = end != NULL ? (size_t)(end - left.at) : left.len;
        struct str line = str_part(left, 0, len);
        left = str_part(left, end != NULL ? len + 1 : len, left.len);
        if (line.len > 0 && line.at[0] != '#' && !add_line(live, line)) {
            return err_set_at(err, number, 1, "is no line of a list that saring made");
        }
    }
    return true;
}

bool publish_live_read(struct publish_live *live, const char *link, struct err *err)
{
    *live = (struct publish_live){.bytes = BUF_EMPTY};
    struct buf path = BUF_EMPTY;
    if (access(link, F_OK) != 0 && errno == ENOENT) {
        return true;
    }
    buf_printf(&path, "%s/saring.csv", link);
    bool done = (file_read(path.bytes, LIVE_BYTES, &live->bytes, err) && read_lines(live, err)) ||
                err_in_file(err, path.bytes);
    live->count = done ? live->count : 0;
    buf_fini(&path);
    return done;
}

void publish_live_fini(struct publish_live *live)
{
    free(live->entries);
    index_fini(&live->by_id);
    buf_fini(&live->bytes);
}

const struct publish_entry *publish_live_find(const struct publish_live *live,
                                              const struct hash *id)
{
    size_t place = live->count > 0 ? index_find(&live->by_id, key_of(id)) : 0;
    const struct publish_entry *found = place > 0 ? &live->entries[place - 1] : NULL;
    return found != NULL && memcmp(&found->id, id, sizeof *id) == 0 ? found : NULL;
}

static void find_new(struct publish_growth *growth, const struct blocklist_item *items,
                     size_t count, const struct publish_live *live)
{
    size_t room = 0;
    for (size_t i = 0; i < count; i++) {
        if (publish_live_find(live, &items[i].id) == NULL) {
            mem_grow(&growth->held, &room, growth->count + 1, sizeof *growth->held);
            growth->held[growth->count++] = items[i].id;
        }
    }
    if (growth->count > 0) {
        qsort(growth->held, growth->count, sizeof *growth->held, compare_hashes);
        struct hash all = hash_sha256(
            (struct str){(const char *)growth->held, growth->count * sizeof *growth->held});
        char hex[HASH_HEX];
        hash_format(&all, hex);
        memcpy(growth->token, hex, sizeof growth->token - 1);
    }
}

bool publish_growth_find(struct publish_growth *growth, const struct blocklist_item *items,
                         size_t count, const struct publish_live *live, const char *confirmed)
{
    *growth = (struct publish_growth){.held = NULL};
    find_new(growth, items, count, live);
    bool is_much = growth->count > GROWTH_FREE && growth->count > live->count / GROWTH_PART;
    return is_much && (confirmed == NULL || strcmp(confirmed, growth->token) != 0);
}

void publish_growth_hold(struct publish_growth *growth, struct export_list *list,
                         const struct publish_live *live, const char *confirmed)
{
    bool is_held = publish_growth_find(growth, list->items, list->count, live, confirmed);
    if (!is_held || list->is_guard_weak) {
        growth->token[0] = '\0'; /* nothing that could be confirmed */
    }
    if (!is_held && (!list->is_guard_weak || growth->count == 0)) {
        growth->count = 0;
        return;
    }
    fprintf(stderr, "saring publish: %zu entri baru ditahan / new entries held back; ",
            growth->count);
    if (list->is_guard_weak) {
        fputs("daftar lindung tidak terbaca / the protected list can't be read\n", stderr);
    } else {
        fprintf(stderr,
                "terlalu banyak sekaligus (yang hidup %zu), lihat --dry-run lalu / too many at "
                "once (%zu are live), look at --dry-run, then: --confirm %s\n",
                live->count, live->count, growth->token);
    }
    export_list_hold(list, growth->held, growth->count);
}

size_t publish_live_gone(const struct publish_live *live, const struct blocklist_item *items,
                         size_t count)
{
    size_t gone = live->count;
    for (size_t i = 0; i < count; i++) {
        gone -= publish_live_find(live, &items[i].id) != NULL ? 1 : 0;
    }
    return gone;
}

size_t publish_growth_hold_new(struct publish_growth *growth, struct export_list *list,
                               const struct publish_live *live)
{
    size_t before = growth->count, room = growth->count;
    for (size_t i = 0; i < list->count; i++) {
        if (publish_live_find(live, &list->items[i].id) == NULL) {
            mem_grow(&growth->held, &room, growth->count + 1, sizeof *growth->held);
            growth->held[growth->count++] = list->items[i].id;
        }
    }
    if (growth->count == before) {
        return 0;
    }
    qsort(growth->held, growth->count, sizeof *growth->held, compare_hashes);
    growth->token[0] = '\0'; /* a token confirms numbers, not what a checker refused */
    export_list_hold(list, growth->held, growth->count);
    return growth->count - before;
}

void publish_growth_fini(struct publish_growth *growth)
{
    free(growth->held);
}
