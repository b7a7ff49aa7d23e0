#include "filter/cli/export_list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/casebook/keys.h"
#include "filter/casebook/season.h"
#include "filter/cli/alias_doubt.h"
#include "filter/cli/terminal.h"

/* DESIGN, limit 7: a list is valid for at most 24 hours. */
static const int64_t longest_ms = (int64_t)24 * 3600 * 1000;

enum { LEFT_MOST = 10000, SAID_MOST = 100 };

static int compare_hashes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct hash));
}

/* Keeps what is known of an entry that is not in the list, for who asks later. */
static void leave_out(struct export_list *list, const struct casebook_entry *one, unsigned by,
                      const char *why)
{
    const struct blocklist_draft *parts = blocklist_entry_parts(one->entry);
    struct err ignored = ERR_NONE;
    struct export_left left = {
        .id = blocklist_entry_id(one->entry),
        .case_id = one->case_id,
        .scope = parts->scope,
        .target = {arena_copy(list->desk->arena, parts->target.at, parts->target.len),
                   parts->target.len},
        .why = arena_copy(list->desk->arena, why, strlen(why)),
    };
    list->left_out++;
    if (left.target.at == NULL || left.why == NULL || list->left_kept == LEFT_MOST) {
        return;
    }
    if (by != 0 || blocklist_guard_explain(list->desk->guard, parts->scope, parts->target, &left.by,
                                           &ignored)) {
        left.by = by; /* 0: its time or its season */
    }
    mem_grow(&list->left, &list->left_room, list->left_kept + 1, sizeof *list->left);
    list->left[list->left_kept++] = left;
}

static void say_left(const struct casebook_entry *one, const char *why)
{
    char hex[HASH_HEX];
    struct hash id = blocklist_entry_id(one->entry);
    struct buf line = BUF_EMPTY;
    cli_put_line(&line, str_of(why));
    fprintf(stderr, "saring export: kasus/case %lld, entri %.12s ditahan / held back: %s\n",
            (long long)one->case_id, hash_format(&id, hex), line.len > 0 ? line.bytes : "");
    buf_fini(&line);
}

static int compare_doubts(const void *a, const void *b)
{
    const struct export_doubt *one = a, *two = b;
    return memcmp(&one->id, &two->id, sizeof one->id);
}

void export_list_doubt(struct export_list *list, const struct hash *id, const char *why)
{
    /* Without an answer all are in the same doubt: one copy of it will do. */
    const char *own = list->doubt_count > 0 ? list->doubts[list->doubt_count - 1].why : NULL;
    if (own == NULL || strcmp(own, why) != 0) {
        own = arena_copy(list->desk->arena, why, strlen(why));
    }
    mem_grow(&list->doubts, &list->doubt_room, list->doubt_count + 1, sizeof *list->doubts);
    list->doubts[list->doubt_count++] = (struct export_doubt){*id, own != NULL ? own : ""};
}

/* Whether a CNAME joins the entry to what is protected; false with why. */
static bool check_aliases(struct export_list *list, const struct blocklist_entry *entry,
                          const struct hash *id, struct err *err)
{
    const struct export_doubt key = {.id = *id};
    const struct export_doubt *doubt =
        list->doubt_count == 0
            ? NULL
            : bsearch(&key, list->doubts, list->doubt_count, sizeof *list->doubts, compare_doubts);
    if (doubt != NULL) {
        return err_set(err, "%s", doubt->why);
    }
    struct str host = blocklist_entry_host(entry);
    struct str of =
        blocklist_aliases_find(list->aliases, blocklist_entry_parts(entry)->scope, host);
    return of.len == 0 || err_set(err, BLOCKLIST_ALIAS_OF, STR_FORMAT(of), STR_FORMAT(host));
}

static bool is_held(const struct export_list *list, const struct hash *id)
{
    return list->held_count > 0 &&
           bsearch(id, list->held, list->held_count, sizeof *id, compare_hashes) != NULL;
}

/* Why one of those that were asked for is not in the list. */
static void note_left(struct export_list *list, const struct casebook_entry *one, bool is_alias,
                      const struct err *err)
{
    char text[800];
    if (!err_is_set(err)) {
        leave_out(list, one, 0, EXPORT_HELD);
        return;
    }
    leave_out(list, one, is_alias ? BLOCKLIST_GUARD_ALIAS : 0, err_format(err, text, sizeof text));
    if (!list->was_said || (is_alias && list->doubt_count > 0 && list->left_out <= SAID_MOST)) {
        say_left(one, text);
    }
}

