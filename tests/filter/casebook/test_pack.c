#include "filter/casebook/pack.h"

#include "filter/base/canonical.h"
#include "filter/base/sshsig.h"
#include "tests/filter/casebook/house.h"

static const struct casebook_request sent = {.case_id = 0};
static const struct casebook_request reasoned = {.reason = {.at = "sudah diperiksa", .len = 15}};

static int64_t referred(struct house *house, enum rule_class class, enum casebook_recipient kind,
                        const char *name)
{
    int64_t id = house_case(house, class);
    struct casebook_draft draft = house_draft(house, id, KIND_REFERRAL, "");
    draft.recipient = kind;
    draft.recipient_name = str_of(name);
    house_done(house, RANI, ACTION_CLAIM, id, sent);
    house_done(house, RANI, ACTION_PROPOSE, id,
               (struct casebook_request){.draft = &draft, .lease = house->moved.lease});
    assert_int_equal(house_approve(house, ADI, id), CASEBOOK_DONE);
    house_done(house, RANI, ACTION_REFER, id, sent);
    return id;
}

static enum casebook_outcome load(struct house *house, int64_t id, struct casebook_pack *pack)
{
    house->err = ERR_NONE;
    return casebook_pack_load(house->casebook, house->addressees, id, house->arena, pack,
                              &house->err);
}

static enum casebook_pack_kind kind_of(struct house *house, int64_t id)
{
    struct casebook_pack pack;
    assert_int_equal(load(house, id, &pack), CASEBOOK_DONE);
    return pack.kind;
}

static void refuses(struct house *house, int64_t id, const char *words)
{
    struct casebook_pack pack;
    assert_int_equal(load(house, id, &pack), CASEBOOK_REFUSED);
    if (strstr(house->err.message, words) == NULL) {
        assert_string_equal(house->err.message, words);
    }
}

/* Both signatures are over the very bytes that it holds, and it names nobody. */
static void it_holds_what_two_signed(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    struct casebook_pack pack;
    struct buf json = BUF_EMPTY;
    struct err err = ERR_NONE;
    int64_t id = referred(house, RULE_CLAIM, RECIPIENT_PLATFORM, "Media Contoh");
    assert_int_equal(load(house, id, &pack), CASEBOOK_DONE);
    assert_int_equal(pack.kind, PACK_REFERRAL);
    assert_true(str_is(pack.url, "https://media.example/@warung.kopi/1"));
    assert_true(str_is(pack.claim, "Pendaftaran pemilih dipungut biaya."));
    assert_true(str_is(pack.address, "https://media.example/lapor"));
    assert_int_equal(pack.answer_ms, pack.referred_ms + 14 * DAY);
    assert_int_equal(pack.evidence_count, 1);
    assert_int_equal(pack.people_count, 2);
    struct buf by_adi = house_sign(house, ADI, pack.proposal);
    assert_true(str_equal(pack.people[1].signature, buf_str(&by_adi))); /* Ed25519 is one */
    assert_true(casebook_pack_write(&pack, "https://register.example", &json, &err));
    json_t *read = canonical_read(buf_str(&json), &err);
    assert_non_null(read);
    assert_null(strstr(json.bytes, "rani"));
    assert_null(strstr(json.bytes, "\"adi\""));
    assert_non_null(strstr(json.bytes, "https://register.example/kasus-"));
    json_decref(read);
    buf_fini(&by_adi);
    buf_fini(&json);
    house_tear_down(house);
}

/* Nothing is sent that was not signed by two, and sent by the team. */
static void not_before_it_was_sent(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    int64_t id = house_case(house, RULE_CLAIM);
    refuses(house, id, "was not referred");
    house_propose(house, RANI, id, KIND_REFERRAL, "");
    refuses(house, id, "was not referred");
    assert_int_equal(house_approve(house, ADI, id), CASEBOOK_DONE);
    refuses(house, id, "was not referred");
    int64_t other = house_case(house, RULE_CLAIM);
    house_propose(house, RANI, other, KIND_CORRECTION, "");
    assert_int_equal(house_approve(house, ADI, other), CASEBOOK_DONE);
    house_done(house, RANI, ACTION_CORRECT, other, sent);
    refuses(house, other, "was not referred");
    refuses(house, 999, "there is no case");
    refuses(house, house_listed(house, "tipu.example"), "was not referred");
    house_tear_down(house);
}

