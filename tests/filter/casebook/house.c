#include "tests/filter/casebook/house.h"

#include <liboath/oath.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "filter/base/file.h"
#include "filter/base/sshsig.h"
#include "filter/casebook/case.h"
#include "tests/filter/casebook/release.h"

#define PASSWORD STR("sandi yang panjang")

const char *const house_names[HOUSE_PEOPLE] = {"rani", "rudi", "adi",   "ayu",
                                               "joko", "audi", "admin", "budi"};

static const struct {
    const char *organisation;
    enum casebook_role role;
} homes[HOUSE_PEOPLE] = {
    [RANI] = {"Tim Siber Contoh", ROLE_TEAM},
    [RUDI] = {"Tim Siber Contoh", ROLE_TEAM},
    [ADI] = {"Lembaga Pantau Contoh", ROLE_INDEPENDENT},
    [AYU] = {"Kampus Contoh", ROLE_INDEPENDENT},
    [JOKO] = {"Panel Banding Contoh", ROLE_APPEALS},
    [AUDI] = {"Pemeriksa Contoh", ROLE_AUDITOR},
    [ADMIN] = {"Tim Siber Contoh", ROLE_ADMIN},
    [BUDI] = {"Tim Siber Contoh", ROLE_TEAM},
};

void house_key(unsigned char secret[64], struct buf *line)
{
    struct sshsig_key key;
    crypto_sign_ed25519_keypair(key.bytes, secret);
    sshsig_key_format(&key, line);
}

void house_write(const struct house *house, const char *name, struct str bytes)
{
    struct buf path = BUF_EMPTY;
    struct err err = ERR_NONE;
    buf_printf(&path, "%s/%s", house->folder, name);
    assert_true(file_write(path.bytes, bytes, 0600, &err));
    buf_fini(&path);
}

static void load_guard(struct house *house)
{
    struct buf folder = BUF_EMPTY, command = BUF_EMPTY;
    struct err err = ERR_NONE;
    size_t voided;
    buf_printf(&folder, "%s/rules", house->folder);
    buf_printf(&command, "mkdir -p %s/protected", folder.bytes);
    assert_int_equal(system(command.bytes), 0);
    house_write(house, "rules/protected/election.txt", STR("kpu-contoh.example\n"));
    house_write(house, "rules/protected/shared-platforms.txt", STR("bersama.example\n"));
    const char *folders[] = {folder.bytes, NULL};
    house->guard = blocklist_guard_load(folders, &err);
    assert_string_equal(err.message, "");
    assert_true(casebook_protect(house->casebook, house->guard, &voided, &err));
    buf_fini(&folder);
    buf_fini(&command);
}

void house_open(struct house *house)
{
    struct err err = ERR_NONE;
    size_t voided;
    house->casebook = casebook_open(house->path.bytes, &house->clock, &err);
    assert_string_equal(err.message, "");
    assert_non_null(house->casebook);
    if (house->guard != NULL) {
        assert_true(casebook_protect(house->casebook, house->guard, &voided, &err));
    }
    if (house->addressees == NULL) {
        house->addressees = casebook_addressees_read(STR(HOUSE_ADDRESSEES), "uji", &err);
        assert_string_equal(err.message, "");
    }
    casebook_address(house->casebook, house->addressees);
}

void house_close(struct house *house)
{
    casebook_close(house->casebook);
    house->casebook = NULL;
}

struct house *house_build(void)
{
    struct house *house = calloc(1, sizeof *house);
    struct err err = ERR_NONE;
    assert_true(hash_start(&err));
    strcpy(house->folder, "/tmp/saring-casebook.XXXXXX");
    assert_non_null(mkdtemp(house->folder));
    casebook_path(house->folder, &house->path);
    house->clock = clock_fixed(HOUSE_START);
    house->arena = arena_new(256 << 20);
    house_open(house);
    load_guard(house);
    return house;
}

