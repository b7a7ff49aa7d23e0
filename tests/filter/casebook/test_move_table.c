/*
 * The whole table of moves, once more, as REVIEW section 4 has it: a move more, one for somebody
 * else, or one with less attached must not come in unnoticed. Who changes the table changes this,
 * and says why.
 */
#include "filter/casebook/move.h"

#include <stdio.h>
#include <string.h>

#include "filter/base/buf.h"
#include "filter/casebook/case.h"
#include "tests/filter/test.h"

static const struct row {
    const char *move;  /* case or entry, from, action, to */
    const char *by;    /* Reviewer, Holder, Proposer, Approver, J, T (clock), Machine, X, 2 (R2) */
    const char *needs; /* reason, proposal, answers, signature, conflict, fresh second factor,
                          harvest, call, into another case, some of the posts */
    int64_t after_ms;
    bool fraud_only;
} rows[] = {
    {"case none flag flagged", "M", "", 0, false},
    {"case flagged claim claimed", "R", "", 0, false},
    {"case claimed release flagged", "H", "", 0, false},
    {"case claimed release flagged", "T", "", 20 * CASEBOOK_MINUTE, false},
    {"case claimed hold held", "H", "r", 0, false},
    {"case held release flagged", "T", "", 48 * CASEBOOK_HOUR, false},
    {"case held release flagged", "R", "r", 0, false},
    {"case flagged dismiss dismissed", "T", "", 7 * CASEBOOK_DAY, false},
    {"case claimed dismiss dismissed", "H", "r", 0, false},
    {"case claimed merge merged", "H", "ri", 0, false},
    {"case claimed split claimed", "H", "ro", 0, false},
    {"case none split flagged", "H", "", 0, false},
    {"case claimed propose proposed", "H", "p", 0, false},
    {"case claimed urgent claimed", "H", "phl", 0, true},
    {"case claimed urgent urgent", "2", "scfhl", 0, true},
    {"case proposed answer proposed", "A", "a", 0, false},
    {"case urgent answer urgent", "A", "a", 0, false},
    {"case proposed approve approved", "A", "scf", 0, false},
    {"case urgent approve approved", "A", "scf", 0, true},
    {"case proposed return returned", "A", "r", 0, false},
    {"case returned propose proposed", "P", "p", 0, false},
    {"case proposed reject rejected", "A", "r", 0, false},
    {"case returned reject rejected", "A", "r", 0, false},
    {"case urgent reject rejected", "A", "r", 0, false},
    {"case proposed lapse lapsed", "T", "", 72 * CASEBOOK_HOUR, false},
    {"case returned lapse lapsed", "T", "", 48 * CASEBOOK_HOUR, false},
    {"case urgent lapse lapsed", "TM", "", 24 * CASEBOOK_HOUR, true},
    {"case urgent close closed", "M", "", 0, true},
    {"case approved list listed", "M", "", 0, true},
    {"case approved correct corrected", "R", "", 0, false},
    {"case approved refer referred", "R", "", 0, false},
    {"case referred reply answered", "R", "r", 0, false},
    {"case referred no-reply unanswered", "T", "", 14 * CASEBOOK_DAY, false},
    {"case proposed withdraw withdrawn", "RAJ", "r", 0, false},
    {"case returned withdraw withdrawn", "RAJ", "r", 0, false},
    {"case urgent withdraw withdrawn", "RAJ", "r", 0, false},
    {"case approved withdraw withdrawn", "RAJ", "r", 0, false},
    {"case corrected withdraw withdrawn", "RAJ", "r", 0, false},
    {"case referred withdraw withdrawn", "RAJ", "r", 0, false},
    {"case answered withdraw withdrawn", "RAJ", "r", 0, false},
    {"case unanswered withdraw withdrawn", "RAJ", "r", 0, false},
    {"case corrected withdraw withdrawn", "T", "", 0, false},
    {"case referred withdraw withdrawn", "T", "", 0, false},
    {"case answered withdraw withdrawn", "T", "", 0, false},
    {"case unanswered withdraw withdrawn", "T", "", 0, false},
    {"case listed close closed", "M", "", 0, false},
    {"case flagged void void", "M", "", 0, false},
    {"case claimed void void", "M", "", 0, false},
    {"case held void void", "M", "", 0, false},
    {"case proposed void void", "M", "", 0, false},
    {"case returned void void", "M", "", 0, false},
    {"case urgent void void", "M", "", 0, false},
    {"case approved void void", "M", "", 0, false},
    {"case listed void void", "M", "", 0, false},
    {"case corrected void void", "M", "", 0, false},
    {"case referred void void", "M", "", 0, false},
    {"case answered void void", "M", "", 0, false},
    {"case unanswered void void", "M", "", 0, false},
    {"case dismissed purge purged", "T", "", 72 * CASEBOOK_HOUR, false},
    {"case rejected purge purged", "T", "", 90 * CASEBOOK_DAY, false},
    {"case lapsed purge purged", "T", "", 90 * CASEBOOK_DAY, false},
    {"case withdrawn purge purged", "T", "", 90 * CASEBOOK_DAY, false},
    {"case closed purge purged", "T", "", 90 * CASEBOOK_DAY, false},
    {"case void purge purged", "T", "", 90 * CASEBOOK_DAY, false},
    {"case corrected purge purged", "T", "", 90 * CASEBOOK_DAY, false},
    {"case answered purge purged", "T", "", 90 * CASEBOOK_DAY, false},
    {"case unanswered purge purged", "T", "", 90 * CASEBOOK_DAY, false},
    {"case merged purge purged", "T", "", 90 * CASEBOOK_DAY, false},
    {"entry none list active", "M", "", 0, true},
    {"entry none urgent provisional", "2", "shl", 0, true},
    {"entry provisional approve active", "A", "scf", 0, true},
    {"entry provisional lapse lapsed", "T", "", 0, false},
    {"entry suspended lapse lapsed", "T", "", 0, false},
    {"entry active suspend suspended", "RAJ", "r", 0, false},
    {"entry provisional suspend suspended", "RAJ", "r", 0, false},
    {"entry active suspend suspended", "MX", "", 0, false},
    {"entry provisional suspend suspended", "MX", "", 0, false},
    {"entry active remove removed", "RAJ", "r", 0, false},
    {"entry provisional remove removed", "RAJ", "r", 0, false},
    {"entry suspended remove removed", "RAJ", "r", 0, false},
    {"entry active remove removed", "M", "", 0, false},
    {"entry provisional remove removed", "M", "", 0, false},
    {"entry suspended remove removed", "M", "", 0, false},
    {"entry suspended remove removed", "T", "", 72 * CASEBOOK_HOUR, false},
    {"entry suspended restore suspended", "P", "r", 0, false},
    {"entry suspended restore active", "A", "scf", 0, false},
    {"entry suspended restore active", "J", "r", 0, false},
    {"entry active expire expired", "T", "", 0, false},
    {"entry suspended expire expired", "T", "", 0, false},
    {"appeal none lodge lodged", "X", "r", 0, false},
    {"appeal none lodge asked", "X", "r", 0, false},
    {"appeal asked admit lodged", "J", "r", 0, false},
    {"appeal asked decline declined", "J", "r", 0, false},
    {"appeal asked decline declined", "T", "", 24 * CASEBOOK_HOUR, false},
    {"appeal lodged uphold upheld", "J", "rs", 0, false},
    {"appeal lodged overturn overturned", "J", "r", 0, false},
    {"appeal lodged abusive abusive", "J", "rs", 0, false},
    {"appeal lodged overturn overturned", "T", "", 72 * CASEBOOK_HOUR, false},
};