static void it_says_how_the_referral_stands(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    struct casebook_pack pack;
    int64_t id = referred(house, RULE_PROCEDURE, RECIPIENT_SUPERVISOR, "Pengawas Contoh");
    int64_t appeal = house_appeal(house, id);
    assert_int_equal(kind_of(house, id), PACK_DISPUTED);
    assert_int_equal(house_decide(house, ACTION_UPHOLD, id, appeal), CASEBOOK_DONE);
    assert_int_equal(kind_of(house, id), PACK_UPHELD);
    house_done(house, RANI, ACTION_REPLY, id, reasoned);
    assert_int_equal(load(house, id, &pack), CASEBOOK_DONE);
    assert_int_equal(pack.answer_ms, CLOCK_NEVER);
    house_done(house, RANI, ACTION_WITHDRAW, id, reasoned);
    assert_int_equal(load(house, id, &pack), CASEBOOK_DONE);
    assert_int_equal(pack.kind, PACK_WITHDRAWN);
    assert_true(str_is(pack.ended_why, "sudah diperiksa"));
    house_tear_down(house);
}

/* An appeal that nobody decides ends in a withdrawal: the recipient hears of that too. */
static void an_appeal_that_is_left_withdraws(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    int64_t id = referred(house, RULE_CLAIM, RECIPIENT_PLATFORM, "Media Contoh");
    (void)house_appeal(house, id);
    house->clock.fixed_ms += 73 * HOUR;
    (void)house_tick(house);
    assert_int_equal(house_state(house, id), CASE_WITHDRAWN);
    assert_int_equal(kind_of(house, id), PACK_WITHDRAWN);
    house_tear_down(house);
}

static void it_goes_with_the_content(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    int64_t id = referred(house, RULE_FRAUD, RECIPIENT_HOSTING, "Hosting Contoh");
    house->clock.fixed_ms += 15 * DAY;
    (void)house_tick(house);
    assert_int_equal(house_state(house, id), CASE_UNANSWERED);
    assert_int_equal(kind_of(house, id), PACK_REFERRAL);
    house->clock.fixed_ms += 120 * DAY;
    (void)house_tick(house);
    (void)house_tick(house);
    assert_int_equal(house_state(house, id), CASE_PURGED);
    refuses(house, id, "the pack with it");
    house_tear_down(house);
}

struct answers {
    const char *name;
    enum casebook_recipient kind;
    const char *recipient;
    enum casebook_answer official, hacked, satire;
    const char *words; /* "": allowed */
};

/* What was hacked may be reported to its host, of whomever it is; nothing else may. */
static const struct answers answers[] = {
    {"nothing answered with yes", RECIPIENT_HOSTING, "Hosting Contoh", ANSWER_NO, ANSWER_NO,
     ANSWER_NO, ""},
    {"a hacked site", RECIPIENT_HOSTING, "Hosting Contoh", ANSWER_NO, ANSWER_YES, ANSWER_NO, ""},
    {"a government's hacked site", RECIPIENT_HOSTING, "Hosting Contoh", ANSWER_YES, ANSWER_YES,
     ANSWER_NO, ""},
    {"a government's own words", RECIPIENT_HOSTING, "Hosting Contoh", ANSWER_YES, ANSWER_NO,
     ANSWER_NO, "\"official\""},
    {"satire on a hacked site", RECIPIENT_HOSTING, "Hosting Contoh", ANSWER_NO, ANSWER_YES,
     ANSWER_YES, "\"satire\""},
    {"a hacked site, to a platform", RECIPIENT_PLATFORM, "Media Contoh", ANSWER_NO, ANSWER_YES,
     ANSWER_NO, "\"hacked\""},
    {"a hacked site, to the supervisor", RECIPIENT_SUPERVISOR, "Pengawas Contoh", ANSWER_NO,
     ANSWER_YES, ANSWER_NO, "\"hacked\""},
    {"a name that is not on the list", RECIPIENT_HOSTING, "Hosting Lain", ANSWER_NO, ANSWER_NO,
     ANSWER_NO, "allow/recipients.txt"},
    {"a name of another kind", RECIPIENT_PLATFORM, "Hosting Contoh", ANSWER_NO, ANSWER_NO,
     ANSWER_NO, "allow/recipients.txt"},
    {"the police", RECIPIENT_PLATFORM, "Polda Contoh", ANSWER_NO, ANSWER_NO, ANSWER_NO,
     "the police"},
};

