#include "filter/casebook/people.h"

#include <stdlib.h>

#include "tests/filter/casebook/house.h"

#define PASSWORD STR("sandi yang panjang")
#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDEv8ZbC1rCTMIeVhDK8tUzUSgXHuKJ8eSyIHUS0cHnR"

struct addition {
    const char *name;
    struct casebook_newcomer newcomer;
    const char *error; /* NULL: it is fine */
};

static const struct addition additions[] = {
    {"a team member gets a key",
     {STR("budi"), STR("Tim Siber Contoh"), ROLE_TEAM, STR(""), PASSWORD},
     NULL},
    {"an independent brings a key",
     {STR("sari"), STR("Kampus Contoh"), ROLE_INDEPENDENT, STR(KEY " sari"), PASSWORD},
     NULL},
    {"an independent without a key",
     {STR("sari"), STR("Kampus Contoh"), ROLE_INDEPENDENT, STR(""), PASSWORD},
     "a person of the role independent brings a public key (--key FILE.pub), whose other half is "
     "never on this server"},
    {"an appeals member without a key",
     {STR("sari"), STR("Panel Contoh"), ROLE_APPEALS, STR(""), PASSWORD},
     "a person of the role appeals brings a public key (--key FILE.pub), whose other half is never "
     "on this server"},
    {"an administrator with a key",
     {STR("sari"), STR("Tim"), ROLE_ADMIN, STR(KEY), PASSWORD},
     "an admin signs nothing: leave the key out"},
    {"a private key",
     {STR("sari"), STR("Kampus"), ROLE_INDEPENDENT, STR("-----BEGIN OPENSSH PRIVATE KEY-----"),
      PASSWORD},
     "the key is no public key of type ssh-ed25519 (ssh-keygen -t ed25519 makes one; the file to "
     "give ends in .pub)"},
    {"a name with a quote",
     {STR("o'; DROP TABLE log; --"), STR("Tim"), ROLE_TEAM, STR(""), PASSWORD},
     "a person's name takes 1 to 64 of a-z, 0-9 and . _ - inside"},
    {"a name that the log uses",
     {STR("machine"), STR("Tim"), ROLE_TEAM, STR(""), PASSWORD},
     "the log speaks of the machine in this name; take another one"},
    {"a short password",
     {STR("sari"), STR("Tim"), ROLE_TEAM, STR(""), STR("pendek")},
     "the password has 6 characters; it takes 12 to 256"},
    {"an organisation with a right-to-left override",
     {STR("sari"), STR("Tim\xe2\x80\xae"), ROLE_TEAM, STR(""), PASSWORD},
     "the organisation's name holds a control or invisible character (U+202E)"},
    {"an organisation that is blank",
     {STR("sari"), STR("   "), ROLE_TEAM, STR(""), PASSWORD},
     "the organisation's name is blank"},
};

static void add(void **state)
{
    const struct addition *one = *state;
    struct house *house = house_build();
    struct err err = ERR_NONE;
    bool added = casebook_people_add(house->casebook, &one->newcomer, &err);
    assert_string_equal(err.message, one->error != NULL ? one->error : "");
    assert_int_equal(added, one->error == NULL);
    assert_int_equal(house_log_rows(house, "user"), one->error == NULL ? 1 : 0);
    house_tear_down(house);
}

static bool add_one(struct house *house, const char *name, const char *organisation,
                    enum casebook_role role, const char *key, struct err *err)
{
    struct casebook_newcomer newcomer = {.name = str_of(name),
                                         .organisation = str_of(organisation),
                                         .role = role,
                                         .key = str_of(key),
                                         .password = PASSWORD};
    *err = ERR_NONE;
    return casebook_people_add(house->casebook, &newcomer, err);
}

static void abuse_01_one_person_two_accounts(void **state)
{
    struct house *house = house_build();
    struct err err;
    (void)state;
    assert_true(add_one(house, "sari", "Kampus Contoh", ROLE_INDEPENDENT, KEY " rumah", &err));
    assert_false(add_one(house, "wati", "Lembaga Lain", ROLE_INDEPENDENT, KEY " kantor", &err));
    assert_string_equal(err.message,
                        "this key is another account's already, or was: one person, one account");
    assert_false(add_one(house, "sari", "Lembaga Lain", ROLE_TEAM, "", &err));
    assert_string_equal(err.message, "there is a person of the name sari already");
    house_tear_down(house);
}