static void move_in(struct house *house, enum house_name who)
{
    struct buf key = BUF_EMPTY;
    struct err err = ERR_NONE;
    if (homes[who].role == ROLE_INDEPENDENT || homes[who].role == ROLE_APPEALS || who == BUDI) {
        house_key(house->secret[who], &key);
    }
    struct casebook_newcomer newcomer = {
        .name = str_of(house_names[who]),
        .organisation = str_of(homes[who].organisation),
        .role = homes[who].role,
        .key = buf_str(&key),
        .password = PASSWORD,
    };
    bool added = casebook_people_add(house->casebook, &newcomer, &err);
    assert_string_equal(err.message, "");
    assert_true(added);
    house->who[who] = casebook_people_login(house->casebook, newcomer.name, PASSWORD, &err);
    assert_string_equal(err.message, "");
    buf_fini(&key);
}

/*
 * Argon2id is slow on purpose, so the people move in once; every further house is a copy of the
 * first one, of the same secret, in which their sessions hold.
 */
static struct {
    struct buf database, key;
    struct casebook_session *who[HOUSE_PEOPLE];
    unsigned char secret[HOUSE_PEOPLE][64];
} model;

static void keep_file(const struct house *house, const char *name, struct buf *bytes)
{
    struct buf path = BUF_EMPTY;
    struct err err = ERR_NONE;
    buf_printf(&path, "%s/%s", house->folder, name);
    assert_true(file_read(path.bytes, 64 << 20, bytes, &err));
    buf_fini(&path);
}

static void make_model(void)
{
    struct house *house = house_build();
    for (int i = 0; i < HOUSE_PEOPLE; i++) {
        move_in(house, (enum house_name)i);
    }
    memcpy(model.who, house->who, sizeof model.who);
    memcpy(model.secret, house->secret, sizeof model.secret);
    house_close(house);
    keep_file(house, "casebook.db", &model.database);
    keep_file(house, "casebook.db.key", &model.key);
    house_tear_down(house);
}

struct house *house_build_with_people(void)
{
    if (model.database.len == 0) {
        make_model();
    }
    struct house *house = house_build();
    house_close(house);
    house_write(house, "casebook.db", buf_str(&model.database));
    house_write(house, "casebook.db.key", buf_str(&model.key));
    memcpy(house->who, model.who, sizeof model.who);
    memcpy(house->secret, model.secret, sizeof model.secret);
    for (int i = 0; i < HOUSE_PEOPLE; i++) {
        casebook_session_set_factor(house->who[i], CLOCK_NEVER);
    }
    house_open(house);
    return house;
}

void house_tear_down(struct house *house)
{
    struct buf command = BUF_EMPTY;
    casebook_close(house->casebook);
    blocklist_guard_free(house->guard);
    casebook_addressees_free(house->addressees);
    arena_free(house->arena);
    buf_printf(&command, "rm -rf %s", house->folder);
    assert_int_equal(system(command.bytes), 0);
    buf_fini(&command);
    buf_fini(&house->path);
    free(house);
}

struct buf house_sign(const struct house *house, enum house_name who, struct str message)
{
    struct buf armored = BUF_EMPTY;
    sshsig_sign(house->secret[who], message, &armored);
    return armored;
}

static struct str keep(struct house *house, const char *text)
{
    char *copy = arena_copy(house->arena, text, strlen(text));
    assert_non_null(copy);
    return str_of(copy);
}

static struct str domain_of(struct str host)
{
    /* The last two labels: enough for the names that tests use. */
    size_t dots = 0, at = host.len;
    while (at > 0 && (host.at[at - 1] != '.' || ++dots < 2)) {
        at--;
    }
    return str_part(host, at, host.len);
}

