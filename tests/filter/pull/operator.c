#include "tests/filter/pull/operator.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/blocklist/signed.h"
#include "tests/filter/test.h"

static const int64_t hour_ms = 3600000;

static void make_keys(struct operator* one)
{
    for (int i = 0; i < KEYS; i++) {
        unsigned char seed[crypto_sign_SEEDBYTES] = {(unsigned char)(i + 1)};
        struct sshsig_key key;
        crypto_sign_seed_keypair(key.bytes, one->secrets[i], seed);
        sshsig_key_format(&key, &one->lines[i]);
    }
}

void operator_write(const struct operator* one, const char *name, const char *text)
{
    struct buf path = BUF_EMPTY;
    struct err err = ERR_NONE;
    buf_printf(&path, "%s/%s", one->folder, name);
    if (text == NULL) {
        unlink(path.bytes);
    } else {
        assert_true(file_write(path.bytes, str_of(text), 0600, &err));
    }
    buf_fini(&path);
}

void operator_start(struct operator* one)
{
    char start[CLOCK_TEXT], end[CLOCK_TEXT], text[800];
    struct err err = ERR_NONE;
    *one = (struct operator){.folder = "/tmp/saring-operator.XXXXXX"};
    assert_true(hash_start(&err));
    assert_non_null(mkdtemp(one->folder));
    make_keys(one);
    buf_printf(&one->season,
               "{\"end\":\"%s\",\"name\":\"Pilkada Contoh\",\"organisations\":["
               "{\"keys\":[\"%s\",\"%s\"],\"name\":\"Tim Siber Contoh\",\"role\":\"team\"},"
               "{\"keys\":[\"%s\"],\"name\":\"Mitra Cek\",\"role\":\"independent\"},"
               "{\"keys\":[\"%s\"],\"name\":\"Panel Contoh\",\"role\":\"appeals\"}],"
               "\"start\":\"%s\",\"type\":\"saring-season-1\"}",
               clock_format(SAMPLE_NOW_MS + 50 * 24 * hour_ms, end), one->lines[KEY_SARI].bytes,
               one->lines[KEY_TONO].bytes, one->lines[KEY_RINA].bytes, one->lines[KEY_JURI].bytes,
               clock_format(SAMPLE_NOW_MS - 10 * 24 * hour_ms, start));
    operator_write(one, "season.json", one->season.bytes);
    operator_write(one, "list.pub", one->lines[KEY_LIST].bytes);
    operator_write(one, "off-server.pub", one->lines[KEY_TONO].bytes);
    one->arena = arena_new(8 << 20);
    if (!pull_pins_load(&one->pins, one->folder, one->arena, &err)) {
        fail_msg("%s", err_format(&err, text, sizeof text));
    }
}

void operator_end(struct operator* one)
{
    operator_write(one, "season.json", NULL);
    operator_write(one, "list.pub", NULL);
    operator_write(one, "off-server.pub", NULL);
    rmdir(one->folder);
    for (int i = 0; i < KEYS; i++) {
        buf_fini(&one->lines[i]);
    }
    buf_fini(&one->season);
    arena_free(one->arena);
}

void operator_sign(const struct operator* one, enum operator_key key, struct str bytes,
                   struct buf *out)
{
    sshsig_sign(one->secrets[key], bytes, out);
}

void operator_line(const struct operator* one, const struct blocklist_draft *draft,
                   enum operator_key reviewer, enum operator_key approver, struct buf *out)
{
    struct blocklist_entry *entry = sample_entry(draft);
    struct buf first = BUF_EMPTY, second = BUF_EMPTY;
    struct blocklist_signed line = {.json = blocklist_entry_json(entry)};
    operator_sign(one, reviewer, line.json, &first);
    operator_sign(one, approver, line.json, &second);
    line.reviewer = (struct blocklist_hand){buf_str(&one->lines[reviewer]), buf_str(&first)};
    line.approver = (struct blocklist_hand){buf_str(&one->lines[approver]), buf_str(&second)};
    blocklist_signed_put(&line, out);
    buf_fini(&first);
    buf_fini(&second);
    blocklist_entry_free(entry);
}

struct blocklist_draft operator_draft(const struct operator* one, const char *host, int64_t hours)
{
    struct blocklist_draft draft = sample_draft();
    draft.season = &one->pins.season;
    draft.target = str_of(host);
    draft.end_ms = draft.start_ms + hours * hour_ms;
    return draft;
}
