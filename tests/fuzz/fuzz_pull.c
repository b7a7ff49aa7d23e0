/*
 * What saring-pull reads: manifests, entries, removals, certificates, its memory, its pins. The
 * first byte says which. Signatures are made here, for the fuzzer finds none: what is behind them
 * must hold as well when who signed is hostile.
 */
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/canonical.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/blocklist/guard.h"
#include "filter/blocklist/signed.h"
#include "filter/pull/offer.h"
#include "filter/pull/removals.h"
#include "filter/pull/rotate.h"
#include "tests/fuzz/fuzz.h"

enum { SARI, TONO, RINA, LIST, KEYS };

static const int64_t now_ms = INT64_C(1795521600000), day_ms = INT64_C(24) * 3600000;

struct house {
    unsigned char secrets[KEYS][SSHSIG_SECRET_BYTES];
    struct pull_key keys[3];
    struct pull_pins pins;
    struct blocklist_guard *guard;
};

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static const struct house *house(void)
{
    static struct house one;
    static const char *const organisations[] = {"Tim", "Tim", "Mitra"};
    struct sshsig_key keys[KEYS];
    struct err err = ERR_NONE;
    if (one.guard != NULL) {
        return &one;
    }
    require(sodium_init() >= 0 && hash_start(&err));
    for (int i = 0; i < KEYS; i++) {
        unsigned char seed[crypto_sign_SEEDBYTES] = {(unsigned char)(i + 1)};
        crypto_sign_seed_keypair(keys[i].bytes, one.secrets[i], seed);
    }
    for (int i = 0; i < LIST; i++) {
        one.keys[i] = (struct pull_key){.key = keys[i],
                                        .role = i == RINA ? PULL_INDEPENDENT : PULL_TEAM,
                                        .organisation = str_of(organisations[i]),
                                        .is_off_server = i != SARI};
    }
    one.pins = (struct pull_pins){.list = keys[LIST],
                                  .season = {.bytes = {0}},
                                  .name = STR("Uji"),
                                  .start_ms = now_ms - 10 * day_ms,
                                  .end_ms = now_ms + 50 * day_ms,
                                  .keys = one.keys,
                                  .key_count = 3};
    one.guard = blocklist_guard_shipped("/nonexistent", &err);
    require(one.guard != NULL);
    return &one;
}

/* A file that is in memory alone; close it. */
static int put_file(const char *name, struct str bytes, char path[64])
{
    int file = memfd_create(name, MFD_CLOEXEC);
    require(file >= 0 && write(file, bytes.at, bytes.len) == (ssize_t)bytes.len);
    snprintf(path, 64, "/proc/self/fd/%d", file);
    return file;
}

static struct buf write_memory(const struct pull_memory *memory)
{
    struct buf bytes = BUF_EMPTY;
    struct err err = ERR_NONE;
    char path[] = "/dev/shm/saring-fuzz.XXXXXX";
    int file = mkstemp(path);
    require(file >= 0);
    close(file);
    require(pull_memory_save(memory, path, &err));
    file = open(path, O_RDONLY | O_CLOEXEC);
    char piece[4096];
    for (ssize_t got; (got = read(file, piece, sizeof piece)) > 0;) {
        buf_put(&bytes, piece, (size_t)got);
    }
    close(file);
    unlink(path);
    return bytes;
}

/* What is read is what would be written; what is written is read. */
static void fuzz_memory(struct str input)
{
    struct pull_memory memory, again;
    struct err err = ERR_NONE;
    char path[64];
    int file = put_file("memory", input, path);
    bool is_read = pull_memory_load(&memory, path, &err);
    require(is_read != err_is_set(&err));
    close(file);
    if (is_read) {
        struct buf first = write_memory(&memory);
        file = put_file("memory", buf_str(&first), path);
        require(pull_memory_load(&again, path, &err));
        close(file);
        struct buf second = write_memory(&again);
        require(str_equal(buf_str(&first), buf_str(&second)));
        pull_memory_tidy(&again, now_ms);
        pull_memory_fini(&again);
        buf_fini(&first);
        buf_fini(&second);
    }
    pull_memory_fini(&memory);
}