static void add_some(void *context, const struct casebook_entry *some, size_t count)
{
    struct export_list *list = context;
    struct err *why = mem_zero(count, sizeof *why);
    bool *are_aliases = mem_zero(count, sizeof *are_aliases);
    const struct blocklist_entry **entries = mem_zero(count, sizeof *entries);
    for (size_t i = 0; i < count; i++) {
        struct hash id = blocklist_entry_id(some[i].entry);
        if (is_held(list, &id)) {
            continue;
        }
        are_aliases[i] = !check_aliases(list, some[i].entry, &id, &why[i]);
        if (are_aliases[i] || (!some[i].is_registered && !err_set(&why[i], EXPORT_UNREGISTERED))) {
            continue;
        }
        entries[i] = some[i].entry;
    }
    blocklist_list_add_all(list->list, entries, count, why);
    for (size_t i = 0; i < count; i++) {
        if (entries[i] == NULL || err_is_set(&why[i])) {
            note_left(list, &some[i], are_aliases[i], &why[i]);
            continue;
        }
        mem_grow(&list->refs, &list->ref_room, list->ref_count + 1, sizeof *list->refs);
        list->refs[list->ref_count++] =
            (struct casebook_ref){.seq = some[i].seq, .row = some[i].row};
    }
    free(why);
    free(are_aliases);
    free(entries);
}

/* The first reason stays. */
static void empty_list(struct export_list *list, const char *id, const char *en,
                       const struct err *err)
{
    char text[800];
    if (list->empty.len > 0) {
        return;
    }
    buf_printf(&list->empty, "%s / %s", id, en);
    struct buf why = BUF_EMPTY;
    if (err != NULL) {
        buf_put_string(&why, ": ");
        cli_put_line(&why, str_of(err_format(err, text, sizeof text)));
    }
    fprintf(stderr, "saring export: dikosongkan / emptied: %s%.*s\n", list->empty.bytes,
            STR_FORMAT(buf_str(&why)));
    buf_fini(&why);
}

static void read_season(struct export_list *list)
{
    struct err err = ERR_NONE;
    bool is_over = false;
    bool is_read = casebook_season(list->desk->casebook, list->desk->arena, &list->season,
                                   &list->has_season, &err) &&
                   casebook_season_is_over(list->desk->casebook, &is_over, &err);
    list->was_season = is_over || blocklist_seal_exists(list->desk->state.bytes);
    if (!is_read) {
        list->has_season = false;
        empty_list(list, "musim tidak terbaca", "the season can't be read", &err);
    } else if (!list->has_season && list->was_season) {
        empty_list(list, "musim sudah berakhir", "the season is over", NULL);
    }
}

/* Consumers pinned the season's keys; what was certified since they follow from these. */
static void put_key(void *context, const struct casebook_key *key)
{
    struct export_list *list = context;
    char season[HASH_HEX];
    if (key->is_revoked || key->certificate.len == 0 ||
        !str_is(key->season, hash_format(&list->season.id, season))) {
        return;
    }
    buf_put_char(&list->keys, '{');
    buf_put_json_field(&list->keys, "certificate", key->certificate);
    buf_put_json_field(&list->keys, "signature", key->signature);
    buf_put_json_field(&list->keys, "signer", key->signer);
    buf_put_string(&list->keys, "}\n");
}

static void read_keys(struct export_list *list)
{
    struct err err = ERR_NONE;
    if (list->has_season && !casebook_keys(list->desk->casebook, put_key, list, &err)) {
        buf_clear(&list->keys);
        empty_list(list, "kunci tidak terbaca", "the keys can't be read", &err);
    }
}

/* A casebook that is there and can't be opened is in doubt; one that is not there is a mistake. */
static bool open_casebook(struct export_list *list, struct err *err)
{
    struct buf path = BUF_EMPTY;
    if (cli_desk_open_read(list->desk, err)) {
        return true;
    }
    if (list->desk->state.len > 0) {
        casebook_path(list->desk->state.bytes, &path);
    }
    bool is_there = path.len > 0 && access(path.bytes, F_OK) == 0;
    buf_fini(&path);
    if (!is_there) {
        return false;
    }
    list->was_season = blocklist_seal_exists(list->desk->state.bytes);
    empty_list(list, "buku kasus rusak", "the casebook is damaged", err);
    *err = ERR_NONE;
    return true;
}

/* A removal must not wait for a mistake in a file: nothing new, with what was built in. */
static bool load_guard(struct export_list *list, struct err *err)
{
    char text[800];
    if (cli_desk_guard(list->desk, err)) {
        return true;
    }
    if (!list->falls_back) {
        return false;
    }
    struct buf line = BUF_EMPTY;
    cli_put_line(&line, str_of(err_format(err, text, sizeof text)));
    fprintf(stderr,
            "saring export: daftar lindung tidak terbaca, tidak ada yang baru / the "
            "protected list can't be read, nothing new: %s\n",
            line.bytes);
    buf_fini(&line);
    *err = ERR_NONE;
    list->is_guard_weak = true;
    list->desk->guard = blocklist_guard_shipped("/nonexistent", err);
    return list->desk->guard != NULL;
}