enum { ROWS = sizeof rows / sizeof *rows };

static void put_letters(char *out, unsigned bits, const char *letters)
{
    for (unsigned i = 0; letters[i] != '\0'; i++) {
        if ((bits & (1u << i)) != 0) {
            *out++ = letters[i];
        }
    }
    *out = '\0';
}

static bool is_row(const struct casebook_move *move, const struct row *row)
{
    char text[128], by[16], needs[16];
    snprintf(text, sizeof text, "%s %s %s %s", casebook_thing_name(move->of),
             casebook_thing_state(move->of, move->from), casebook_action_name(move->action),
             casebook_thing_state(move->of, move->to));
    put_letters(by, move->by, "RHPAJTMX2");
    put_letters(needs, move->needs, "rpascfhlio");
    return strcmp(text, row->move) == 0 && strcmp(by, row->by) == 0 &&
           strcmp(needs, row->needs) == 0 && move->after_ms == row->after_ms &&
           move->fraud_only == row->fraud_only;
}

/* Each row as the review says, and no others. */
static void the_table_is_the_review_s(void **state)
{
    size_t count, found = 0;
    const struct casebook_move *moves = casebook_moves(&count);
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        size_t alike = 0;
        for (size_t k = 0; k < count; k++) {
            alike += is_row(&moves[k], &rows[i]);
        }
        if (alike != 1) {
            fail_msg("%s by %s needs [%s]: %zu times in the table", rows[i].move, rows[i].by,
                     rows[i].needs, alike);
        }
        found += alike;
    }
    assert_int_equal(found, count);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(the_table_is_the_review_s)};
    return cmocka_run_group_tests_name("casebook_moves", tests, NULL, NULL);
}
