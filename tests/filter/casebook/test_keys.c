/* Keys that change, and organisations that may not approve: asked at moves and of the log. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "filter/base/sshsig.h"
#include "filter/casebook/keys.h"
#include "filter/casebook/organisation.h"
#include "tests/filter/casebook/house.h"

static struct buf sign_with(const unsigned char secret[64], struct str message)
{
    struct buf armored = BUF_EMPTY;
    sshsig_sign(secret, message, &armored);
    return armored;
}

/* ADI gets a new key in the running season; its secret goes into the house. */
static void replace_key(struct house *house, enum house_name who)
{
    struct buf line = BUF_EMPTY;
    struct err err = ERR_NONE;
    house_key(house->secret[who], &line);
    assert_true(casebook_key_replace(house->casebook, str_of(house_names[who]), buf_str(&line),
                                     STR("kunci lama hilang"), &err));
    assert_string_equal(err.message, "");
    buf_fini(&line);
}

static struct house *in_season(void)
{
    struct house *house = house_build_with_people();
    house_season(house, HOUSE_START, HOUSE_START + 100 * DAY);
    house->clock.fixed_ms += 80 * HOUR;
    return house;
}

static bool certify(struct house *house, const unsigned char secret[64], struct err *err)
{
    struct buf certificate = BUF_EMPTY;
    assert_true(casebook_key_certificate(house->casebook, STR("adi"), &certificate, err));
    struct buf signature = sign_with(secret, buf_str(&certificate));
    bool done = casebook_key_certify(house->casebook, STR("adi"), buf_str(&signature), err);
    buf_fini(&certificate);
    buf_fini(&signature);
    return done;
}

/* The old key, which the season's file names, stands for the new one. */
static void a_new_key_counts_when_certified(void **state)
{
    struct house *house = in_season();
    struct err err = ERR_NONE;
    unsigned char old[64], strangers[64];
    struct buf line = BUF_EMPTY;
    (void)state;
    memcpy(old, house->secret[ADI], sizeof old);
    replace_key(house, ADI);
    int64_t id = house_case(house, RULE_FRAUD);
    house_propose(house, RANI, id, KIND_ENTRY, "tipu.example");
    assert_int_equal(house_approve(house, ADI, id), CASEBOOK_REFUSED);
    assert_non_null(strstr(house->err.message, "nor certified by one"));
    house_key(strangers, &line);
    assert_false(certify(house, strangers, &err));
    err = ERR_NONE;
    assert_false(certify(house, house->secret[ADI], &err)); /* nobody vouches for themselves */
    err = ERR_NONE;
    assert_false(certify(house, house->secret[AYU], &err)); /* nor another organisation */
    assert_non_null(strstr(err.message, "that counts in this season"));
    err = ERR_NONE;
    assert_true(certify(house, old, &err));
    struct buf proposal = BUF_EMPTY, record = BUF_EMPTY;
    house_factor(house, ADI);
    assert_int_equal(
        casebook_to_sign(house->casebook, house->who[ADI], id, &proposal, &record, &err),
        CASEBOOK_DONE);
    struct buf by_old = sign_with(old, buf_str(&proposal));
    house_refused(
        house, ADI, ACTION_APPROVE, id,
        (struct casebook_request){.signature = buf_str(&by_old), .conflict = STR("tidak ada")},
        CASEBOOK_REFUSED, "the approver's signature");
    struct buf by_new = sign_with(house->secret[ADI], buf_str(&proposal));
    house_done(
        house, ADI, ACTION_APPROVE, id,
        (struct casebook_request){.signature = buf_str(&by_new), .conflict = STR("tidak ada")});
    assert_int_equal(house_entries(house), 1);
    buf_fini(&by_old);
    buf_fini(&by_new);
    buf_fini(&line);
    buf_fini(&proposal);
    buf_fini(&record);
    house_tear_down(house);
}

/* The lists read the log alone: a row that says "certified" over a bad signature is worth nothing.
 */