static void add_link(struct house *house, struct verdict *verdict, const char *link)
{
    struct verdict_link *one = arena_alloc(house->arena, sizeof *one);
    one->original = one->url = keep(house, link);
    struct str rest = str_part(one->url, strlen("https://"), one->url.len);
    const char *slash = memchr(rest.at, '/', rest.len);
    one->host = str_part(rest, 0, slash != NULL ? (size_t)(slash - rest.at) : rest.len);
    one->domain = domain_of(one->host);
    verdict->links = one;
    verdict->link_count = 1;
}

struct verdict *house_verdict(struct house *house, struct house_post post)
{
    static const struct rule_evidence evidence = {
        .url = STR("https://kpu-contoh.example/pengumuman"),
        .publisher = STR("KPU Contoh"),
        .published_ms = HOUSE_START - 30 * DAY,
        .valid_from_ms = CLOCK_NEVER,
        .valid_until_ms = CLOCK_NEVER,
        .rated_ms = CLOCK_NEVER,
    };
    static const struct rule_evidence review = {
        .url = STR(HOUSE_REVIEW),
        .publisher = STR("Periksa Contoh"),
        .published_ms = CLOCK_NEVER,
        .valid_from_ms = CLOCK_NEVER,
        .valid_until_ms = CLOCK_NEVER,
        .claim = STR(HOUSE_CLAIM),
        .rating = STR("Salah"),
        .rated_ms = HOUSE_START - 30 * DAY,
    };
    struct verdict *verdict = arena_alloc(house->arena, sizeof *verdict);
    struct verdict_rule *rule = arena_alloc(house->arena, sizeof *rule);
    struct verdict_span *span = arena_alloc(house->arena, sizeof *span);
    char id[32];
    snprintf(id, sizeof id, "pos-%u", ++house->posts);
    verdict->post = POST_EMPTY;
    verdict->post.id = keep(house, post.id != NULL ? post.id : id);
    verdict->post.source = keep(house, post.source != NULL ? post.source : "uji");
    verdict->post.url = keep(house, "https://media.example/@warung.kopi/1");
    verdict->post.fields[POST_TITLE] = keep(house, post.title != NULL ? post.title : "");
    verdict->post.fields[POST_TEXT] = keep(house, post.text);
    verdict->ruleset = STR("a1b2");
    if (post.link != NULL) {
        add_link(house, verdict, post.link);
    }
    struct str parts[] = {verdict->post.fields[POST_TITLE], verdict->post.fields[POST_TEXT],
                          str_of(post.link)};
    verdict->key = hash_keyed(&(struct hash_key){{7}}, parts, 3);
    *span = (struct verdict_span){.field = STR("text"), .span = {0, 4}};
    span->text = str_part(verdict->post.fields[POST_TEXT], 0, 4);
    *rule = (struct verdict_rule){
        .id = keep(house, post.rule != NULL ? post.rule : "aturan-uji"),
        .title = STR("Aturan uji"),
        .description = STR("Mengajak mengisi NIK di situs tiruan"),
        .level = STR("high"),
        .class = post.class,
        .revision = {{post.revision}},
        .evidence = post.class == RULE_CLAIM ? &review : &evidence,
        .evidence_count = 1,
        .spans = span,
        .span_count = 1,
    };
    verdict->rules = rule;
    verdict->rule_count = 1;
    return verdict;
}

void house_release(struct house *house, const struct verdict *verdict)
{
    release_rules(house->casebook, verdict);
}

static enum casebook_flagged flag(struct house *house, const struct verdict *verdict)
{
    enum casebook_flagged outcome;
    struct err err = ERR_NONE;
    bool done = casebook_flag(house->casebook, verdict, &outcome, &err);
    assert_string_equal(err.message, "");
    assert_true(done);
    return outcome;
}

enum casebook_flagged house_flag_shadow(struct house *house, struct house_post post)
{
    return flag(house, house_verdict(house, post));
}

enum casebook_flagged house_flag(struct house *house, struct house_post post)
{
    struct verdict *verdict = house_verdict(house, post);
    house_release(house, verdict);
    return flag(house, verdict);
}

