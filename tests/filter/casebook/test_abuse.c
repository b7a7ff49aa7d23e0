/* The abuse checks of REVIEW, section 5, that moves answer, by their numbers. */
#include <stdio.h>
#include <stdlib.h>

#include "filter/casebook/audit.h"
#include "filter/casebook/case.h"
#include "filter/rule/program.h"
#include "tests/filter/casebook/house.h"

static const struct casebook_request nothing;
static const struct casebook_request reasoned = {.reason = STR("bukan penipuan")};

/* A proposed entry, and the approver's signature over it. */
struct ready {
    struct house *house;
    int64_t id;
    struct buf proposal, record;
};

static struct ready get_ready(enum house_name approver)
{
    struct ready ready = {.house = house_build_with_people()};
    struct casebook_answers answers = house_all(ANSWER_NO);
    ready.id = house_case(ready.house, RULE_FRAUD);
    house_propose(ready.house, RANI, ready.id, KIND_ENTRY, "tipu.example");
    house_done(ready.house, approver, ACTION_ANSWER, ready.id,
               (struct casebook_request){.answers = &answers});
    assert_int_equal(casebook_to_sign(ready.house->casebook, ready.house->who[approver], ready.id,
                                      &ready.proposal, &ready.record, &ready.house->err),
                     CASEBOOK_DONE);
    return ready;
}

static void put_away(struct ready *ready)
{
    buf_fini(&ready->proposal);
    buf_fini(&ready->record);
    house_tear_down(ready->house);
}

static void refused_approval(struct ready *ready, enum house_name who, enum house_name signer,
                             struct str bytes, const char *words)
{
    struct buf signature = house_sign(ready->house, signer, bytes);
    house_refused(
        ready->house, who, ACTION_APPROVE, ready->id,
        (struct casebook_request){.signature = buf_str(&signature), .conflict = STR("tidak ada")},
        CASEBOOK_REFUSED, words);
    assert_int_equal(house_entries(ready->house), 0);
    buf_fini(&signature);
}

static void abuse_02_approver_of_a_tied_organisation(void **state)
{
    struct ready ready = get_ready(ADI);
    struct err err = ERR_NONE;
    (void)state;
    /* Over two steps: both answer to one governor. */
    assert_true(casebook_people_tie(ready.house->casebook, STR("Tim Siber Contoh"),
                                    STR("Gubernur Contoh"), STR("satu atasan"), &err));
    assert_true(casebook_people_tie(ready.house->casebook, STR("gubernur contoh"),
                                    STR("Lembaga Pantau Contoh"), STR("satu atasan"), &err));
    refused_approval(&ready, ADI, ADI, buf_str(&ready.proposal),
                     "the approver's organisation is the reviewer's, or tied to it");
    assert_int_equal(house_approve(ready.house, AYU, ready.id), CASEBOOK_DONE);
    put_away(&ready);
}

/* A tie that comes to light later takes what was listed before out of force. */
static void abuse_02_tied_after_listing(void **state)
{
    struct house *house = house_build_with_people();
    struct err err = ERR_NONE;
    (void)state;
    house_listed(house, "tipu.example");
    assert_int_equal(house_entries(house), 1);
    assert_true(casebook_people_tie(house->casebook, STR("Tim Siber Contoh"),
                                    STR("Lembaga Pantau Contoh"), STR("satu yayasan"), &err));
    assert_int_equal(house_entries(house), 0);
    house_tear_down(house);
}

static void abuse_06_others_approve(void **state)
{
    struct ready ready = get_ready(ADI);
    (void)state;
    refused_approval(&ready, ADMIN, ADI, buf_str(&ready.proposal), "is not for admin");
    refused_approval(&ready, RANI, ADI, buf_str(&ready.proposal), "is not for rani");
    refused_approval(&ready, RUDI, ADI, buf_str(&ready.proposal), "is not for rudi");
    refused_approval(&ready, JOKO, JOKO, buf_str(&ready.proposal), "is not for joko");
    refused_approval(&ready, AUDI, ADI, buf_str(&ready.proposal), "is not for audi");
    put_away(&ready);
}

