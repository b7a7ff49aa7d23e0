#include "filter/cli/export_list.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/blocklist/signed.h"
#include "filter/casebook/season.h"
#include "filter/cli/terminal.h"

/* DESIGN, limit 7: a list is valid for at most 24 hours. */
static const int64_t longest_ms = (int64_t)24 * 3600 * 1000;

static void add_entry(void *context, const struct casebook_entry *one)
{
    struct export_list *list = context;
    struct err err = ERR_NONE;
    char text[800], hex[HASH_HEX];
    if (!blocklist_list_add(list->list, one->entry, &err)) {
        struct hash id = blocklist_entry_id(one->entry);
        list->left_out++;
        struct buf why = BUF_EMPTY;
        cli_put_line(&why, str_of(err_format(&err, text, sizeof text)));
        fprintf(stderr, "saring export: kasus/case %lld, entri %.12s ditahan / held back: %s\n",
                (long long)one->case_id, hash_format(&id, hex), why.len > 0 ? why.bytes : "");
        buf_fini(&why);
        return;
    }
    const struct blocklist_signed line = {
        .json = one->json,
        .reviewer = {.key = one->reviewer_key, .signature = one->reviewer_signature},
        .approver = {.key = one->approver_key, .signature = one->approver_signature},
    };
    blocklist_signed_put(&line, &list->entries);
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

bool export_list_select(struct export_list *list, struct err *err)
{
    if (!open_casebook(list, err) || !cli_desk_guard(list->desk, err)) {
        return false;
    }
    if (list->empty.len == 0) {
        read_season(list);
    }
    list->list = blocklist_list_new(list->desk->guard, list->has_season ? &list->season.id : NULL,
                                    clock_now_ms(&list->desk->clock));
    struct err why = ERR_NONE;
    if (list->empty.len == 0 && !casebook_entries(list->desk->casebook, add_entry, list, &why)) {
        empty_list(list, "log tidak dapat dipercaya", "the log can't be trusted", &why);
    }
    if (list->empty.len > 0) {
        buf_clear(&list->entries); /* of a log that broke on the way */
    } else {
        list->items = blocklist_list_sort(list->list, &list->count);
    }
    return true;
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
    buf_fini(&list->entries);
    buf_fini(&list->empty);
    buf_fini(&list->appeal);
    buf_fini(&list->fingerprint);
    buf_fini(&list->zone);
}