static bool take_last(void *context, const struct casebook_case *one)
{
    int64_t *id = context;
    *id = one->id > *id ? one->id : *id;
    return true;
}

int64_t house_case(struct house *house, enum rule_class class)
{
    static const char *const words[] = {"mangga", "rambutan", "durian", "salak",  "nanas",
                                        "pisang", "sawo",     "duku",   "sirsak", "jambu"};
    char text[256];
    unsigned n = house->posts;
    int64_t id = 0;
    struct err err = ERR_NONE;
    snprintf(text, sizeof text, "%s %u %s %s %u %s isi data %s %u", words[n % 10], n * 7919,
             words[n / 10 % 10], words[n / 100 % 10], n * 104729, words[(n + 3) % 10],
             words[(n * 7) % 10], n * 1299709);
    assert_int_equal(house_flag(house, (struct house_post){.text = text, .class = class}),
                     CASEBOOK_OPENED);
    assert_true(casebook_list(house->casebook, &(struct casebook_filter){0}, take_last, &id, &err));
    return id;
}

struct casebook_case house_look(struct house *house, int64_t id)
{
    struct casebook_page page;
    struct err err = ERR_NONE;
    bool found;
    bool done = casebook_show(house->casebook, id, house->arena, &page, &found, &err);
    assert_string_equal(err.message, "");
    assert_true(done && found);
    return page.summary;
}

enum casebook_state house_state(struct house *house, int64_t id)
{
    return house_look(house, id).state;
}

void house_code(struct house *house, enum house_name who, int steps, char code[8])
{
    char *secret;
    size_t len;
    struct err err = ERR_NONE;
    int64_t now;
    assert_true(casebook_time(house->casebook, &now, &err));
    assert_int_equal(oath_base32_decode(house->factor[who], 32, &secret, &len), OATH_OK);
    assert_int_equal(
        oath_totp_generate(secret, len, (time_t)(now / 1000 + (int64_t)30 * steps), 30, 0, 6, code),
        OATH_OK);
    free(secret);
}

void house_enrol(struct house *house, enum house_name who, struct casebook_recovery *recovery)
{
    struct casebook_recovery ignored;
    struct buf uri = BUF_EMPTY;
    struct err err = ERR_NONE;
    char code[8];
    struct str name = str_of(house_names[who]);
    assert_true(casebook_factor_offer(house->casebook, name, &uri, &err));
    const char *secret = strstr(uri.bytes, "secret=");
    assert_non_null(secret);
    snprintf(house->factor[who], sizeof house->factor[who], "%.32s", secret + strlen("secret="));
    house_code(house, who, 0, code);
    assert_int_equal(casebook_factor_confirm(house->casebook, name, str_of(code),
                                             recovery != NULL ? recovery : &ignored, &err),
                     FACTOR_FITS);
    buf_fini(&uri);
}

void house_factor(struct house *house, enum house_name who)
{
    struct err err = ERR_NONE;
    char code[8];
    int64_t now, given = casebook_session_factor_ms(house->who[who]);
    assert_true(casebook_time(house->casebook, &now, &err));
    bool is_other = house->factor[who][0] == '\0' ||
                    !str_is(casebook_session_name(house->who[who]), house_names[who]);
    if (is_other || (given != CLOCK_NEVER && now - given < 9 * MINUTE)) {
        return;
    }
    house_code(house, who, 1, code);
    assert_int_equal(
        casebook_session_take_factor(house->casebook, house->who[who], str_of(code), &err),
        FACTOR_FITS);
}

enum casebook_outcome house_move(struct house *house, enum house_name who,
                                 enum casebook_action action, int64_t id,
                                 struct casebook_request request)
{
    request.action = action;
    request.case_id = id;
    if (request.version == 0) {
        request.version = house_look(house, id).version;
    }
    house->err = ERR_NONE;
    house_factor(house, who);
    enum casebook_outcome outcome =
        casebook_move(house->casebook, house->who[who], &request, &house->moved, &house->err);
    assert_true((outcome == CASEBOOK_DONE) == (house->err.message[0] == '\0'));
    return outcome;
}