static void abuse_07_rights_taken_in_mid_session(void **state)
{
    struct ready ready = get_ready(ADI);
    struct err err = ERR_NONE;
    (void)state;
    assert_true(
        casebook_people_disable(ready.house->casebook, STR("adi"), STR("pindah kerja"), &err));
    refused_approval(&ready, ADI, ADI, buf_str(&ready.proposal), "adi has no rights here any more");
    put_away(&ready);
}

static void abuse_07_reviewer_left_before_approval(void **state)
{
    struct ready ready = get_ready(ADI);
    struct err err = ERR_NONE;
    (void)state;
    assert_true(
        casebook_people_disable(ready.house->casebook, STR("rani"), STR("pindah kerja"), &err));
    refused_approval(&ready, ADI, ADI, buf_str(&ready.proposal),
                     "the reviewer has no rights here any more");
    put_away(&ready);
}

static void abuse_30_signatures(void **state)
{
    struct ready ready = get_ready(ADI);
    (void)state;
    refused_approval(&ready, ADI, AYU, buf_str(&ready.proposal), "is by another key than");
    refused_approval(&ready, ADI, ADI, STR("{}"), "does not fit the signed bytes");
    /* The reviewer's own signature given twice. */
    house_refused(ready.house, ADI, ACTION_APPROVE, ready.id,
                  (struct casebook_request){.conflict = STR("tidak ada")}, CASEBOOK_REFUSED,
                  "the signature is missing");
    house_refused(ready.house, ADI, ACTION_APPROVE, ready.id,
                  (struct casebook_request){.conflict = STR("tidak ada"),
                                            .signature = STR("-----BEGIN SSH SIGNATURE-----\n")},
                  CASEBOOK_REFUSED, "no armored SSH signature");
    put_away(&ready);
}

/* The signature over the first proposal is worth nothing for the second. */
static void abuse_30_replay_after_a_return(void **state)
{
    struct ready ready = get_ready(ADI);
    struct house *house = ready.house;
    (void)state;
    house_done(house, ADI, ACTION_RETURN, ready.id, reasoned);
    house->clock.fixed_ms += HOUR;
    struct casebook_draft draft = house_draft(house, ready.id, KIND_ENTRY, "tipu.example");
    house_refused(house, RUDI, ACTION_PROPOSE, ready.id, (struct casebook_request){.draft = &draft},
                  CASEBOOK_REFUSED, "is not for rudi");
    house_done(house, RANI, ACTION_PROPOSE, ready.id, (struct casebook_request){.draft = &draft});
    refused_approval(&ready, ADI, ADI, buf_str(&ready.proposal), "answer the blind form first");
    struct casebook_answers answers = house_all(ANSWER_NO);
    house_done(house, ADI, ACTION_ANSWER, ready.id, (struct casebook_request){.answers = &answers});
    refused_approval(&ready, ADI, ADI, buf_str(&ready.proposal), "does not fit the signed bytes");
    house_refused(house, ADI, ACTION_RETURN, ready.id, reasoned, CASEBOOK_REFUSED,
                  "a case is returned once");
    house_done(house, ADI, ACTION_REJECT, ready.id, reasoned);
    assert_int_equal(house_state(house, ready.id), CASE_REJECTED);
    put_away(&ready);
}

/* Who owns the database puts another's signature, over the right bytes, in the reviewer's place. */
static void abuse_30_the_reviewer_s_signature_was_swapped(void **state)
{
    struct ready ready = get_ready(ADI);
    struct house *house = ready.house;
    (void)state;
    struct buf other = house_sign(house, AYU, buf_str(&ready.proposal)), sql = BUF_EMPTY;
    buf_printf(&sql, "UPDATE proposals SET signature = '%s'", other.bytes);
    house_close(house);
    house_sql(house, sql.bytes);
    house_open(house);
    refused_approval(&ready, ADI, ADI, buf_str(&ready.proposal), "the reviewer's signature");
    buf_fini(&other);
    buf_fini(&sql);
    put_away(&ready);
}

