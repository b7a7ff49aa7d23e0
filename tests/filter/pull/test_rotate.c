#include "filter/pull/rotate.h"

#include <sodium.h>
#include <stdlib.h>

#include "filter/base/mem.h"
#include "tests/filter/pull/operator.h"
#include "tests/filter/test.h"

/* New keys, of nobody yet. */
enum { NEW_KEYS = 3 };

struct fixture {
    struct operator house;
    unsigned char secrets[NEW_KEYS][SSHSIG_SECRET_BYTES];
    struct buf lines[NEW_KEYS];
    struct buf file; /* keys.ndjson */
};

static int begin(void **state)
{
    struct fixture *fixture = mem_zero(1, sizeof *fixture);
    operator_start(&fixture->house);
    for (int i = 0; i < NEW_KEYS; i++) {
        unsigned char seed[crypto_sign_SEEDBYTES] = {(unsigned char)(100 + i)};
        struct sshsig_key key;
        crypto_sign_seed_keypair(key.bytes, fixture->secrets[i], seed);
        sshsig_key_format(&key, &fixture->lines[i]);
    }
    *state = fixture;
    return 0;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    operator_end(&fixture->house);
    for (int i = 0; i < NEW_KEYS; i++) {
        buf_fini(&fixture->lines[i]);
    }
    buf_fini(&fixture->file);
    free(fixture);
    return 0;
}

/* A line that certifies `key` for `role`, signed by `secret`, whose key is `signer`. */
static void put(struct fixture *fixture, const struct buf *key, const char *role,
                const unsigned char *secret, const struct buf *signer, const char *season)
{
    struct buf certificate = BUF_EMPTY, signature = BUF_EMPTY;
    char hex[HASH_HEX];
    buf_printf(&certificate,
               "{\"key\":\"%s\",\"name\":\"orang\",\"organisation\":\"apa saja\","
               "\"role\":\"%s\",\"season\":\"%s\",\"since\":\"2026-11-01T00:00:00Z\","
               "\"type\":\"saring-key-1\"}",
               key->bytes, role,
               season != NULL ? season : hash_format(&fixture->house.pins.season, hex));
    sshsig_sign(secret, buf_str(&certificate), &signature);
    buf_put_char(&fixture->file, '{');
    buf_put_json_field(&fixture->file, "certificate", buf_str(&certificate));
    buf_put_json_field(&fixture->file, "signature", buf_str(&signature));
    buf_put_json_field(&fixture->file, "signer", buf_str(signer));
    buf_put_string(&fixture->file, "}\n");
    buf_fini(&certificate);
    buf_fini(&signature);
}

static size_t follow(struct fixture *fixture)
{
    return pull_keys_follow(&fixture->house.pins, buf_str(&fixture->file), fixture->house.arena);
}

static const struct pull_key *find(struct fixture *fixture, int key, enum pull_role role)
{
    return pull_pins_find(&fixture->house.pins, buf_str(&fixture->lines[key]), role);
}

/* The second link of a chain may stand before the first. */
static void follows_a_chain(void **state)
{
    struct fixture *one = *state;
    put(one, &one->lines[1], "independent", one->secrets[0], &one->lines[0], NULL);
    put(one, &one->lines[0], "independent", one->house.secrets[KEY_RINA],
        &one->house.lines[KEY_RINA], NULL);
    assert_int_equal(follow(one), 2);
    const struct pull_key *first = find(one, 0, PULL_INDEPENDENT);
    const struct pull_key *second = find(one, 1, PULL_INDEPENDENT);
    assert_non_null(first);
    assert_non_null(second);
    /* It speaks for who certified it, whatever it says of itself. */
    assert_true(str_is(second->organisation, "Mitra Cek"));
    assert_true(second->is_off_server);
    assert_null(find(one, 1, PULL_TEAM));
    assert_int_equal(follow(one), 0); /* once is enough */
}

/* That a key of the team is not on the server only the operator can say. */
static void a_key_of_the_team_may_lie_on_the_server(void **state)
{
    struct fixture *one = *state;
    put(one, &one->lines[0], "team", one->house.secrets[KEY_TONO], &one->house.lines[KEY_TONO],
        NULL);
    assert_int_equal(follow(one), 1);
    assert_false(find(one, 0, PULL_TEAM)->is_off_server);
}