void house_done(struct house *house, enum house_name who, enum casebook_action action, int64_t id,
                struct casebook_request request)
{
    enum casebook_outcome outcome = house_move(house, who, action, id, request);
    assert_string_equal(house->err.message, "");
    assert_int_equal(outcome, CASEBOOK_DONE);
}

void house_refused(struct house *house, enum house_name who, enum casebook_action action,
                   int64_t id, struct casebook_request request, enum casebook_outcome expected,
                   const char *words)
{
    struct casebook_case before = house_look(house, id);
    size_t rows = house_log_rows(house, "refused");
    assert_int_equal(house_move(house, who, action, id, request), expected);
    if (strstr(house->err.message, words) == NULL) {
        assert_string_equal(house->err.message, words);
    }
    struct casebook_case after = house_look(house, id);
    assert_int_equal(after.state, before.state);
    assert_int_equal(after.version, before.version);
    assert_int_equal(house_log_rows(house, "refused"), rows + 1);
}

struct casebook_answers house_all(enum casebook_answer answer)
{
    struct casebook_answers answers;
    for (int i = 0; i < CASEBOOK_TEST_COUNT; i++) {
        answers.of[i] = answer;
    }
    return answers;
}

struct casebook_draft house_draft(struct house *house, int64_t id, enum casebook_kind kind,
                                  const char *target)
{
    struct hash *evidence = arena_alloc(house->arena, sizeof *evidence);
    randombytes_buf(evidence, sizeof *evidence);
    return (struct casebook_draft){
        .kind = kind,
        .case_id = id,
        .reason = STR("Laman ini meniru formulir pendaftaran pemilih dan meminta NIK serta nomor "
                      "rekening; isian uji terkirim ke server yang tidak dikenal."),
        .evidence = evidence,
        .evidence_count = 1,
        .observed_ms = house->clock.fixed_ms - HOUR,
        .answers = house_all(ANSWER_NO),
        .conflict = STR("tidak ada"),
        .milder = STR("laporan ke penyedia hosting belum dijawab"),
        .scope = BLOCKLIST_HOST,
        .target = str_of(target),
        .harvest = BLOCKLIST_PERSONAL_DATA,
        .end_ms = house->clock.fixed_ms + 20 * DAY,
        .claim = STR("Pendaftaran pemilih dipungut biaya."),
        .text = STR("Tidak benar: pendaftaran pemilih tidak dipungut biaya."),
        .text_en = STR("Not true: nobody pays for being registered as a voter."),
        .recipient = RECIPIENT_PLATFORM,
        .recipient_name = STR("Media Contoh"),
        .url = STR("https://media.example/@warung.kopi/1"),
    };
}

void house_propose(struct house *house, enum house_name who, int64_t id, enum casebook_kind kind,
                   const char *target)
{
    struct casebook_draft draft = house_draft(house, id, kind, target);
    house_done(house, who, ACTION_CLAIM, id, (struct casebook_request){0});
    house_done(house, who, ACTION_PROPOSE, id,
               (struct casebook_request){.draft = &draft, .lease = house->moved.lease});
}

enum casebook_outcome house_approve(struct house *house, enum house_name who, int64_t id)
{
    struct casebook_answers answers = house_all(ANSWER_NO);
    struct buf proposal = BUF_EMPTY, record = BUF_EMPTY;
    enum casebook_outcome outcome =
        house_move(house, who, ACTION_ANSWER, id, (struct casebook_request){.answers = &answers});
    if (outcome == CASEBOOK_DONE) {
        outcome =
            casebook_to_sign(house->casebook, house->who[who], id, &proposal, &record, &house->err);
    }
    if (outcome == CASEBOOK_DONE) {
        struct buf signature = house_sign(house, who, buf_str(&proposal));
        outcome = house_move(house, who, ACTION_APPROVE, id,
                             (struct casebook_request){.signature = buf_str(&signature),
                                                       .conflict = STR("tidak ada")});
        buf_fini(&signature);
    }
    buf_fini(&proposal);
    buf_fini(&record);
    return outcome;
}