static void the_second_look_is_blind(void **state)
{
    struct house *house = house_build_with_people();
    struct buf proposal = BUF_EMPTY, record = BUF_EMPTY;
    struct casebook_answers yes = house_all(ANSWER_NO);
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD);
    house_propose(house, RANI, id, KIND_ENTRY, "tipu.example");
    house->err = ERR_NONE;
    assert_int_equal(
        casebook_to_sign(house->casebook, house->who[ADI], id, &proposal, &record, &house->err),
        CASEBOOK_REFUSED);
    assert_int_equal(proposal.len + record.len, 0);
    /* What everyone may see of a proposal holds none of the reviewer's answers. */
    struct casebook_page page;
    bool found;
    struct err err = ERR_NONE;
    assert_true(casebook_show(house->casebook, id, house->arena, &page, &found, &err));
    assert_null(memmem(page.proposal.at, page.proposal.len, "satire", 6));
    for (size_t i = 0; i < page.event_count; i++) {
        assert_null(memmem(page.events[i].detail.at, page.events[i].detail.len, "satire", 6));
    }
    yes.of[TEST_TESTIMONY] = ANSWER_YES;
    house_done(house, ADI, ACTION_ANSWER, id, (struct casebook_request){.answers = &yes});
    struct casebook_answers no = house_all(ANSWER_NO);
    house_refused(house, ADI, ACTION_ANSWER, id, (struct casebook_request){.answers = &no},
                  CASEBOOK_REFUSED, "your answers on this proposal are in already");
    house->err = ERR_NONE;
    assert_int_equal(
        casebook_to_sign(house->casebook, house->who[ADI], id, &proposal, &record, &house->err),
        CASEBOOK_DONE);
    struct buf signature = house_sign(house, ADI, buf_str(&proposal));
    house_refused(
        house, ADI, ACTION_APPROVE, id,
        (struct casebook_request){.signature = buf_str(&signature), .conflict = STR("tidak ada")},
        CASEBOOK_REFUSED, "your own answers say that it is not listable");
    /* Somebody else's answers do not stand for theirs. */
    house_refused(
        house, AYU, ACTION_APPROVE, id,
        (struct casebook_request){.signature = buf_str(&signature), .conflict = STR("tidak ada")},
        CASEBOOK_REFUSED, "answer the blind form first");
    buf_fini(&signature);
    buf_fini(&proposal);
    buf_fini(&record);
    house_tear_down(house);
}

static void abuse_26_a_late_lease_token(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD);
    house_done(house, RANI, ACTION_CLAIM, id, nothing);
    struct casebook_moved first = house->moved;
    house->clock.fixed_ms += 20 * MINUTE;
    /* No tick came by, and the lease is over all the same. */
    assert_int_equal(house_move(house, RANI, ACTION_DISMISS, id,
                                (struct casebook_request){.lease = first.lease,
                                                          .version = first.version,
                                                          .reason = STR("bukan penipuan")}),
                     CASEBOOK_STALE);
    assert_non_null(strstr(house->err.message, "moved on since"));
    assert_int_equal(house_state(house, id), CASE_FLAGGED);
    house_done(house, RUDI, ACTION_CLAIM, id, nothing);
    int64_t lease = house->moved.lease;
    house_refused(house, RANI, ACTION_DISMISS, id,
                  (struct casebook_request){.lease = first.lease, .reason = STR("bukan penipuan")},
                  CASEBOOK_REFUSED, "is not for rani");
    house_done(house, RUDI, ACTION_RELEASE, id, (struct casebook_request){.lease = lease});
    house_done(house, RANI, ACTION_CLAIM, id, nothing);
    house_refused(house, RANI, ACTION_DISMISS, id,
                  (struct casebook_request){.lease = first.lease, .reason = STR("bukan penipuan")},
                  CASEBOOK_STALE, "is not the one that you hold");
    house_tear_down(house);
}

