#include "filter/casebook/audit.h"
#include "filter/console/asked.h"
#include "filter/console/give.h"
#include "filter/console/page_log.h"
#include "filter/console/page_table.h"
#include "filter/console/verify.h"

enum { ROWS = 25, JSON_ROWS = 100 };

struct rows {
    struct asked *asked;
    struct casebook_row at[JSON_ROWS];
    size_t count, wanted;
    bool is_full;
};

static bool keep_row(void *context, const struct casebook_row *one)
{
    struct rows *rows = context;
    struct casebook_row *kept = &rows->at[rows->count++];
    *kept = *one;
    rows->is_full = !asked_keep(rows->asked, &kept->actor) ||
                    !asked_keep(rows->asked, &kept->action) ||
                    !asked_keep(rows->asked, &kept->detail);
    return rows->count < rows->wanted && !rows->is_full;
}

static const char *const chains[] = {[VERIFY_NEVER] = "never",
                                     [VERIFY_RUNS] = "runs",
                                     [VERIFY_INTACT] = "intact",
                                     [VERIFY_BROKEN] = "broken",
                                     [VERIFY_FAILED] = "failed"};

static void write_log(struct asked *asked, const struct rows *rows, int64_t head,
                      const struct hash *hash)
{
    struct verify_report report = verify_report(answers_verify(asked->answers));
    const bool is_ended = report.state != VERIFY_NEVER && report.state != VERIFY_RUNS;
    const struct shapes_log_head about = {.head = head,
                                          .hash = *hash,
                                          .chain = str_of(chains[report.state]),
                                          .rows = is_ended ? report.rows : 0,
                                          .checked_ms = is_ended ? report.time_ms : CLOCK_NEVER,
                                          .why = str_of(report.why)};
    const struct casebook_after after = {.id = rows->count > 0 ? rows->at[0].seq : 0};
    asked_list_open(asked);
    for (size_t i = rows->count; i > 0; i--) {
        struct casebook_row row = rows->at[i - 1];
        row.detail = asked_detail(asked, row.actor, row.action, row.detail);
        asked_list_row(asked, &row);
    }
    asked_list_close(asked, after.id > 1 ? &after : NULL, &about);
}

static void show_log(struct asked *asked, const struct rows *rows, int64_t head, struct str hash)
{
    struct place place = *asked->page.place;
    struct verify_report report = verify_report(answers_verify(asked->answers));
    page_log_open(&asked->page, &report, head, hash);
    for (size_t i = rows->count; i > 0; i--) {
        page_log_row(&asked->page, &rows->at[i - 1]);
    }
    page_table_close(&asked->page);
    page_turn(&asked->page, MSG_PAGES, &place, &place.page, rows->count > 0 && rows->at[0].seq > 1);
    page_close(&asked->page);
    asked_finish(asked, 200);
}

/*
 * Rows are numbered without gaps: the newest page is found by counting back from the head, and what
 * comes behind a row is older than it, whatever is written meanwhile.
 */
void give_log(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct rows rows = {.asked = asked};
    struct hash hash;
    int64_t head;
    char hex[HASH_HEX];
    const struct place *place = asked->page.place;
    const int64_t most = asked_is_json(asked) ? JSON_ROWS : ROWS;
    struct casebook *casebook = asked_open(asked);
    if (casebook == NULL) {
        return;
    }
    bool done = casebook_head(casebook, &head, &hash, &err);
    int64_t from = place->after.id > 0 && place->after.id <= head ? place->after.id - 1 : head;
    int64_t last = from - (int64_t)(place->page - 1) * most;
    int64_t first = last - most + 1 > 1 ? last - most + 1 : 1;
    rows.wanted = last >= first ? (size_t)(last - first + 1) : 0;
    if (done && rows.wanted > 0) {
        done = casebook_audit_read(casebook, first, keep_row, &rows, &err) &&
               (!rows.is_full || err_set(&err, "rows of the log are too long"));
    }
    if (!done) {
        asked_fail_casebook(asked, &err);
        return;
    }
    if (asked_is_json(asked)) {
        write_log(asked, &rows, head, &hash);
    } else {
        show_log(asked, &rows, head, str_of(hash_format(&hash, hex)));
    }
}

void take_log(struct asked *asked)
{
    struct place there = asked_place(asked, ROUTE_LOG);
    verify_start(answers_verify(asked->answers));
    asked_done(asked, MSG_CHAIN_STARTED, &there);
}