static void a_forged_certificate_lists_nothing(void **state)
{
    struct house *house = in_season();
    (void)state;
    replace_key(house, ADI);
    house_sql(house, "UPDATE keys SET season = (SELECT lower(hex(id)) FROM seasons) WHERE"
                     " until_ms IS NULL AND person = 'adi'");
    int64_t id = house_case(house, RULE_FRAUD);
    house_propose(house, RANI, id, KIND_ENTRY, "tipu.example");
    assert_int_equal(house_approve(house, ADI, id), CASEBOOK_DONE);
    assert_int_equal(house_entries(house), 0);
    house_tear_down(house);
}

static void a_revoked_key_releases_what_it_signed(void **state)
{
    struct house *house = in_season();
    struct err err = ERR_NONE;
    size_t released;
    (void)state;
    int64_t id = house_listed(house, "tipu.example");
    assert_int_equal(house_entries(house), 1);
    assert_true(casebook_key_revoke(house->casebook, STR("adi"), STR(""), STR("laptop dicuri"),
                                    &released, &err));
    assert_int_equal(released, 1);
    assert_int_equal(house_entries(house), 0);
    assert_int_equal(house_state(house, id), CASE_VOID);
    id = house_case(house, RULE_FRAUD);
    house_propose(house, RANI, id, KIND_ENTRY, "tipu-lagi.example");
    assert_int_equal(house_approve(house, ADI, id), CASEBOOK_REFUSED);
    assert_non_null(strstr(house->err.message, "adi has no key to sign with"));
    /* Neither the person nor anybody else comes back with it, and it certifies nothing. */
    unsigned char old[64];
    memcpy(old, house->secret[ADI], sizeof old);
    struct sshsig_key key;
    struct buf line = BUF_EMPTY;
    crypto_sign_ed25519_sk_to_pk(key.bytes, old);
    sshsig_key_format(&key, &line);
    assert_false(casebook_key_replace(house->casebook, STR("ayu"), buf_str(&line),
                                      STR("pinjam kunci"), &err));
    assert_non_null(strstr(err.message, "one person, one account"));
    err = ERR_NONE;
    replace_key(house, ADI);
    assert_false(certify(house, old, &err));
    buf_fini(&line);
    house_tear_down(house);
}

/* Even without the rows of the tables: the log says that the key was revoked. */
static void revoked_in_the_log_is_enough(void **state)
{
    struct house *house = in_season();
    struct err err = ERR_NONE;
    size_t released;
    (void)state;
    house_listed(house, "tipu.example");
    house_sql(house, "UPDATE entries SET reviewer = 'x', approver = 'x'");
    assert_true(casebook_key_revoke(house->casebook, STR("rani"), STR(""), STR("laptop dicuri"),
                                    &released, &err));
    assert_int_equal(released, 0);
    assert_int_equal(house_entries(house), 0);
    house_tear_down(house);
}

/* A forgotten password loses what it sealed: the new key waits for a colleague's. */
static void a_reset_reviewer_is_certified_by_a_colleague(void **state)
{
    struct house *house = in_season();
    struct err err = ERR_NONE;
    const struct str fresh = STR("kata baru yang acak");
    (void)state;
    assert_true(casebook_people_reset(house->casebook, STR("rani"), fresh, STR("lupa"), &err));
    struct casebook_session *before = house->who[RANI];
    house->who[RANI] = casebook_people_login(house->casebook, STR("rani"), fresh, &err);
    assert_non_null(house->who[RANI]);
    int64_t id = house_case(house, RULE_FRAUD);
    house_done(house, RANI, ACTION_CLAIM, id, (struct casebook_request){.lease = 0});
    struct casebook_draft draft = house_draft(house, id, KIND_ENTRY, "tipu.example");
    struct casebook_request propose = {.draft = &draft, .lease = house->moved.lease};
    house_refused(house, RANI, ACTION_PROPOSE, id, propose, CASEBOOK_REFUSED,
                  "nor certified by one");
    assert_false(casebook_key_certify_by(house->casebook, house->who[RANI], STR("rani"), &err));
    assert_non_null(strstr(err.message, "no second factor"));
    err = ERR_NONE;
    house_enrol(house, RUDI, NULL);
    house_factor(house, RUDI);
    assert_true(casebook_key_certify_by(house->casebook, house->who[RUDI], STR("rani"), &err));
    house_done(house, RANI, ACTION_PROPOSE, id, propose);
    assert_int_equal(house_approve(house, ADI, id), CASEBOOK_DONE);
    assert_int_equal(house_entries(house), 1);
    casebook_session_free(house->who[RANI]);
    house->who[RANI] = before;
    house_tear_down(house);
}