static void abuse_19_protected_later(void **state)
{
    struct house *house = house_build_with_people();
    struct buf folder = BUF_EMPTY;
    struct err err = ERR_NONE;
    size_t voided;
    (void)state;
    int64_t id = house_listed(house, "tipu.example");
    int64_t other = house_listed(house, "tipu-lain.example");
    int64_t proposed = house_case(house, RULE_FRAUD), fine = house_case(house, RULE_FRAUD);
    house_propose(house, RANI, proposed, KIND_ENTRY, "www.tipu.example");
    house_propose(house, RANI, fine, KIND_ENTRY, "tipu-baru.example");
    house_write(house, "rules/protected/bank.txt", STR("tipu.example\n"));
    buf_printf(&folder, "%s/rules", house->folder);
    struct blocklist_guard *guard =
        blocklist_guard_load((const char *[]){folder.bytes, NULL}, &err);
    assert_non_null(guard);
    assert_true(casebook_protect(house->casebook, guard, &voided, &err));
    assert_int_equal(voided, 2);
    assert_int_equal(house_state(house, id), CASE_VOID);
    assert_int_equal(house_state(house, proposed), CASE_VOID);
    assert_int_equal(house_state(house, other), CASE_LISTED);
    assert_int_equal(house_state(house, fine), CASE_PROPOSED);
    assert_int_equal(house_entries(house), 1);
    blocklist_guard_free(house->guard);
    house->guard = guard;
    buf_fini(&folder);
    house_tear_down(house);
}

/* A program as a set would hold it, of one rule. */
static size_t check_rules(struct house *house, const struct rule *rule)
{
    const struct rule *rules[] = {rule};
    struct rule_program program = {.rules = rules, .rule_count = rule != NULL ? 1 : 0};
    size_t voided;
    struct err err = ERR_NONE;
    assert_true(casebook_check_program(house->casebook, &program, &voided, &err));
    return voided;
}

static void abuse_10_class_or_evidence_changed(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_listed(house, "tipu.example");
    int64_t open = house_case(house, RULE_FRAUD);
    struct rule rule = {.id = STR("aturan-uji"), .class = RULE_FRAUD, .content = {{1}}};
    assert_int_equal(check_rules(house, &rule), 0); /* an edit of the detection is no reason */
    rule.revision.bytes[0] = 9;
    assert_int_equal(check_rules(house, &rule), 2);
    assert_int_equal(house_state(house, id), CASE_VOID);
    assert_int_equal(house_state(house, open), CASE_VOID);
    assert_int_equal(house_entries(house), 0);
    house_tear_down(house);
}

static void abuse_12_the_rule_is_gone_or_expired(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_listed(house, "tipu.example");
    int64_t done = house_case(house, RULE_PROCEDURE);
    house_propose(house, RANI, done, KIND_CORRECTION, "");
    assert_int_equal(house_approve(house, ADI, done), CASEBOOK_DONE);
    house_done(house, RANI, ACTION_CORRECT, done, nothing);
    assert_int_equal(check_rules(house, NULL), 1);
    assert_int_equal(house_state(house, id), CASE_VOID);
    assert_int_equal(house_state(house, done), CASE_CORRECTED); /* it rests on its own day */
    assert_int_equal(house_entries(house), 0);
    house_tear_down(house);
}

/* Abuse 4: the approver changes what they approve. */
static void abuse_04_edit_then_approve(void **state)
{
    struct ready ready = get_ready(ADI);
    struct house *house = ready.house;
    struct buf edited = BUF_EMPTY;
    (void)state;
    buf_put_str(&edited, buf_str(&ready.proposal));
    memcpy(strstr(edited.bytes, "tipu.example"), "beda.example", 12);
    refused_approval(&ready, ADI, ADI, buf_str(&edited), "does not fit the signed bytes");
    struct casebook_draft draft = house_draft(house, ready.id, KIND_ENTRY, "beda.example");
    house_refused(house, ADI, ACTION_PROPOSE, ready.id, (struct casebook_request){.draft = &draft},
                  CASEBOOK_REFUSED, "there is no move \"propose\" for a case that is proposed");
    house_done(house, ADI, ACTION_RETURN, ready.id, reasoned);
    house_refused(house, ADI, ACTION_PROPOSE, ready.id, (struct casebook_request){.draft = &draft},
                  CASEBOOK_REFUSED, "is not for adi");
    buf_fini(&edited);
    put_away(&ready);
}