static void fuzz_manifest(const struct house *one, struct str input)
{
    struct pull_memory memory = pull_memory_none();
    struct pull_offer offer;
    struct err err = ERR_NONE;
    struct buf signature = BUF_EMPTY;
    sshsig_sign(one->secrets[LIST], input, &signature);
    if (pull_offer_read(&offer, input, buf_str(&signature), &one->pins, &memory, now_ms, &err)) {
        require(offer.serial > 0 && offer.entries_bytes <= PULL_ENTRIES_BYTES);
        require(offer.valid_until_ms > now_ms && offer.valid_until_ms - offer.made_ms <= day_ms);
        require(memmem(input.at, input.len, "\"demo\":false", 12) != NULL);
        /* Nothing older and no other one under its serial, once it was taken. */
        memory.serial = offer.serial;
        require(!pull_offer_read(&offer, input, buf_str(&signature), &one->pins, &memory, now_ms,
                                 &err));
        memory.manifest = hash_sha256(input);
        err = ERR_NONE;
        require(
            pull_offer_read(&offer, input, buf_str(&signature), &one->pins, &memory, now_ms, &err));
    } else {
        require(err_is_set(&err));
    }
    buf_fini(&signature);
    pull_memory_fini(&memory);
}

static void fuzz_removals(const struct house *one, struct str input)
{
    struct pull_memory memory = pull_memory_none();
    struct err err = ERR_NONE;
    struct buf signature = BUF_EMPTY;
    const char *id;
    json_t *when;
    struct hash hash;
    sshsig_sign(one->secrets[RINA], input, &signature);
    bool done = pull_removals_read(&memory, input, buf_str(&signature), &one->pins, now_ms, &err);
    require(done != err_is_set(&err) && (memory.removals_ms == now_ms) == done);
    json_object_foreach(memory.removed, id, when)
    {
        require(hash_parse(str_of(id), &hash) && json_integer_value(when) == now_ms);
    }
    /* By the team nobody removes here, whatever the bytes. */
    struct pull_memory other = pull_memory_none();
    buf_clear(&signature);
    err = ERR_NONE;
    sshsig_sign(one->secrets[TONO], input, &signature);
    require(!pull_removals_read(&other, input, buf_str(&signature), &one->pins, now_ms, &err));
    require(json_object_size(other.removed) == 0);
    buf_fini(&signature);
    pull_memory_fini(&memory);
    pull_memory_fini(&other);
}

/* All that may be in a list that was made of `lines`. */
static void take(const struct house *one, struct str lines)
{
    struct pull_memory memory = pull_memory_none();
    struct pull_counts counts = {.taken = 0};
    int64_t until_ms = now_ms + day_ms;
    struct blocklist_list *list = blocklist_list_new(one->guard, &one->pins.season, now_ms);
    pull_entries_take(list, lines, &one->pins, &memory, now_ms, &until_ms, &counts);
    size_t count;
    const struct blocklist_item *items = blocklist_list_sort(list, &count);
    require(count == counts.taken && counts.provisional <= 10 && until_ms <= now_ms + day_ms);
    for (size_t i = 0; i < count; i++) {
        struct err err = ERR_NONE;
        require(items[i].start_ms <= now_ms && now_ms < items[i].end_ms);
        require(items[i].end_ms - items[i].start_ms <= BLOCKLIST_LONGEST_MS);
        require(items[i].harvest != 0);
        require(blocklist_guard_check_typed(one->guard, items[i].scope, items[i].target, &err));
    }
    blocklist_list_free(list);
    pull_memory_fini(&memory);
}

static void fuzz_entry(const struct house *one, struct str json, int approver)
{
    struct buf keys[2] = {BUF_EMPTY, BUF_EMPTY}, hands[2] = {BUF_EMPTY, BUF_EMPTY},
               line = BUF_EMPTY;
    sshsig_key_format(&one->keys[SARI].key, &keys[0]);
    sshsig_key_format(&one->keys[approver].key, &keys[1]);
    sshsig_sign(one->secrets[SARI], json, &hands[0]);
    sshsig_sign(one->secrets[approver], json, &hands[1]);
    const struct blocklist_signed both = {
        .json = json,
        .reviewer = {buf_str(&keys[0]), buf_str(&hands[0])},
        .approver = {buf_str(&keys[1]), buf_str(&hands[1])},
    };
    blocklist_signed_put(&both, &line);
    take(one, buf_str(&line));
    for (int i = 0; i < 2; i++) {
        buf_fini(&keys[i]);
        buf_fini(&hands[i]);
    }
    buf_fini(&line);
}

