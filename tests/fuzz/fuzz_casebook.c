/*
 * What the casebook reads as from a stranger: proposals with their records, season files, published
 * heads, kept evidence, and the log's own rows. The first byte says which. No bytes crash it; no
 * bytes make an entry of another class than fraud; no rows put in force what two keys did not sign.
 */
#include <stdlib.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/blocklist/entry.h"
#include "filter/casebook/evidence.h"
#include "filter/casebook/replay.h"
#include "tests/fuzz/fuzz.h"

#define NOW ((int64_t)1795622400000)

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Cuts `*rest` at the first `mark`. */
static struct str cut(struct str *rest, char mark)
{
    const char *at = rest->len > 0 ? memchr(rest->at, mark, rest->len) : NULL;
    struct str part = str_part(*rest, 0, at != NULL ? (size_t)(at - rest->at) : rest->len);
    *rest = str_part(*rest, part.len + (at != NULL ? 1 : 0), rest->len);
    return part;
}

static void proposal(struct str input, enum rule_class class)
{
    struct str record = input, bytes = cut(&record, '\n');
    struct casebook_basis basis = {.case_id = 7,
                                   .class = class,
                                   .rule_id = STR("aturan-uji"),
                                   .reviewer = STR("rani"),
                                   .organisation = STR("tim siber contoh"),
                                   .season = STR("demo"),
                                   .is_demo = true,
                                   .now_ms = NOW};
    struct blocklist_entry *entry = NULL;
    enum casebook_kind kind;
    struct err err = ERR_NONE;
    if (casebook_proposal_check(bytes, record, &basis, &kind, &entry, &err)) {
        check((kind == KIND_ENTRY) == (entry != NULL));
        check(kind != KIND_ENTRY || class == RULE_FRAUD);
        check(kind != KIND_CORRECTION || class != RULE_FRAUD);
    } else {
        check(entry == NULL && err_is_set(&err));
    }
    blocklist_entry_free(entry);
}

static void season(struct str input)
{
    struct arena *arena = arena_new(8 << 20);
    struct casebook_season_file file;
    struct err err = ERR_NONE;
    if (casebook_season_read(arena, input, &file, &err)) {
        check(file.end_ms - file.start_ms <= CASEBOOK_SEASON_LONGEST_MS);
        check(file.organisation_count >= 2);
    } else {
        check(err_is_set(&err));
    }
    arena_free(arena);
}

/* "action TAB case TAB detail" a line, as rows whose chain is sound. */
static void rows(struct str input)
{
    struct casebook_replay *replay = casebook_replay_new(NULL);
    for (int64_t seq = 1; input.len > 0; seq++) {
        struct str line = cut(&input, '\n');
        struct casebook_row row = {.seq = seq, .time_ms = NOW + seq, .actor = STR("machine")};
        row.action = cut(&line, '\t');
        struct str number = cut(&line, '\t');
        row.case_id = number.len > 0 ? number.at[0] - '0' : 0;
        row.detail = line;
        casebook_replay_row(replay, &row, casebook_replay_prepare(replay, &row));
    }
    size_t count = casebook_replay_finish(replay, NOW + 3600000);
    for (size_t i = 0; i < count; i++) {
        const struct casebook_replayed *one = casebook_replay_entry(replay, i);
        check(blocklist_entry_parts(one->entry)->class == RULE_FRAUD);
        check(!sshsig_key_equal(&one->reviewer_key, &one->approver_key));
        check(!str_equal(one->reviewer_org, one->approver_org));
    }
    casebook_replay_free(replay);
}

static void head(struct str input)
{
    struct casebook_head one, again;
    struct buf line = BUF_EMPTY;
    struct err err = ERR_NONE;
    if (casebook_head_parse(input, &one, &err)) {
        casebook_head_format(&one, NOW, &line);
        check(casebook_head_parse(buf_str(&line), &again, &err));
        check(again.seq == one.seq && memcmp(&again.hash, &one.hash, sizeof one.hash) == 0);
    }
    buf_fini(&line);
}

static void evidence(struct str input)
{
    struct arena *arena = arena_new(4 << 20);
    const struct rule_evidence *list;
    size_t count;
    struct err err = ERR_NONE;
    if (casebook_evidence_read(arena, input, &list, &count, &err)) {
        struct buf once = BUF_EMPTY, twice = BUF_EMPTY;
        casebook_evidence_write(list, count, &once);
        check(casebook_evidence_read(arena, buf_str(&once), &list, &count, &err));
        casebook_evidence_write(list, count, &twice);
        check(str_equal(buf_str(&once), buf_str(&twice)));
        buf_fini(&once);
        buf_fini(&twice);
    }
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_NONE;
    check(hash_start(&err));
    if (size == 0) {
        return 0;
    }
    struct str input = {(const char *)data + 1, size - 1};
    switch (data[0]) {
    case 'f':
        proposal(input, RULE_FRAUD);
        break;
    case 'p':
        proposal(input, RULE_PROCEDURE);
        break;
    case 's':
        season(input);
        break;
    case 'r':
        rows(input);
        break;
    case 'h':
        head(input);
        break;
    case 'e':
        evidence(input);
        break;
    default:
        break;
    }
    return 0;
}