/* Abuse 9: no fourth class, in signed bytes or in the file. */
static void abuse_09_a_fourth_class(void **state)
{
    struct house *house = house_build_with_people();
    struct buf proposal = BUF_EMPTY, record = BUF_EMPTY;
    struct casebook_page page;
    struct err err = ERR_NONE;
    bool found;
    (void)state;
    int64_t id = house_case(house, RULE_CLAIM);
    house_done(house, RANI, ACTION_CLAIM, id, nothing);
    struct casebook_draft draft = house_draft(house, id, KIND_CORRECTION, "");
    assert_int_equal(
        casebook_draft(house->casebook, house->who[RANI], &draft, &proposal, &record, &err),
        CASEBOOK_DONE);
    memcpy(strstr(proposal.bytes, "\"class\":\"claim\""), "\"class\":\"kabar\"", 15);
    house_refused(house, RANI, ACTION_PROPOSE, id,
                  (struct casebook_request){
                      .proposal = buf_str(&proposal), .record = buf_str(&record), .lease = 1},
                  CASEBOOK_REFUSED, "has other members or values");
    house_close(house);
    house_sql(house, "UPDATE cases SET class = 'opinion'");
    house_open(house);
    assert_false(casebook_show(house->casebook, id, house->arena, &page, &found, &err));
    assert_non_null(strstr(err.message, "it is damaged"));
    buf_fini(&proposal);
    buf_fini(&record);
    house_tear_down(house);
}

/* Abuse 11: the ClaimReview was withdrawn or rated anew, which makes another revision. */
static void abuse_11_the_review_changed(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_case(house, RULE_CLAIM);
    house_propose(house, RANI, id, KIND_CORRECTION, "");
    assert_int_equal(house_approve(house, ADI, id), CASEBOOK_DONE);
    house_done(house, RANI, ACTION_CORRECT, id, nothing);
    struct rule rule = {.id = STR("aturan-uji"), .class = RULE_CLAIM, .revision = {{1}}};
    assert_int_equal(check_rules(house, &rule), 1);
    assert_int_equal(house_state(house, id), CASE_VOID);
    house_tear_down(house);
}

/* Abuse 25, without appeals yet: of two at once, the one that releases wins. */
static void abuse_25_release_wins_a_race(void **state)
{
    struct ready ready = get_ready(ADI);
    struct house *house = ready.house;
    (void)state;
    int64_t version = house_look(house, ready.id).version;
    struct buf signature = house_sign(house, ADI, buf_str(&ready.proposal));
    house_done(house, JOKO, ACTION_WITHDRAW, ready.id, reasoned);
    house_refused(house, ADI, ACTION_APPROVE, ready.id,
                  (struct casebook_request){.version = version,
                                            .signature = buf_str(&signature),
                                            .conflict = STR("tidak ada")},
                  CASEBOOK_STALE, "moved on since");
    assert_int_equal(house_entries(house), 0);
    /* And once suspended, an entry leaves by removal alone. */
    int64_t id = house_listed(house, "tipu-lain.example");
    house_done(house, JOKO, ACTION_SUSPEND, id, reasoned);
    house_refused(
        house, ADI, ACTION_APPROVE, id,
        (struct casebook_request){.signature = buf_str(&signature), .conflict = STR("tidak ada")},
        CASEBOOK_REFUSED, "there is no move");
    house_refused(house, RANI, ACTION_SUSPEND, id, reasoned, CASEBOOK_REFUSED, "there is no move");
    assert_int_equal(house_entries(house), 0);
    house_done(house, RANI, ACTION_REMOVE, id, reasoned);
    buf_fini(&signature);
    put_away(&ready);
}

/* Somebody who was on the team and is an approver now judges what they proposed then. */
static void change_sides(struct house *house, enum house_name who, const char *organisation,
                         enum casebook_role role)
{
    struct buf key = BUF_EMPTY;
    struct err err = ERR_NONE;
    struct str name = str_of(house_names[who]);
    house_key(house->secret[who], &key);
    bool moved = casebook_people_move(house->casebook, name, str_of(organisation), role,
                                      buf_str(&key), STR("pindah kerja"), &err);
    assert_string_equal(err.message, "");
    assert_true(moved);
    house->who[who] = casebook_people_login(house->casebook, name, STR("sandi yang panjang"), &err);
    assert_string_equal(err.message, "");
    buf_fini(&key);
}

