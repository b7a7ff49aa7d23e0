/* saring publish --dry-run: what would change, name by name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/casebook/casebook.h"
#include "filter/cli/publish_live.h"
#include "filter/cli/terminal.h"

enum { SHOW_ARENA = 64 << 20 };

struct change {
    const char *what; /* "added", "removed", "held" */
    struct str scope, target;
    int64_t case_id;
    struct hash id;
    const char *by; /* JSON strings with commas between them: which guards; NULL: none */
    struct str why;
};

struct totals {
    size_t added, removed, held;
};

struct printer {
    const struct export_list *list;
    const struct publish_live *live;
    struct buf out;
    struct totals totals;
    struct hash *listed, *left; /* the ids in the new list, and those that it leaves out, sorted */
    struct arena *arena;        /* of one case */
};

static int compare_hashes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct hash));
}

static void put_json(struct buf *out, const struct change *change)
{
    char hex[HASH_HEX];
    buf_printf(out, "{\"change\":\"%s\"", change->what);
    buf_put_json_field(out, "scope", change->scope);
    buf_put_json_field(out, "target", change->target);
    buf_printf(out, ",\"case\":%lld,\"entry\":\"%s\",\"by\":[%s]", (long long)change->case_id,
               hash_format(&change->id, hex), change->by != NULL ? change->by : "");
    buf_put_json_field(out, "why", change->why);
    buf_put_string(out, "}\n");
}

static void put_row(struct buf *out, const struct change *change)
{
    const char *sign = strcmp(change->what, "added") == 0     ? "+"
                       : strcmp(change->what, "removed") == 0 ? "-"
                                                              : "!";
    buf_printf(out, "%s %-10.*s ", sign, STR_FORMAT(change->scope));
    cli_put_defanged(out, change->target, 0);
    buf_printf(out, "\n    #%lld: ", (long long)change->case_id);
    if (change->by != NULL) {
        buf_printf(out, "%s: ", change->by);
    }
    cli_put_line(out, change->why);
    buf_put_char(out, '\n');
}

static void put(struct printer *printer, const struct change *change)
{
    if (printer->list->desk->is_json || !cli_is_terminal(stdout)) {
        put_json(&printer->out, change);
    } else {
        put_row(&printer->out, change);
    }
}

static void put_guards(unsigned by, struct buf *out)
{
    static const struct {
        unsigned bit;
        const char *name;
    } guards[] = {
#define X(constant, bit, name) {bit, name},
        BLOCKLIST_GUARDS(X)
#undef X
    };
    for (size_t i = 0; i < sizeof guards / sizeof *guards; i++) {
        if ((by & guards[i].bit) != 0) {
            buf_printf(out, "%s\"%s\"", out->len > 0 ? "," : "", guards[i].name);
        }
    }
    buf_put(out, "", 0);
}

static void print_added(struct printer *printer)
{
    const struct export_list *list = printer->list;
    for (size_t i = 0; i < list->count; i++) {
        const struct blocklist_item *item = &list->items[i];
        if (publish_live_find(printer->live, &item->id) != NULL) {
            continue;
        }
        const struct change change = {
            .what = "added",
            .scope = str_of(blocklist_scope_name(item->scope)),
            .target = item->target,
            .case_id = item->case_id,
            .id = item->id,
            .why = item->reason,
        };
        printer->totals.added++;
        put(printer, &change);
    }
}

/* What a guard, its time or the growth cap keeps out; live or not. */
static void print_left(struct printer *printer)
{
    const struct export_list *list = printer->list;
    for (size_t i = 0; i < list->left_kept; i++) {
        const struct export_left *left = &list->left[i];
        bool was_live = publish_live_find(printer->live, &left->id) != NULL;
        struct buf by = BUF_EMPTY;
        if (strcmp(left->why, EXPORT_HELD) == 0) {
            buf_put_string(&by, list->is_guard_weak ? "\"unreadable\"" : "\"growth\"");
        } else if (strcmp(left->why, EXPORT_UNREGISTERED) == 0) {
            buf_put_string(&by, "\"register\"");
        } else if (left->by != 0) {
            put_guards(left->by, &by);
        } else {
            buf_put_string(&by, "\"time\"");
        }
        const struct change change = {
            .what = was_live ? "removed" : "held",
            .scope = str_of(blocklist_scope_name(left->scope)),
            .target = left->target,
            .case_id = left->case_id,
            .id = left->id,
            .by = by.bytes,
            .why = str_of(left->why),
        };
        printer->totals.removed += was_live ? 1 : 0;
        printer->totals.held += was_live ? 0 : 1;
        put(printer, &change);
        buf_fini(&by);
    }
}