struct casebook_draft house_urgent_draft(struct house *house, int64_t id, const char *target)
{
    struct casebook_draft draft = house_draft(house, id, KIND_ENTRY, target);
    struct casebook_urgent *urgent = arena_alloc(house->arena, sizeof *urgent);
    struct hash *evidence = arena_array(house->arena, 2, sizeof *evidence);
    randombytes_buf(evidence, 2 * sizeof *evidence);
    draft.evidence = evidence;
    draft.evidence_count = 2;
    *urgent = (struct casebook_urgent){
        .second = STR("budi"),
        .second_ms = house->clock.fixed_ms - 30 * MINUTE,
        .second_sha256 = evidence[1],
        .on_call = STR("adi"),
        .told_ms = house->clock.fixed_ms - 10 * MINUTE,
        .registrant = STR("surel ke abuse@registrar.example pukul 16.00"),
    };
    draft.urgent = urgent;
    return draft;
}

enum casebook_outcome house_sign_move(struct house *house, enum house_name who,
                                      enum casebook_action action, int64_t id)
{
    struct buf bytes = BUF_EMPTY, record = BUF_EMPTY;
    house->err = ERR_NONE;
    enum casebook_outcome outcome =
        casebook_to_sign(house->casebook, house->who[who], id, &bytes, &record, &house->err);
    if (outcome == CASEBOOK_DONE) {
        struct buf signature = house_sign(house, who, buf_str(&bytes));
        outcome = house_move(house, who, action, id,
                             (struct casebook_request){.signature = buf_str(&signature),
                                                       .conflict = STR("tidak ada")});
        buf_fini(&signature);
    }
    buf_fini(&bytes);
    buf_fini(&record);
    return outcome;
}

enum casebook_outcome house_urgent(struct house *house, int64_t id, const char *target)
{
    struct casebook_draft draft = house_urgent_draft(house, id, target);
    if (house_state(house, id) == CASE_FLAGGED) {
        house_done(house, RANI, ACTION_CLAIM, id, (struct casebook_request){0});
    }
    enum casebook_outcome outcome =
        house_move(house, RANI, ACTION_URGENT, id,
                   (struct casebook_request){.draft = &draft, .lease = house->moved.lease});
    return outcome == CASEBOOK_DONE ? house_sign_move(house, BUDI, ACTION_URGENT, id) : outcome;
}

int64_t house_appeal(struct house *house, int64_t id)
{
    struct casebook_lodged lodged;
    house->err = ERR_NONE;
    enum casebook_outcome outcome = casebook_appeal_lodge(
        house->casebook, id, STR("Situs ini milik koperasi kami, bukan tiruan siapa pun."), &lodged,
        &house->err);
    assert_string_equal(house->err.message, "");
    assert_int_equal(outcome, CASEBOOK_DONE);
    return lodged.appeal;
}

enum casebook_outcome house_decide(struct house *house, enum casebook_action action, int64_t id,
                                   int64_t appeal)
{
    struct casebook_request request = {.action = action,
                                       .case_id = id,
                                       .appeal = appeal,
                                       .reason = STR("diperiksa panel banding")};
    struct buf bytes = BUF_EMPTY, signature = BUF_EMPTY;
    struct err ignored = ERR_NONE;
    /* What may not be decided so is refused by the move, which logs it. */
    if ((action == ACTION_UPHOLD || action == ACTION_ABUSIVE) &&
        casebook_decision_draft(house->casebook, house->who[JOKO], &request, &bytes, &ignored) ==
            CASEBOOK_DONE) {
        signature = house_sign(house, JOKO, buf_str(&bytes));
        request.proposal = buf_str(&bytes);
        request.signature = buf_str(&signature);
    }
    enum casebook_outcome outcome = house_move(house, JOKO, action, id, request);
    buf_fini(&bytes);
    buf_fini(&signature);
    return outcome;
}