static void count_key(void *context, const struct casebook_key *key)
{
    size_t *counts = context;
    counts[0]++;
    counts[1] += key->until_ms != CLOCK_NEVER ? 1 : 0;
    counts[2] += key->is_revoked ? 1 : 0;
    counts[3] += key->signature.len > 0 && key->certificate.len > 0 ? 1 : 0;
    assert_true(str_starts(key->fingerprint, STR("SHA256:")));
}

static void the_register_has_every_key(void **state)
{
    struct house *house = in_season();
    struct err err = ERR_NONE;
    size_t before[4] = {0}, counts[4] = {0}, released;
    unsigned char old[64];
    (void)state;
    assert_true(casebook_keys(house->casebook, count_key, before, &err));
    memcpy(old, house->secret[ADI], sizeof old);
    replace_key(house, ADI);
    assert_true(certify(house, old, &err));
    assert_true(
        casebook_key_revoke(house->casebook, STR("ayu"), STR(""), STR("dicuri"), &released, &err));
    assert_true(casebook_keys(house->casebook, count_key, counts, &err));
    assert_int_equal(counts[0], before[0] + 1);
    assert_int_equal(counts[1], 2);
    assert_int_equal(counts[2], 1);
    assert_int_equal(counts[3], 1);
    assert_int_equal(house_log_rows(house, "key"), 1);
    assert_int_equal(house_log_rows(house, "certify"), 1);
    assert_int_equal(house_log_rows(house, "revoke"), 1);
    house_tear_down(house);
}

/* Abuse 3: for 90 days after coming from another organisation A approves nothing. */
static void abuse_03_a_moved_lately(void **state)
{
    struct house *house = house_build_with_people();
    struct err err = ERR_NONE;
    (void)state;
    assert_true(casebook_people_move(house->casebook, STR("adi"), STR("Yayasan Baru Contoh"),
                                     ROLE_INDEPENDENT, STR(""), STR("pindah kerja"), &err));
    int64_t id = house_case(house, RULE_FRAUD);
    house_propose(house, RANI, id, KIND_ENTRY, "tipu.example");
    house->clock.fixed_ms += HOUR;
    assert_int_equal(house_approve(house, ADI, id), CASEBOOK_REFUSED);
    assert_non_null(strstr(house->err.message, "less than 90 days ago"));
    assert_int_equal(house_entries(house), 0);
    assert_true(house_log_rows(house, "refused") > 0);
    house->clock.fixed_ms += 91 * DAY;
    house_listed(house, "tipu-lagi.example");
    assert_int_equal(house_entries(house), 1);
    house_tear_down(house);
}

/* A reviewer who goes over to the other side brings a key of their own, and waits as well. */
static void abuse_03_a_reviewer_becomes_an_approver(void **state)
{
    struct house *house = house_build_with_people();
    struct err err = ERR_NONE;
    struct buf line = BUF_EMPTY;
    (void)state;
    assert_false(casebook_people_move(house->casebook, STR("rudi"), STR("Kampus Contoh"),
                                      ROLE_INDEPENDENT, STR(""), STR("pindah"), &err));
    assert_non_null(strstr(err.message, "brings a key"));
    err = ERR_NONE;
    house_key(house->secret[RUDI], &line);
    assert_true(casebook_people_move(house->casebook, STR("rudi"), STR("Kampus Contoh"),
                                     ROLE_INDEPENDENT, buf_str(&line), STR("pindah"), &err));
    int64_t id = house_case(house, RULE_FRAUD);
    house_propose(house, RANI, id, KIND_ENTRY, "tipu.example");
    assert_int_equal(house_approve(house, RUDI, id), CASEBOOK_REFUSED); /* an old session */
    assert_non_null(strstr(house->err.message, "no rights here any more"));
    struct casebook_session *before = house->who[RUDI];
    house->who[RUDI] =
        casebook_people_login(house->casebook, STR("rudi"), STR("sandi yang panjang"), &err);
    assert_false(casebook_session_can_sign(house->who[RUDI]));
    assert_int_equal(house_approve(house, RUDI, id), CASEBOOK_REFUSED);
    assert_non_null(strstr(house->err.message, "less than 90 days ago"));
    casebook_session_free(house->who[RUDI]);
    house->who[RUDI] = before;
    buf_fini(&line);
    house_tear_down(house);
}