/* The rule of two organisations must not hang on a spelling. */
static void abuse_02_one_organisation_in_two_roles(void **state)
{
    static const char *const spellings[] = {"Tim Siber Contoh", "tim  siber CONTOH",
                                            "T\xd1\x96m Siber Contoh" /* a Cyrillic i */};
    struct house *house = house_build();
    struct err err;
    (void)state;
    assert_true(add_one(house, "budi", "Tim Siber Contoh", ROLE_TEAM, "", &err));
    for (size_t i = 0; i < COUNT(spellings); i++) {
        assert_false(add_one(house, "sari", spellings[i], ROLE_INDEPENDENT, KEY, &err));
        assert_non_null(strstr(err.message, "acts as team here"));
    }
    assert_true(add_one(house, "kelola", "Tim Siber Contoh", ROLE_ADMIN, "", &err));
    house_tear_down(house);
}

static void login(void **state)
{
    struct house *house = house_build();
    struct err err, other = ERR_NONE;
    (void)state;
    assert_true(add_one(house, "budi", "Tim Siber Contoh", ROLE_TEAM, "", &err));
    struct casebook_session *session =
        casebook_people_login(house->casebook, STR("budi"), PASSWORD, &err);
    assert_non_null(session);
    assert_true(casebook_session_can_sign(session));
    assert_true(str_is(casebook_session_name(session), "budi"));
    assert_true(str_is(casebook_session_organisation(session), "Tim Siber Contoh"));
    casebook_session_free(session);
    /* A wrong password and an unknown name (44) say the same. */
    assert_null(casebook_people_login(house->casebook, STR("budi"), STR("sandi yang lain"), &err));
    assert_null(casebook_people_login(house->casebook, STR("siapa"), PASSWORD, &other));
    assert_string_equal(err.message, "name or password is wrong");
    assert_string_equal(other.message, err.message);
    other = ERR_NONE;
    assert_null(casebook_people_login(house->casebook, STR("budi"), STR(""), &other));
    other = ERR_NONE;
    assert_true(casebook_people_disable(house->casebook, STR("budi"), STR("pindah"), &other));
    assert_null(casebook_people_login(house->casebook, STR("budi"), PASSWORD, &other));
    assert_string_equal(other.message, err.message);
    house_tear_down(house);
}

/* Neither a password nor a secret key lies in the file. */
static void secrets_are_not_in_the_file(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD);
    house_propose(house, RANI, id, KIND_ENTRY, "tipu.example");
    house_close(house);
    struct buf command = BUF_EMPTY;
    buf_printf(&command, "! grep -rqF 'sandi yang panjang' %s", house->folder);
    assert_int_equal(system(command.bytes), 0);
    buf_fini(&command);
    house_tear_down(house);
}

static void collect(void *context, const struct casebook_person *person)
{
    struct buf *out = context;
    buf_printf(out, "%.*s/%.*s/%s%s%s ", STR_FORMAT(person->name), STR_FORMAT(person->organisation),
               casebook_role_name(person->role), person->is_sealed ? "/sealed" : "",
               person->is_disabled ? "/disabled" : "");
    assert_int_equal(person->key.len > 0, str_starts(person->fingerprint, STR("SHA256:")));
}

static void list(void **state)
{
    struct house *house = house_build();
    struct err err;
    struct buf out = BUF_EMPTY;
    (void)state;
    assert_true(add_one(house, "sari", "Kampus Contoh", ROLE_INDEPENDENT, KEY, &err));
    assert_true(add_one(house, "budi", "Tim Siber Contoh", ROLE_TEAM, "", &err));
    assert_true(casebook_people_disable(house->casebook, STR("sari"), STR("pindah"), &err));
    assert_true(casebook_people_list(house->casebook, collect, &out, &err));
    assert_string_equal(out.bytes, "budi/Tim Siber Contoh/team/sealed "
                                   "sari/Kampus Contoh/independent/disabled ");
    buf_fini(&out);
    house_tear_down(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(abuse_01_one_person_two_accounts),
        cmocka_unit_test(abuse_02_one_organisation_in_two_roles),
        cmocka_unit_test(login),
        cmocka_unit_test(secrets_are_not_in_the_file),
        cmocka_unit_test(list),
    };
    return RUN_CASES("casebook_people_add", additions, add) +
           cmocka_run_group_tests_name("casebook_people", tests, NULL, NULL);
}
