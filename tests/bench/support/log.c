#include "tests/bench/support/log.h"

#include <sodium.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/base/state_dir.h"
#include "filter/blocklist/entry.h"
#include "filter/casebook/internal.h"

struct person {
    const char *name, *organisation, *role;
    unsigned char secret[SSHSIG_SECRET_BYTES];
    struct sshsig_key key;
};

/* The same keys at each call: a log goes on where the last one ended. */
static void make_key(struct person *person, unsigned char seed)
{
    unsigned char bytes[crypto_sign_SEEDBYTES];
    memset(bytes, seed, sizeof bytes);
    crypto_sign_seed_keypair(person->key.bytes, person->secret, bytes);
}

static bool log_person(struct casebook *casebook, const struct person *person, struct err *err)
{
    struct buf key = BUF_EMPTY;
    sshsig_key_format(&person->key, &key);
    json_t *detail =
        json_pack("{ss so ss ss}", "name", person->name, "key", casebook_json_str(buf_str(&key)),
                  "organisation", person->organisation, "role", person->role);
    buf_fini(&key);
    return casebook_log(casebook, STR("operator"), "user", 0, detail, err);
}

static json_t *sign(const struct person *person, struct str json)
{
    struct buf armored = BUF_EMPTY;
    sshsig_sign(person->secret, json, &armored);
    json_t *text = casebook_json_str(buf_str(&armored));
    buf_fini(&armored);
    return text;
}

static bool log_entry(struct casebook *casebook, size_t number, const struct person *one,
                      const struct person *two, int64_t now_ms, struct err *err)
{
    static const struct hash evidence = {.bytes = {1}};
    struct buf target = BUF_EMPTY;
    buf_printf(&target, "daftar-%zu.example", number * 2654435761U % 4294967291U);
    const struct blocklist_draft draft = {
        .class = RULE_FRAUD,
        .case_id = (int64_t)number,
        .scope = BLOCKLIST_DOMAIN,
        .target = buf_str(&target),
        .start_ms = now_ms - 60000,
        .end_ms = now_ms + (int64_t)7 * 24 * 3600 * 1000,
        .harvest = BLOCKLIST_PERSONAL_DATA,
        .observed_ms = now_ms - 120000,
        .evidence = &evidence,
        .evidence_count = 1,
        .reason = STR("Situs meniru halaman pendaftaran pemilih dan meminta NIK serta kode OTP "
                      "lewat formulir."),
    };
    struct blocklist_entry *entry = blocklist_entry_new(&draft, err);
    buf_fini(&target);
    if (entry == NULL) {
        return false;
    }
    struct str json = blocklist_entry_json(entry);
    json_t *detail = json_pack("{so ss so ss so}", "json", casebook_json_str(json), "reviewer",
                               one->name, "reviewer_signature", sign(one, json), "approver",
                               two->name, "approver_signature", sign(two, json));
    bool done = casebook_log(casebook, STR("machine"), "list", draft.case_id, detail, err);
    blocklist_entry_free(entry);
    return done;
}

bool log_make(const char *state, size_t from, size_t count, struct err *err)
{
    enum { AT_ONCE = 10000 };
    struct person one = {.name = "sari", .organisation = "Tim Contoh", .role = "team"};
    struct person two = {.name = "rina", .organisation = "Mitra Contoh", .role = "independent"};
    struct clock clock = clock_system();
    struct buf path = BUF_EMPTY;
    make_key(&one, 1);
    make_key(&two, 2);
    if (!state_dir_make(state, err)) {
        return false;
    }
    casebook_path(state, &path);
    struct casebook *casebook = casebook_open(path.bytes, &clock, err);
    bool done = casebook != NULL;
    for (size_t i = 0; done && i < count;) {
        done = casebook_begin(casebook, err);
        if (done && i == 0 && from == 1) {
            done = log_person(casebook, &one, err) && log_person(casebook, &two, err);
        }
        for (size_t k = 0; done && k < AT_ONCE && i < count; k++, i++) {
            done = log_entry(casebook, from + i, &one, &two, clock_now_ms(&clock), err);
        }
        done = done && casebook_commit(casebook, err);
    }
    /* As if their rows were in the public register: without it no list holds them. */
    done = done && casebook_meta_set(casebook, "register", INT64_C(1) << 53, err);
    casebook_close(casebook);
    buf_fini(&path);
    return done;
}