static const struct sector_case {
    const char *name;
    enum casebook_sector sector;
} sectors[] = {
    {"abuse 2: of the executive", SECTOR_EXECUTIVE},
    {"abuse 2: of the police", SECTOR_POLICE},
    {"abuse 2: of the military", SECTOR_MILITARY},
    {"abuse 2: of a party", SECTOR_PARTY},
};

/* Whoever answers to them approves nothing, and what they approved before is out of force. */
static void barred_sectors(void **state)
{
    const struct sector_case *one = *state;
    struct house *house = house_build_with_people();
    struct err err = ERR_NONE;
    house_listed(house, "tipu.example");
    assert_int_equal(house_entries(house), 1);
    assert_true(casebook_organisation_sector(house->casebook, STR("Kantor Contoh"), one->sector,
                                             STR("menurut akta"), &err));
    assert_int_equal(house_entries(house), 1);
    assert_true(casebook_people_tie(house->casebook, STR("Lembaga Pantau Contoh"),
                                    STR("Kantor Contoh"), STR("dibiayai olehnya"), &err));
    assert_int_equal(house_entries(house), 0);
    int64_t id = house_case(house, RULE_FRAUD);
    house_propose(house, RANI, id, KIND_ENTRY, "tipu-lagi.example");
    assert_int_equal(house_approve(house, ADI, id), CASEBOOK_REFUSED);
    assert_non_null(strstr(house->err.message, "executive, the police, the military or a party"));
    assert_int_equal(house_approve(house, AYU, id), CASEBOOK_DONE);
    assert_int_equal(house_entries(house), 1);
    /* Nor does such an organisation come in as an independent one, and it is so for good. */
    struct buf line = BUF_EMPTY;
    unsigned char secret[64];
    house_key(secret, &line);
    struct casebook_newcomer newcomer = {.name = STR("baru"),
                                         .organisation = STR("kantor  contoh"),
                                         .role = ROLE_INDEPENDENT,
                                         .key = buf_str(&line),
                                         .password = STR("sandi yang panjang")};
    assert_false(casebook_people_add(house->casebook, &newcomer, &err));
    assert_non_null(strstr(err.message, "it can't be independent"));
    err = ERR_NONE;
    assert_false(casebook_organisation_sector(house->casebook, STR("Kantor Contoh"), SECTOR_CIVIL,
                                              STR("berubah"), &err));
    assert_non_null(strstr(err.message, "for good"));
    buf_fini(&line);
    house_tear_down(house);
}

static void see_organisation(void *context, const struct casebook_organisation *one)
{
    size_t *seen = context;
    if (str_is(one->name, "Lembaga Pantau Contoh")) {
        seen[0]++;
        assert_int_equal(one->tie_count, 1);
        assert_true(str_is(one->ties[0], "Partai Contoh"));
        assert_true(str_is(one->tie_reasons[0], "satu pendiri"));
        assert_true(one->is_barred);
        assert_int_equal(one->role, ROLE_INDEPENDENT);
        assert_int_equal(one->people, 1);
    }
    seen[1] += one->is_barred ? 1 : 0;
}