static void fill(struct export_list *list)
{
    struct err why = ERR_NONE;
    list->list = blocklist_list_new(list->desk->guard, list->has_season ? &list->season.id : NULL,
                                    clock_now_ms(&list->desk->clock));
    if (list->empty.len == 0 &&
        !casebook_entries_some(list->desk->casebook, add_some, list, &why)) {
        empty_list(list, "log tidak dapat dipercaya", "the log can't be trusted", &why);
    }
    if (list->empty.len > 0) {
        list->ref_count = 0; /* of a log that broke on the way */
    } else {
        list->items = blocklist_list_sort(list->list, &list->count);
    }
}

bool export_list_select(struct export_list *list, struct err *err)
{
    if (!open_casebook(list, err) || !load_guard(list, err)) {
        return false;
    }
    struct buf path = BUF_EMPTY;
    alias_doubt_path(list->desk, &path);
    list->aliases = blocklist_aliases_load(path.bytes);
    buf_fini(&path);
    if (list->empty.len == 0) {
        read_season(list);
        read_keys(list);
    }
    fill(list);
    return true;
}

void export_list_hold(struct export_list *list, const struct hash *held, size_t count)
{
    blocklist_list_free(list->list);
    list->items = NULL;
    list->count = list->left_out = list->left_kept = 0;
    list->was_said = true;
    if (list->doubt_count > 0) {
        qsort(list->doubts, list->doubt_count, sizeof *list->doubts, compare_doubts);
    }
    list->held = held;
    list->held_count = count;
    list->ref_count = 0;
    fill(list);
}

static void choose_appeal(struct export_list *list, const char *appeal)
{
    if (appeal != NULL) {
        buf_put_string(&list->appeal, appeal);
    } else if (list->has_season) {
        buf_printf(&list->appeal, "%.*s, atau/or %.*s", STR_FORMAT(list->season.independent),
                   STR_FORMAT(list->season.team));
    } else {
        buf_put_string(&list->appeal, list->was_season ? "-" : "ini peragaan / a demonstration");
    }
}

/* An unreadable log has no head; that the list is empty for it is said already. */
static struct hash head_of(struct export_list *list)
{
    struct hash head = {.bytes = {0}};
    int64_t seq;
    struct err ignored = ERR_NONE;
    if (list->desk->casebook == NULL ||
        !casebook_head(list->desk->casebook, &seq, &head, &ignored)) {
        return (struct hash){.bytes = {0}};
    }
    return head;
}

bool export_list_seal(struct export_list *list, const char *appeal, struct err *err)
{
    bool is_real = list->has_season || list->was_season;
    int64_t now_ms = clock_now_ms(&list->desk->clock), until_ms = now_ms + longest_ms;
    blocklist_seal_close(&list->seal); /* of the list before this one */
    buf_clear(&list->fingerprint);
    buf_clear(&list->appeal);
    if (!blocklist_seal_open(&list->seal, list->desk->state.bytes,
                             is_real ? BLOCKLIST_SEAL_SEASON : BLOCKLIST_SEAL_DEMO, now_ms, err)) {
        return false;
    }
    char fingerprint[SSHSIG_FINGERPRINT];
    buf_put_string(&list->fingerprint, sshsig_key_fingerprint(&list->seal.key, fingerprint));
    if (list->has_season && list->season.end_ms < until_ms) {
        until_ms = list->season.end_ms;
    }
    choose_appeal(list, appeal);
    list->opening = (struct blocklist_opening){
        .serial = list->seal.serial,
        .made_ms = now_ms,
        .valid_until_ms = until_ms,
        .first_end_ms =
            list->count > 0 ? blocklist_list_valid_until(list->list, until_ms) : until_ms,
        .season = list->has_season ? list->season.name
                  : is_real        ? STR("-")
                                   : STR(""),
        .appeal = buf_str(&list->appeal),
        .empty = buf_str(&list->empty),
        .fingerprint = buf_str(&list->fingerprint),
        .head = head_of(list),
        .entries = list->count,
        .zone = buf_str(&list->zone),
    };
    return true;
}

void export_list_fini(struct export_list *list)
{
    blocklist_seal_close(&list->seal);
    blocklist_list_free(list->list);
    blocklist_aliases_free(list->aliases);
    free(list->doubts);
    free(list->left);
    free(list->refs);
    buf_fini(&list->unsynced);
    buf_fini(&list->keys);
    buf_fini(&list->empty);
    buf_fini(&list->appeal);
    buf_fini(&list->fingerprint);
    buf_fini(&list->zone);
}