static void fuzz_pins(struct str input)
{
    static char folder[] = "/dev/shm/saring-pins.XXXXXX";
    static bool is_made = false;
    static const char *const names[] = {"season.json", "list.pub", "off-server.pub"};
    struct arena *arena = arena_new(8 << 20);
    struct pull_pins pins;
    struct err err = ERR_NONE;
    require(is_made || mkdtemp(folder) != NULL);
    is_made = true;
    /* Three files, with NULs between them. */
    for (size_t i = 0; i < 3; i++) {
        char path[64];
        const char *end = input.len > 0 ? memchr(input.at, '\0', input.len) : NULL;
        size_t len = end != NULL ? (size_t)(end - input.at) : input.len;
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        require(file >= 0 && write(file, input.at, len) == (ssize_t)len);
        close(file);
        input = str_part(input, end != NULL ? len + 1 : len, input.len);
    }
    if (pull_pins_load(&pins, folder, arena, &err)) {
        require(pins.key_count >= 2 && pins.end_ms > pins.start_ms);
        require(pins.end_ms - pins.start_ms <= 240 * day_ms);
        for (size_t i = 0; i < pins.key_count; i++) {
            require(pins.keys[i].role == PULL_TEAM || pins.keys[i].is_off_server);
            for (size_t k = 0; k < i; k++) {
                require(!sshsig_key_equal(&pins.keys[i].key, &pins.keys[k].key));
            }
        }
    } else {
        require(err_is_set(&err));
    }
    arena_free(arena);
}

/* Whoever signs: a key speaks for one organisation, and new ones for none of the team's secrets. */
static void fuzz_keys(const struct house *one, struct str input)
{
    static const char *const roles[] = {"team", "independent"};
    struct arena *arena = arena_new(8 << 20);
    struct pull_pins pins = one->pins;
    struct buf lines = BUF_EMPTY, signature = BUF_EMPTY, signer = BUF_EMPTY;
    pins.keys = arena_array(arena, PULL_KEYS_MOST, sizeof *pins.keys);
    require(pins.keys != NULL);
    memcpy(pins.keys, one->keys, sizeof one->keys);
    pull_keys_follow(&pins, input, arena);
    require(pins.key_count == 3); /* nothing of a stranger's is signed */
    /* The same bytes as a certificate that Rina signed. */
    sshsig_sign(one->secrets[RINA], input, &signature);
    sshsig_key_format(&one->keys[RINA].key, &signer);
    buf_put_char(&lines, '{');
    buf_put_json_field(&lines, "certificate", input);
    buf_put_json_field(&lines, "signature", buf_str(&signature));
    buf_put_json_field(&lines, "signer", buf_str(&signer));
    buf_put_string(&lines, "}\n");
    size_t added = pull_keys_follow(&pins, buf_str(&lines), arena);
    require(added <= 1 && pins.key_count == 3 + added);
    for (size_t i = 3; i < pins.key_count; i++) {
        require(pins.keys[i].role == PULL_INDEPENDENT &&
                str_is(pins.keys[i].organisation, "Mitra"));
        require(memmem(input.at, input.len, roles[pins.keys[i].role],
                       strlen(roles[pins.keys[i].role])) != NULL);
        require(!sshsig_key_equal(&pins.keys[i].key, &pins.list));
    }
    buf_fini(&lines);
    buf_fini(&signature);
    buf_fini(&signer);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct house *one = house();
    struct str input = {(const char *)data, size};
    if (size == 0) {
        return 0;
    }
    input = str_part(input, 1, input.len);
    switch (data[0]) {
    case 'm':
        fuzz_manifest(one, input);
        break;
    case 'r':
        fuzz_removals(one, input);
        break;
    case 'l':
        take(one, input);
        break;
    case 'e':
        fuzz_entry(one, input, RINA);
        fuzz_entry(one, input, TONO);
        break;
    case 's':
        fuzz_memory(input);
        break;
    case 'k':
        fuzz_keys(one, input);
        break;
    case 'p':
        fuzz_pins(input);
        break;
    default:
        break;
    }
    return 0;
}