static void ties_are_shown(void **state)
{
    struct house *house = house_build_with_people();
    struct err err = ERR_NONE;
    size_t seen[2] = {0};
    (void)state;
    assert_true(casebook_organisation_sector(house->casebook, STR("Partai Contoh"), SECTOR_PARTY,
                                             STR("terdaftar"), &err));
    assert_true(casebook_people_tie(house->casebook, STR("Lembaga Pantau Contoh"),
                                    STR("Partai Contoh"), STR("satu pendiri"), &err));
    assert_true(casebook_organisations(house->casebook, see_organisation, seen, &err));
    assert_int_equal(seen[0], 1);
    assert_int_equal(seen[1], 2);
    house_tear_down(house);
}

/* Abuse 8: without a word about conflicts nobody approves; what was declared stands beside. */
static void abuse_08_conflict_undeclared(void **state)
{
    struct house *house = house_build_with_people();
    struct casebook_answers answers = house_all(ANSWER_NO);
    struct buf proposal = BUF_EMPTY, record = BUF_EMPTY;
    struct err err = ERR_NONE;
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD);
    house_propose(house, RANI, id, KIND_ENTRY, "tipu.example");
    house_done(house, ADI, ACTION_ANSWER, id, (struct casebook_request){.answers = &answers});
    assert_int_equal(
        casebook_to_sign(house->casebook, house->who[ADI], id, &proposal, &record, &err),
        CASEBOOK_DONE);
    struct buf signature = house_sign(house, ADI, buf_str(&proposal));
    const char *const empty[] = {"", " ", "\xe2\x80\x8b\xe2\x80\x8b"};
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
        house_refused(house, ADI, ACTION_APPROVE, id,
                      (struct casebook_request){.signature = buf_str(&signature),
                                                .conflict = str_of(empty[i])},
                      CASEBOOK_REFUSED, "conflicts of interest");
    }
    assert_true(casebook_people_declare(house->casebook, STR("adi"),
                                        STR("saudara kandung anggota tim sukses"), &err));
    assert_false(casebook_people_declare(house->casebook, STR("siapa"), STR("ada"), &err));
    assert_int_equal(house_log_rows(house, "declare"), 1);
    buf_fini(&signature);
    buf_fini(&proposal);
    buf_fini(&record);
    house_tear_down(house);
}

static const struct mail_case {
    const char *name, *address;
    bool good;
} mails[] = {
    {"ordinary", "adi@lembaga-contoh.example", true},
    {"none", "", true},
    {"two recipients", "adi@contoh.example,lain@contoh.example", false},
    {"a line break", "adi@contoh.example\r\nBcc: lain@contoh.example", false},
    {"an option", "-oX@contoh.example", false},
    {"no domain", "adi@", false},
    {"no at", "adi", false},
    {"brackets", "<adi@contoh.example>", false},
};

static void addresses(void **state)
{
    const struct mail_case *one = *state;
    struct house *house = house_build_with_people();
    struct err err = ERR_NONE;
    assert_int_equal(
        casebook_people_contact(house->casebook, STR("adi"), str_of(one->address), &err),
        one->good);
    assert_int_equal(house_log_rows(house, "contact"), one->good ? 1 : 0);
    house_tear_down(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_key_counts_when_certified),
        cmocka_unit_test(a_forged_certificate_lists_nothing),
        cmocka_unit_test(a_revoked_key_releases_what_it_signed),
        cmocka_unit_test(revoked_in_the_log_is_enough),
        cmocka_unit_test(a_reset_reviewer_is_certified_by_a_colleague),
        cmocka_unit_test(the_register_has_every_key),
        cmocka_unit_test(abuse_03_a_moved_lately),
        cmocka_unit_test(abuse_03_a_reviewer_becomes_an_approver),
        cmocka_unit_test(ties_are_shown),
        cmocka_unit_test(abuse_08_conflict_undeclared),
    };
    int failed = RUN_CASES("organisations that may not approve", sectors, barred_sectors) +
                 RUN_CASES("addresses", mails, addresses);
    return failed + cmocka_run_group_tests_name("keys and ties", tests, NULL, NULL);
}