/* The session that change_sides made; the house's own stands for all houses. */
static void end_session(struct house *house, enum house_name who)
{
    casebook_session_free(house->who[who]);
}

static void abuse_01_who_proposed_judges(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD);
    house_propose(house, RANI, id, KIND_ENTRY, "tipu.example");
    change_sides(house, RANI, "Lembaga Pantau Contoh", ROLE_INDEPENDENT);
    house_refused(house, RANI, ACTION_REJECT, id, reasoned, CASEBOOK_REFUSED,
                  "nobody judges what they proposed themselves");
    house_refused(house, RANI, ACTION_RETURN, id, reasoned, CASEBOOK_REFUSED,
                  "nobody judges what they proposed themselves");
    struct casebook_answers answers = house_all(ANSWER_NO);
    house_refused(house, RANI, ACTION_ANSWER, id, (struct casebook_request){.answers = &answers},
                  CASEBOOK_REFUSED, "nobody judges what they proposed themselves");
    end_session(house, RANI);
    house_tear_down(house);
}

/* Who owns the file gives an approver the reviewer's key, spelled otherwise. */
static void abuse_01_one_key_for_both(void **state)
{
    struct house *house = house_build_with_people();
    struct buf proposal = BUF_EMPTY, record = BUF_EMPTY;
    struct err err = ERR_NONE;
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD);
    struct casebook_draft draft = house_draft(house, id, KIND_ENTRY, "tipu.example");
    house_done(house, BUDI, ACTION_CLAIM, id, nothing);
    assert_int_equal(
        casebook_draft(house->casebook, house->who[BUDI], &draft, &proposal, &record, &err),
        CASEBOOK_DONE);
    struct buf signature = house_sign(house, BUDI, buf_str(&proposal));
    house_done(house, BUDI, ACTION_PROPOSE, id,
               (struct casebook_request){.proposal = buf_str(&proposal),
                                         .record = buf_str(&record),
                                         .signature = buf_str(&signature),
                                         .lease = house->moved.lease});
    house_close(house);
    house_sql(house, "UPDATE people SET key = (SELECT key FROM people WHERE name = 'budi') || ' b'"
                     " WHERE name = 'adi'");
    house_open(house);
    struct casebook_answers answers = house_all(ANSWER_NO);
    house_done(house, ADI, ACTION_ANSWER, id, (struct casebook_request){.answers = &answers});
    house_refused(
        house, ADI, ACTION_APPROVE, id,
        (struct casebook_request){.signature = buf_str(&signature), .conflict = STR("tidak ada")},
        CASEBOOK_REFUSED, "reviewer and approver have the same key");
    buf_fini(&signature);
    buf_fini(&proposal);
    buf_fini(&record);
    house_tear_down(house);
}

static void abuse_03_an_approver_who_moved_within_90_days(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    change_sides(house, AYU, "Lembaga Lain Contoh", ROLE_INDEPENDENT);
    int64_t id = house_case(house, RULE_FRAUD);
    house_propose(house, RANI, id, KIND_ENTRY, "tipu.example");
    assert_int_equal(house_approve(house, AYU, id), CASEBOOK_REFUSED);
    assert_non_null(strstr(house->err.message, "another organisation less than 90 days ago"));
    assert_int_equal(house_entries(house), 0);
    house->clock.fixed_ms += 90 * DAY;
    house_tick(house);
    int64_t later = house_case(house, RULE_FRAUD);
    house_propose(house, RANI, later, KIND_ENTRY, "tipu.example");
    assert_int_equal(house_approve(house, AYU, later), CASEBOOK_DONE);
    end_session(house, AYU);
    house_tear_down(house);
}