struct casebook_page house_page(struct house *house, int64_t id)
{
    struct casebook_page page;
    struct err err = ERR_NONE;
    bool found;
    bool done = casebook_show(house->casebook, id, house->arena, &page, &found, &err);
    assert_string_equal(err.message, "");
    assert_true(done && found);
    return page;
}

int64_t house_listed(struct house *house, const char *target)
{
    int64_t id = house_case(house, RULE_FRAUD);
    house_propose(house, RANI, id, KIND_ENTRY, target);
    enum casebook_outcome outcome = house_approve(house, ADI, id);
    assert_string_equal(house->err.message, "");
    assert_int_equal(outcome, CASEBOOK_DONE);
    assert_int_equal(house->moved.state, CASE_LISTED);
    return id;
}

size_t house_tick(struct house *house)
{
    size_t moved;
    struct err err = ERR_NONE;
    bool done = casebook_tick(house->casebook, &moved, &err);
    assert_string_equal(err.message, "");
    assert_true(done);
    return moved;
}

static void count_entry(void *context, const struct casebook_entry *entry)
{
    assert_int_equal(blocklist_entry_parts(entry->entry)->class, RULE_FRAUD);
    (*(size_t *)context)++;
}

size_t house_entries(struct house *house)
{
    size_t count = 0;
    house->err = ERR_NONE;
    if (!casebook_entries(house->casebook, count_entry, &count, &house->err)) {
        assert_int_equal(count, 0);
        return (size_t)-1;
    }
    return count;
}

struct counting {
    const char *action;
    size_t count;
};

static bool count_row(void *context, const struct casebook_row *row)
{
    struct counting *counting = context;
    counting->count += str_is(row->action, counting->action) ? 1 : 0;
    return true;
}

size_t house_log_rows(struct house *house, const char *action)
{
    struct counting counting = {.action = action};
    struct err err = ERR_NONE;
    assert_true(casebook_audit_read(house->casebook, 1, count_row, &counting, &err));
    return counting.count;
}

void house_season(struct house *house, int64_t start_ms, int64_t end_ms)
{
    struct buf file = BUF_EMPTY, team = BUF_EMPTY;
    struct err err = ERR_NONE;
    assert_true(casebook_season_draft(house->casebook, STR("Pilkada Contoh 2026"), start_ms, end_ms,
                                      &file, &err));
    assert_true(casebook_season_sign(house->who[RANI], buf_str(&file), &team, &err));
    struct buf other = house_sign(house, ADI, buf_str(&file));
    enum casebook_outcome outcome = casebook_season_start(house->casebook, buf_str(&file),
                                                          buf_str(&team), buf_str(&other), &err);
    assert_string_equal(err.message, "");
    assert_int_equal(outcome, CASEBOOK_DONE);
    buf_fini(&file);
    buf_fini(&team);
    buf_fini(&other);
    for (int i = 0; i < HOUSE_PEOPLE; i++) {
        bool signs = homes[i].role == ROLE_INDEPENDENT || i == BUDI;
        if (signs && house->factor[i][0] == '\0') {
            house_enrol(house, (enum house_name)i, NULL);
        }
    }
}

void house_sql(struct house *house, const char *sql)
{
    sqlite3 *db;
    char *why = NULL;
    assert_int_equal(sqlite3_open(house->path.bytes, &db), SQLITE_OK);
    sqlite3_exec(db, sql, NULL, NULL, &why);
    assert_null(why);
    sqlite3_close(db);
}
