#include "filter/casebook/proof.h"

#include <jansson.h>
#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/base/flat.h"
#include "filter/base/mem.h"
#include "filter/blocklist/entry.h"
#include "filter/blocklist/signed.h"
#include "filter/casebook/internal.h"
#include "filter/casebook/verified.h"

/*
 * A row's members: the first three as text, the rest as it stands between the quotes of canonical
 * JSON.
 */
struct members {
    struct str to, reviewer, other, json, reviewer_signature, other_signature;
};

enum { MEMBERS = 6, TEXTS = 3 };

#define LANE "urgent"

bool casebook_proof_is_of(struct str action)
{
    return str_is(action, "list") || str_is(action, LANE);
}

/* Of a detail that flat_read does not take: rewritten into `room`, from a tree. */
static bool read_tree(struct str detail, const char *const names[MEMBERS],
                      struct str *const parts[MEMBERS], struct buf *room)
{
    size_t starts[MEMBERS], ends[MEMBERS];
    json_t *object =
        json_loadb(detail.at, detail.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    for (size_t i = 0; i < MEMBERS; i++) {
        struct str text = casebook_json_text(object, names[i]);
        starts[i] = room->len + 1;
        if (i < TEXTS) {
            buf_put_char(room, '"');
            buf_put_str(room, text);
            ends[i] = room->len;
        } else {
            buf_put_json(room, text);
            ends[i] = room->len - 1;
        }
    }
    for (size_t i = 0; i < MEMBERS; i++) {
        *parts[i] = str_part(buf_str(room), starts[i], ends[i]);
    }
    bool is_object = object != NULL;
    json_decref(object);
    return is_object;
}

static bool read_flat(struct str detail, const char *const names[MEMBERS],
                      struct str *const parts[MEMBERS])
{
    struct flat flat;
    if (!flat_read(detail, &flat)) {
        return false;
    }
    for (size_t i = 0; i < MEMBERS; i++) {
        *parts[i] = flat_raw(&flat, names[i]);
        if (parts[i]->at == NULL) {
            *parts[i] = STR("");
        } else if (i < TEXTS && memchr(parts[i]->at, '\\', parts[i]->len) != NULL) {
            return false;
        }
    }
    return true;
}

/* False if the row lists nothing. What is missing is "". */
static bool read_members(const struct casebook_row *row, struct members *out, struct buf *room)
{
    bool is_lane = str_is(row->action, LANE);
    const char *const names[MEMBERS] = {
        "to",   "reviewer",           is_lane ? "second" : "approver",
        "json", "reviewer_signature", is_lane ? "second_signature" : "approver_signature"};
    struct str *const parts[MEMBERS] = {
        &out->to,   &out->reviewer,           &out->other,
        &out->json, &out->reviewer_signature, &out->other_signature};
    return casebook_proof_is_of(row->action) && row->detail.len > 0 &&
           (read_flat(row->detail, names, parts) || read_tree(row->detail, names, parts, room)) &&
           (!is_lane || str_is(out->to, casebook_state_name(CASE_URGENT)));
}

/* Whose key a signature names. */
static bool read_key(struct str raw, struct buf *text, struct sshsig_key *key)
{
    buf_clear(text);
    flat_text(raw, text);
    return sshsig_signer(buf_str(text), key);
}

/* Whether the signature is that key's over the entry. */
static bool fits(struct str raw, struct str json, const struct sshsig_key *key)
{
    struct buf text = BUF_EMPTY;
    struct err why = ERR_NONE;
    flat_text(raw, &text);
    bool done = sshsig_verify(buf_str(&text), json, key, &why);
    buf_fini(&text);
    return done;
}

static void prove(struct casebook_proof *proof, const struct casebook_verified *verified,
                  const struct hash *row, const struct members *members, struct buf *room)
{
    struct str json = blocklist_entry_json(proof->entry);
    proof->kept = verified != NULL ? casebook_verified_find(verified, row) : 0;
    proof->is_signed =
        read_key(members->reviewer_signature, room, &proof->reviewer_key) &&
        read_key(members->other_signature, room, &proof->other_key) &&
        (proof->kept != 0 || (fits(members->reviewer_signature, json, &proof->reviewer_key) &&
                              fits(members->other_signature, json, &proof->other_key)));
}

struct casebook_proof *casebook_proof_new(const struct casebook_verified *verified,
                                          const struct casebook_row *row)
{
    struct members members;
    struct buf room = BUF_EMPTY, text = BUF_EMPTY;
    struct casebook_proof *proof = NULL;
    struct err why = ERR_NONE;
    if (read_members(row, &members, &room)) {
        flat_text(members.json, &text);
        struct blocklist_entry *entry = blocklist_entry_read(buf_str(&text), &why);
        if (entry != NULL) {
            proof = mem_zero(1, sizeof *proof);
            *proof = (struct casebook_proof){.entry = entry,
                                             .reviewer = members.reviewer,
                                             .other = members.other,
                                             .is_lane = str_is(row->action, LANE)};
            prove(proof, verified, &row->hash, &members, &text);
            proof->names = room; /* where names are that are not in the row */
            room = BUF_EMPTY;
        }
    }
    buf_fini(&room);
    buf_fini(&text);
    return proof;
}

void casebook_proof_free(struct casebook_proof *proof)
{
    if (proof != NULL) {
        blocklist_entry_free(proof->entry);
        buf_fini(&proof->names);
        free(proof);
    }
}

bool casebook_proof_line(const struct casebook_row *row, struct buf *out)
{
    struct members members;
    struct buf room = BUF_EMPTY, text = BUF_EMPTY, keys[2] = {BUF_EMPTY, BUF_EMPTY};
    struct sshsig_key reviewer, other;
    bool done = read_members(row, &members, &room) &&
                read_key(members.reviewer_signature, &text, &reviewer) &&
                read_key(members.other_signature, &text, &other);
    if (done) {
        sshsig_key_format(&reviewer, &keys[0]);
        sshsig_key_format(&other, &keys[1]);
        const struct blocklist_signed line = {
            .json = members.json,
            .reviewer = {.key = buf_str(&keys[0]), .signature = members.reviewer_signature},
            .approver = {.key = buf_str(&keys[1]), .signature = members.other_signature},
        };
        blocklist_signed_put_raw(&line, out);
    }
    buf_fini(&room);
    buf_fini(&text);
    buf_fini(&keys[0]);
    buf_fini(&keys[1]);
    return done;
}
