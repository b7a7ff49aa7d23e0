#include "filter/casebook/audit.h"
#include "filter/console/asked.h"
#include "filter/console/give.h"
#include "filter/console/page_log.h"
#include "filter/console/page_table.h"
#include "filter/console/verify.h"

enum { ROWS = 25 };

struct rows {
    struct asked *asked;
    struct casebook_row at[ROWS];
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

/* Rows are numbered without gaps: the newest page is found by counting back from the head. */
void give_log(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct rows rows = {.asked = asked};
    struct hash hash;
    int64_t head;
    char hex[HASH_HEX];
    struct place place = *asked->page.place;
    struct casebook *casebook = asked_open(asked);
    if (casebook == NULL) {
        return;
    }
    bool done = casebook_head(casebook, &head, &hash, &err);
    int64_t last = head - (int64_t)(place.page - 1) * ROWS;
    int64_t first = last - ROWS + 1 > 1 ? last - ROWS + 1 : 1;
    rows.wanted = last >= first ? (size_t)(last - first + 1) : 0;
    if (done && rows.wanted > 0) {
        done = casebook_audit_read(casebook, first, keep_row, &rows, &err) &&
               (!rows.is_full || err_set(&err, "rows of the log are too long"));
    }
    if (!done) {
        asked_fail_casebook(asked, &err);
        return;
    }
    struct verify_report report = verify_report(answers_verify(asked->answers));
    page_log_open(&asked->page, &report, head, str_of(hash_format(&hash, hex)));
    for (size_t i = rows.count; i > 0; i--) {
        page_log_row(&asked->page, &rows.at[i - 1]);
    }
    page_table_close(&asked->page);
    page_turn(&asked->page, MSG_PAGES, &place, &place.page, first > 1 && rows.count > 0);
    page_close(&asked->page);
    asked_finish(asked, 200);
}

void take_log(struct asked *asked)
{
    struct place there = asked_place(asked, ROUTE_LOG);
    verify_start(answers_verify(asked->answers));
    asked_done(asked, MSG_CHAIN_STARTED, &there);
}