static void a_revoked_key_certifies_nothing(void **state)
{
    struct fixture *one = *state;
    struct pull_memory memory = pull_memory_none();
    json_object_set_new(memory.revoked, one->house.lines[KEY_RINA].bytes, json_integer(1));
    pull_keys_revoke(&one->house.pins, &memory);
    put(one, &one->lines[0], "independent", one->house.secrets[KEY_RINA],
        &one->house.lines[KEY_RINA], NULL);
    assert_int_equal(follow(one), 0);
    pull_memory_fini(&memory);
}

static void a_certified_key_can_be_revoked(void **state)
{
    struct fixture *one = *state;
    struct pull_memory memory = pull_memory_none();
    put(one, &one->lines[0], "independent", one->house.secrets[KEY_RINA],
        &one->house.lines[KEY_RINA], NULL);
    assert_int_equal(follow(one), 1);
    json_object_set_new(memory.revoked, one->lines[0].bytes, json_integer(1));
    pull_keys_revoke(&one->house.pins, &memory);
    assert_null(find(one, 0, PULL_INDEPENDENT));
    assert_int_equal(follow(one), 0); /* and does not come again */
    assert_null(find(one, 0, PULL_INDEPENDENT));
    pull_memory_fini(&memory);
}

/* Whoever is none of the organisation's, and whatever is no certificate. */
static void follows_nobody_else(void **state)
{
    struct fixture *one = *state;
    const struct operator* house = & one->house;
    static const char other[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    /* By itself, by a stranger, by the list's key, under another's name. */
    put(one, &one->lines[0], "independent", one->secrets[0], &one->lines[0], NULL);
    put(one, &one->lines[0], "independent", house->secrets[KEY_BUDI], &house->lines[KEY_BUDI],
        NULL);
    put(one, &one->lines[0], "team", house->secrets[KEY_LIST], &house->lines[KEY_LIST], NULL);
    put(one, &one->lines[0], "independent", house->secrets[KEY_BUDI], &house->lines[KEY_RINA],
        NULL);
    /* By the team for the independent's role, and the other way round. */
    put(one, &one->lines[0], "independent", house->secrets[KEY_TONO], &house->lines[KEY_TONO],
        NULL);
    put(one, &one->lines[0], "team", house->secrets[KEY_RINA], &house->lines[KEY_RINA], NULL);
    put(one, &one->lines[0], "admin", house->secrets[KEY_RINA], &house->lines[KEY_RINA], NULL);
    /* Of another season; for a key that speaks for others already; for the list's. */
    put(one, &one->lines[0], "independent", house->secrets[KEY_RINA], &house->lines[KEY_RINA],
        other);
    put(one, &house->lines[KEY_SARI], "independent", house->secrets[KEY_RINA],
        &house->lines[KEY_RINA], NULL);
    put(one, &house->lines[KEY_LIST], "independent", house->secrets[KEY_RINA],
        &house->lines[KEY_RINA], NULL);
    buf_put_string(&one->file, "\n{}\n[]\nnull\n{\"certificate\":7}\n\xff\n{");
    size_t before = house->pins.key_count;
    assert_int_equal(follow(one), 0);
    assert_int_equal(house->pins.key_count, before);
    assert_null(find(one, 0, PULL_INDEPENDENT));
    assert_null(find(one, 0, PULL_TEAM));
    assert_non_null(pull_pins_find(&house->pins, buf_str(&house->lines[KEY_SARI]), PULL_TEAM));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(follows_a_chain, begin, end),
        cmocka_unit_test_setup_teardown(a_key_of_the_team_may_lie_on_the_server, begin, end),
        cmocka_unit_test_setup_teardown(a_revoked_key_certifies_nothing, begin, end),
        cmocka_unit_test_setup_teardown(a_certified_key_can_be_revoked, begin, end),
        cmocka_unit_test_setup_teardown(follows_nobody_else, begin, end),
    };
    return cmocka_run_group_tests_name("rotate", tests, NULL, NULL);
}