/* The panel: neither who proposed or approved it, nor anybody of an organisation tied to theirs. */
static void abuse_05_the_panel_was_reviewer_or_approver(void **state)
{
    struct house *house = house_build_with_people();
    struct err err = ERR_NONE;
    (void)state;
    int64_t id = house_listed(house, "tipu.example");
    struct casebook_request decide = {.appeal = house_appeal(house, id),
                                      .reason = STR("sudah diperiksa")};
    change_sides(house, RANI, "Panel Banding Contoh", ROLE_APPEALS);
    house_refused(house, RANI, ACTION_UPHOLD, id, decide, CASEBOOK_REFUSED,
                  "you acted in this case yourself");
    change_sides(house, ADI, "Panel Banding Contoh", ROLE_APPEALS);
    house_refused(house, ADI, ACTION_OVERTURN, id, decide, CASEBOOK_REFUSED,
                  "you acted in this case yourself");
    assert_true(casebook_people_tie(house->casebook, STR("Panel Banding Contoh"),
                                    STR("Tim Siber Contoh"), STR("satu atasan"), &err));
    house_refused(house, JOKO, ACTION_UPHOLD, id, decide, CASEBOOK_REFUSED,
                  "your organisation is tied");
    house_refused(house, AYU, ACTION_UPHOLD, id, decide, CASEBOOK_REFUSED, "is not for ayu");
    assert_int_equal(house_entries(house), 0);
    end_session(house, RANI);
    end_session(house, ADI);
    house_tear_down(house);
}

static void abuse_08_an_approval_without_a_word_on_conflicts(void **state)
{
    struct ready ready = get_ready(ADI);
    (void)state;
    struct buf signature = house_sign(ready.house, ADI, buf_str(&ready.proposal));
    house_refused(ready.house, ADI, ACTION_APPROVE, ready.id,
                  (struct casebook_request){.signature = buf_str(&signature)}, CASEBOOK_REFUSED,
                  "conflicts of interest");
    house_refused(
        ready.house, ADI, ACTION_APPROVE, ready.id,
        (struct casebook_request){.signature = buf_str(&signature), .conflict = STR(" \n ")},
        CASEBOOK_REFUSED, "conflicts of interest");
    assert_int_equal(house_entries(ready.house), 0);
    buf_fini(&signature);
    put_away(&ready);
}

/* The file's owner gives the case the evidence of now: what was signed rests on another one. */
static void abuse_10_the_revision_changed_since_it_was_proposed(void **state)
{
    struct ready ready = get_ready(ADI);
    struct house *house = ready.house;
    (void)state;
    house_close(house);
    house_sql(house, "UPDATE cases SET revision = randomblob(32)");
    house_open(house);
    refused_approval(&ready, ADI, ADI, buf_str(&ready.proposal),
                     "class or evidence changed since this was proposed");
    /* And the proposal's own copy with it: what was signed names the old one. */
    house_close(house);
    house_sql(house, "UPDATE proposals SET revision = (SELECT revision FROM cases LIMIT 1)");
    house_open(house);
    refused_approval(&ready, ADI, ADI, buf_str(&ready.proposal), "has other members or values");
    put_away(&ready);
}

/* Opinion, satire, testimony, campaigning, press, warnings: neither of the two can list it. */
static void abuse_13_what_is_speech_is_listed_by_nobody(void **state)
{
    (void)state;
    for (int test = 0; test < CASEBOOK_TEST_COUNT; test++) {
        struct house *house = house_build_with_people();
        int64_t id = house_case(house, RULE_FRAUD), other = house_case(house, RULE_FRAUD);
        struct casebook_draft draft = house_draft(house, id, KIND_ENTRY, "tipu.example");
        draft.answers.of[test] = ANSWER_YES;
        house_done(house, RANI, ACTION_CLAIM, id, nothing);
        house_refused(house, RANI, ACTION_PROPOSE, id,
                      (struct casebook_request){.draft = &draft, .lease = house->moved.lease},
                      CASEBOOK_REFUSED, casebook_test_name((enum casebook_test)test));
        house_propose(house, RANI, other, KIND_ENTRY, "tipu.example");
        struct casebook_answers answers = house_all(ANSWER_NO);
        answers.of[test] = ANSWER_YES;
        house_done(house, ADI, ACTION_ANSWER, other,
                   (struct casebook_request){.answers = &answers});
        assert_int_equal(house_sign_move(house, ADI, ACTION_APPROVE, other), CASEBOOK_REFUSED);
        assert_non_null(strstr(house->err.message, "your own answers say"));
        assert_int_equal(house_entries(house), 0);
        house_tear_down(house);
    }
}