/* What became of an entry that is live and in force no more. */
static const char *find_end(struct printer *printer, const struct publish_entry *entry)
{
    struct casebook *casebook = printer->list->desk->casebook;
    struct casebook_page page;
    struct err ignored = ERR_NONE;
    char hex[HASH_HEX];
    bool found = false;
    int64_t end_ms;
    if (clock_parse(entry->end, &end_ms) && clock_now_ms(&printer->list->desk->clock) >= end_ms) {
        return "waktunya habis / its time is over";
    }
    arena_reset(printer->arena);
    if (casebook == NULL ||
        !casebook_show(casebook, entry->case_id, printer->arena, &page, &found, &ignored) ||
        !found || !str_is(page.entry_id, hash_format(&entry->id, hex))) {
        return "log tidak memuatnya / the log does not hold it";
    }
    if (str_is(page.entry_state, "removed")) {
        return "dicabut / it was removed";
    }
    if (str_is(page.entry_state, "expired")) {
        return "waktunya habis / its time is over";
    }
    return "tidak berlaku sekarang (ditangguhkan atau tanda tangannya tidak cocok) / not in force "
           "now (suspended, or its signatures do not fit)";
}

static bool is_among(const struct hash *ids, size_t count, const struct hash *id)
{
    return count > 0 && bsearch(id, ids, count, sizeof *id, compare_hashes) != NULL;
}

static void print_removed(struct printer *printer)
{
    const struct export_list *list = printer->list;
    for (size_t i = 0; i < printer->live->count; i++) {
        const struct publish_entry *entry = &printer->live->entries[i];
        if (is_among(printer->listed, list->count, &entry->id) ||
            is_among(printer->left, list->left_kept, &entry->id)) {
            continue;
        }
        const struct change change = {
            .what = "removed",
            .scope = entry->scope,
            .target = entry->target,
            .case_id = entry->case_id,
            .id = entry->id,
            .why = list->empty.len > 0 ? buf_str(&list->empty) : str_of(find_end(printer, entry)),
        };
        printer->totals.removed++;
        put(printer, &change);
    }
}

static void sort_ids(struct printer *printer)
{
    const struct export_list *list = printer->list;
    printer->listed = mem_alloc(list->count * sizeof *printer->listed);
    printer->left = mem_alloc(list->left_kept * sizeof *printer->left);
    for (size_t i = 0; i < list->count; i++) {
        printer->listed[i] = list->items[i].id;
    }
    for (size_t i = 0; i < list->left_kept; i++) {
        printer->left[i] = list->left[i].id;
    }
    qsort(printer->listed, list->count, sizeof *printer->listed, compare_hashes);
    qsort(printer->left, list->left_kept, sizeof *printer->left, compare_hashes);
}

bool publish_differences_print(const struct export_list *list, const struct publish_live *live,
                               const struct publish_growth *growth, struct err *err)
{
    struct printer printer = {.list = list, .live = live, .arena = arena_new(SHOW_ARENA)};
    sort_ids(&printer);
    print_removed(&printer);
    print_left(&printer);
    print_added(&printer);
    bool done = cli_print(&printer.out, err);
    fprintf(stderr,
            "saring publish: %zu ditambah/added, %zu dicabut/removed, %zu ditahan/held back, %zu "
            "tetap/unchanged%s%s\n",
            printer.totals.added, printer.totals.removed, printer.totals.held,
            list->count - printer.totals.added, growth->token[0] != '\0' ? "; --confirm " : "",
            growth->token);
    buf_fini(&printer.out);
    free(printer.listed);
    free(printer.left);
    arena_free(printer.arena);
    return done;
}