static void what_a_host_may_be_told(void **state)
{
    const struct answers *one = *state;
    struct house *house = house_build_with_people();
    int64_t id = house_case(house, RULE_FRAUD);
    struct casebook_draft draft = house_draft(house, id, KIND_REFERRAL, "");
    draft.recipient = one->kind;
    draft.recipient_name = str_of(one->recipient);
    draft.answers.of[TEST_OFFICIAL] = one->official;
    draft.answers.of[TEST_HACKED] = one->hacked;
    draft.answers.of[TEST_SATIRE] = one->satire;
    house_done(house, RANI, ACTION_CLAIM, id, sent);
    const struct casebook_request request = {.draft = &draft, .lease = house->moved.lease};
    if (one->words[0] != '\0') {
        house_refused(house, RANI, ACTION_PROPOSE, id, request, CASEBOOK_REFUSED, one->words);
    } else {
        house_done(house, RANI, ACTION_PROPOSE, id, request);
    }
    house_tear_down(house);
}

/* The approver's own blind answers are held to the same. */
static void the_second_look_too(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    const enum casebook_answer officials[] = {ANSWER_NO, ANSWER_YES},
                               hacks[] = {ANSWER_NO, ANSWER_YES};
    for (size_t i = 0; i < 4; i++) {
        int64_t id = house_case(house, RULE_FRAUD);
        struct casebook_draft draft = house_draft(house, id, KIND_REFERRAL, "");
        struct casebook_answers own = house_all(ANSWER_NO);
        own.of[TEST_OFFICIAL] = officials[i % 2];
        own.of[TEST_HACKED] = hacks[i / 2];
        draft.recipient = RECIPIENT_HOSTING;
        draft.recipient_name = STR("Hosting Contoh");
        draft.answers.of[TEST_HACKED] = ANSWER_YES;
        house_done(house, RANI, ACTION_CLAIM, id, sent);
        house_done(house, RANI, ACTION_PROPOSE, id,
                   (struct casebook_request){.draft = &draft, .lease = house->moved.lease});
        house_done(house, ADI, ACTION_ANSWER, id, (struct casebook_request){.answers = &own});
        enum casebook_outcome outcome = house_sign_move(house, ADI, ACTION_APPROVE, id);
        bool may = i != 1; /* official, and not hacked */
        assert_int_equal(outcome, may ? CASEBOOK_DONE : CASEBOOK_REFUSED);
    }
    house_tear_down(house);
}

/* Without a list nothing is referred; one that is off the list by then is not sent to. */
static void the_list_of_now_counts(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    int64_t id = house_case(house, RULE_CLAIM);
    house_propose(house, RANI, id, KIND_REFERRAL, "");
    assert_int_equal(house_approve(house, ADI, id), CASEBOOK_DONE);
    casebook_address(house->casebook, NULL);
    house_refused(house, RANI, ACTION_REFER, id, sent, CASEBOOK_REFUSED, "allow/recipients.txt");
    casebook_address(house->casebook, house->addressees);
    house_done(house, RANI, ACTION_REFER, id, sent);
    house_tear_down(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_holds_what_two_signed),
        cmocka_unit_test(not_before_it_was_sent),
        cmocka_unit_test(it_says_how_the_referral_stands),
        cmocka_unit_test(an_appeal_that_is_left_withdraws),
        cmocka_unit_test(it_goes_with_the_content),
        cmocka_unit_test(the_second_look_too),
        cmocka_unit_test(the_list_of_now_counts),
    };
    return RUN_CASES("answers", answers, what_a_host_may_be_told) +
           cmocka_run_group_tests(tests, NULL, NULL);
}