struct words {
    const char *name;
    struct str reason;
    const char *error; /* NULL: it is fine */
};

static const struct words words[] = {
    {"abuse 37: a line break that would start a row", STR("ya\n{\"action\":\"list\",\"seq\":9}"),
     NULL},
    {"abuse 37: quotes and backslashes", STR("\",\"prev\":\"\\"), NULL},
    {"abuse 37: NUL", STR("ya\0tidak"), "U+0000"},
    {"abuse 37: escape", STR("\x1b[2J bersih"), "U+001B"},
    {"abuse 37: bad UTF-8", STR("ya \xff\xfe"), "the reason is no UTF-8"},
    {"abuse 37: line separator", STR("ya \xe2\x80\xa8 tidak"), "U+2028"},
    {"blank", STR(" \n \n "), "the reason is blank"},
    {"nothing", STR(""), "the reason has 0 characters"},
};

static bool is_one_line(void *context, const struct casebook_row *row)
{
    struct buf line = BUF_EMPTY;
    (void)context;
    casebook_audit_format(row, &line);
    assert_null(memchr(line.bytes, '\n', line.len));
    assert_null(memchr(line.bytes, '\0', line.len));
    buf_fini(&line);
    return true;
}

static void words_in_the_log(void **state)
{
    const struct words *one = *state;
    struct house *house = house_build_with_people();
    struct casebook_report report;
    struct err err = ERR_NONE;
    int64_t id = house_case(house, RULE_FRAUD);
    house_done(house, RANI, ACTION_CLAIM, id, nothing);
    struct casebook_request request = {.reason = one->reason, .lease = 1};
    if (one->error != NULL) {
        house_refused(house, RANI, ACTION_DISMISS, id, request, CASEBOOK_REFUSED, one->error);
    } else {
        house_done(house, RANI, ACTION_DISMISS, id, request);
    }
    assert_true(casebook_audit_read(house->casebook, 1, is_one_line, NULL, &err));
    assert_int_equal(casebook_audit_verify(house->casebook, NULL, &report, &err), AUDIT_INTACT);
    house_tear_down(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(abuse_02_approver_of_a_tied_organisation),
        cmocka_unit_test(abuse_02_tied_after_listing),
        cmocka_unit_test(abuse_04_edit_then_approve),
        cmocka_unit_test(abuse_06_others_approve),
        cmocka_unit_test(abuse_07_rights_taken_in_mid_session),
        cmocka_unit_test(abuse_07_reviewer_left_before_approval),
        cmocka_unit_test(abuse_09_a_fourth_class),
        cmocka_unit_test(abuse_10_class_or_evidence_changed),
        cmocka_unit_test(abuse_11_the_review_changed),
        cmocka_unit_test(abuse_12_the_rule_is_gone_or_expired),
        cmocka_unit_test(abuse_19_protected_later),
        cmocka_unit_test(abuse_25_release_wins_a_race),
        cmocka_unit_test(abuse_26_a_late_lease_token),
        cmocka_unit_test(abuse_30_signatures),
        cmocka_unit_test(abuse_30_replay_after_a_return),
        cmocka_unit_test(abuse_30_the_reviewer_s_signature_was_swapped),
        cmocka_unit_test(abuse_01_who_proposed_judges),
        cmocka_unit_test(abuse_01_one_key_for_both),
        cmocka_unit_test(abuse_03_an_approver_who_moved_within_90_days),
        cmocka_unit_test(abuse_05_the_panel_was_reviewer_or_approver),
        cmocka_unit_test(abuse_08_an_approval_without_a_word_on_conflicts),
        cmocka_unit_test(abuse_10_the_revision_changed_since_it_was_proposed),
        cmocka_unit_test(abuse_13_what_is_speech_is_listed_by_nobody),
        cmocka_unit_test(the_second_look_is_blind),
    };
    return RUN_CASES("words", words, words_in_the_log) +
           cmocka_run_group_tests_name("abuse", tests, NULL, NULL);
}
