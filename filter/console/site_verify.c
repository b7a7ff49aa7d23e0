#include "filter/console/site_verify.h"

#include <dirent.h>
#include <jansson.h>
#include <string.h>

#include "filter/base/buf.h"
#include "filter/base/canonical.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/console/site_data.h"
#include "filter/console/site_part.h"

enum { MANIFEST_MOST = 64 << 10, WITNESS_MOST = 64 << 10, NAME_MOST = 64, SIGNATURES_MOST = 2 };

struct verifying {
    const struct site_verify_options *options;
    struct site_verified *out;
    struct sshsig_key key;
    struct casebook_head witness; /* seq 0: of a hash alone */
    bool has_witness, is_witnessed;
    struct err *err;
};

static enum site_verdict broken(struct verifying *in, const char *file)
{
    err_in_file(in->err, file);
    return SITE_BROKEN;
}

static bool load(struct verifying *in, const char *name, size_t most, struct buf *out)
{
    struct buf path = BUF_EMPTY;
    buf_printf(&path, "%s/%s", in->options->folder, name);
    bool done = file_read(path.bytes, most, out, in->err) || err_in_file(in->err, name);
    buf_fini(&path);
    return done;
}

static bool load_key(struct verifying *in)
{
    struct buf line = BUF_EMPTY;
    const char *path = in->options->key;
    bool done = (path != NULL ? file_read(path, SSHSIG_MAX_BYTES, &line, in->err)
                              : load(in, SITE_KEY, SSHSIG_MAX_BYTES, &line)) &&
                sshsig_key_parse(buf_str(&line), &in->key, in->err);
    in->out->is_pinned = path != NULL;
    sshsig_key_fingerprint(&in->key, in->out->key);
    buf_fini(&line);
    return done || err_in_file(in->err, path != NULL ? path : SITE_KEY);
}

/* A head as head.json has it, the "head" of a manifest, or a hash. */
static bool load_witness(struct verifying *in)
{
    struct str text = str_of(in->options->witness != NULL ? in->options->witness : "");
    struct buf file = BUF_EMPTY;
    in->has_witness = text.len > 0;
    if (!in->has_witness || hash_parse(str_trim(text), &in->witness.hash)) {
        return true;
    }
    if (text.at[0] != '{') {
        if (!file_read(in->options->witness, WITNESS_MOST, &file, in->err)) {
            return err_in_file(in->err, in->options->witness);
        }
        text = buf_str(&file);
    }
    json_t *root = json_loadb(text.at, text.len, 0, NULL);
    const json_t *head = json_object_get(root, "head");
    head = head != NULL ? head : root;
    in->witness.seq = json_integer_value(json_object_get(head, "seq"));
    bool done = hash_parse(site_text(head, "hash", NULL), &in->witness.hash) &&
                (root == NULL || in->witness.seq > 0);
    json_decref(root);
    buf_fini(&file);
    return done || err_set(in->err, "the witness is no head: a file as head.json or manifest.json, "
                                    "or a hash of 64 digits");
}

static bool is_name(const char *name)
{
    size_t len = name != NULL ? strlen(name) : 0;
    return len > 0 && len <= NAME_MOST && name[0] != '.' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.") == len;
}

static enum site_verdict check_file(struct verifying *in, const json_t *file)
{
    struct buf bytes = BUF_EMPTY;
    struct hash wanted;
    const char *name = json_string_value(json_object_get(file, "name"));
    if (!is_name(name) || !hash_parse(site_text(file, "sha256", NULL), &wanted)) {
        err_set(in->err, "names a file that is none of ours");
        return broken(in, SITE_MANIFEST);
    }
    if (!load(in, name, SITE_FILE_MOST, &bytes)) {
        buf_fini(&bytes);
        return SITE_UNREADABLE;
    }
    struct hash hash = hash_sha256(buf_str(&bytes));
    buf_fini(&bytes);
    in->out->files++;
    if (memcmp(&hash, &wanted, sizeof hash) != 0) {
        err_set(in->err, "bukan yang ditandatangani; unduh semuanya lagi, mungkin sedang diganti / "
                         "is not what was signed; download all of it again, it may just have been "
                         "changed");
        return broken(in, name);
    }
    return SITE_INTACT;
}

/* A file that nobody signed must not pass for one of these. */
static enum site_verdict check_others(struct verifying *in, const json_t *files)
{
    static const char *const endings[] = {".ndjson", ".csv", ".json", NULL};
    enum site_verdict verdict = SITE_INTACT;
    DIR *folder = opendir(in->options->folder);
    const struct dirent *one;
    while (verdict == SITE_INTACT && folder != NULL && (one = readdir(folder)) != NULL) {
        bool is_data = false, is_named = strcmp(one->d_name, SITE_MANIFEST) == 0;
        const json_t *file;
        size_t i;
        for (const char *const *ending = endings; *ending != NULL; ending++) {
            is_data |= str_ends(str_of(one->d_name), str_of(*ending));
        }
        json_array_foreach((json_t *)(uintptr_t)files, i, file)
        {
            is_named |= str_is(site_text(file, "name", NULL), one->d_name);
        }
        if (is_data && !is_named) {
            err_set(in->err,
                    "tidak disebut dalam " SITE_MANIFEST " / is not named in the manifest");
            verdict = broken(in, one->d_name);
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
    return verdict;
}

/*
 * What else than the decision was signed: in the 24-hour lane the same entry with an earlier end.
 * Anything else could be somebody's signature over something else.
 */
static bool check_other(struct str bytes, const json_t *decision, struct err *err)
{
    json_t *other = canonical_read(bytes, err), *same = json_copy((json_t *)(uintptr_t)decision);
    bool done = other != NULL;
    if (done && json_object_get(other, "end") != NULL && json_is_object(same)) {
        json_object_set(same, "end", json_object_get(other, "end"));
    }
    done = done && (json_equal(other, same) ||
                    err_set(err, "yang ditandatangani bukan keputusan baris ini / what was signed "
                                 "is not the decision of this row"));
    json_decref(other);
    json_decref(same);
    return done;
}

static bool check_signature(struct verifying *in, const json_t *one, const json_t *decision,
                            struct sshsig_key *key)
{
    struct buf own = BUF_EMPTY;
    struct str bytes = site_text(one, "signed", NULL);
    bool done = true;
    if (bytes.len > 0) {
        done = check_other(bytes, decision, in->err);
    } else {
        done = canonical_json(decision, &own, in->err);
        bytes = buf_str(&own);
    }
    done = done && sshsig_key_parse(site_text(one, "key", NULL), key, in->err) &&
           sshsig_verify(site_text(one, "signature", NULL), bytes, key, in->err);
    buf_fini(&own);
    in->out->signatures++;
    return done;
}

/* What two people signed of an entry or a correction is in the row, byte for byte. */
static bool check_signatures(struct verifying *in, const json_t *row)
{
    const json_t *decision = json_object_get(row, "decision"), *one;
    struct sshsig_key keys[SIGNATURES_MOST];
    struct str state = site_text(row, "entry", "state");
    size_t i, count = 0;
    json_array_foreach(json_object_get(row, "signatures"), i, one)
    {
        if (site_text(one, "signature", NULL).len == 0) {
            continue; /* of a referral */
        }
        if (count == SIGNATURES_MOST) {
            return err_set(in->err, "has more than %d signatures", SIGNATURES_MOST);
        }
        if (!json_is_object(decision) || !check_signature(in, one, decision, &keys[count])) {
            return err_is_set(in->err) ? false : err_set(in->err, "has no decision to be signed");
        }
        if (count > 0 && sshsig_key_equal(&keys[count], &keys[0])) {
            return err_set(in->err, "satu kunci menandatangani dua kali / one key signed twice");
        }
        if (str_is(state, "active") && site_text(one, "signed", NULL).len > 0) {
            return err_set(in->err, "entri berlaku penuh yang ditandatangani untuk jalur 24 jam / "
                                    "an active entry that was signed for the 24-hour lane");
        }
        count++;
    }
    bool is_in_force = str_is(state, "active") || str_is(state, "provisional");
    return !is_in_force || count == SIGNATURES_MOST ||
           err_set(in->err, "entri berlaku tanpa dua tanda tangan / an entry in force without two "
                            "signatures");
}

/* A row that was masked has {"hash","masked":true,"prev","seq"} in its place. */
static bool check_row(struct verifying *in, struct str line)
{
    struct casebook_head *head = &in->out->head;
    char hex[HASH_HEX];
    struct hash hash = hash_sha256(line);
    json_t *row = canonical_read(line, in->err);
    if (row == NULL) {
        return false;
    }
    bool is_masked = json_is_true(json_object_get(row, "masked"));
    bool done = json_integer_value(json_object_get(row, "seq")) == head->seq + 1 &&
                str_is(site_text(row, "prev", NULL), hash_format(&head->hash, hex));
    if (!done) {
        err_set(in->err, "rantainya putus / the chain is broken");
    } else if (is_masked) {
        done = hash_parse(site_text(row, "hash", NULL), &hash) ||
               err_set(in->err, "is masked and has no hash");
        in->out->masked++;
    } else {
        done = check_signatures(in, row);
    }
    json_decref(row);
    head->seq++;
    head->hash = hash;
    in->is_witnessed |= (in->witness.seq == 0 || in->witness.seq == head->seq) &&
                        memcmp(&hash, &in->witness.hash, sizeof hash) == 0;
    return done;
}

static enum site_verdict check_chain(struct verifying *in)
{
    struct buf bytes = BUF_EMPTY;
    bool done = true;
    if (!load(in, SITE_REGISTER, SITE_FILE_MOST, &bytes)) {
        buf_fini(&bytes);
        return SITE_UNREADABLE;
    }
    struct str rest = buf_str(&bytes);
    while (done && rest.len > 0) {
        const char *end = memchr(rest.at, '\n', rest.len);
        size_t len = end != NULL ? (size_t)(end - rest.at) : rest.len;
        done = end != NULL ? check_row(in, str_part(rest, 0, len))
                           : err_set(in->err, "its last line is cut");
        rest = str_part(rest, len + (end != NULL), rest.len);
        in->out->rows++;
    }
    buf_fini(&bytes);
    if (!done) {
        in->err->line = (unsigned)in->out->rows;
        return broken(in, SITE_REGISTER);
    }
    return SITE_INTACT;
}

/* That the chain ends where the manifest says, and goes through what was witnessed. */
static enum site_verdict check_heads(struct verifying *in, const json_t *manifest)
{
    struct hash hash;
    const json_t *head = json_object_get(manifest, "head");
    if (!hash_parse(site_text(head, "hash", NULL), &hash) ||
        memcmp(&hash, &in->out->head.hash, sizeof hash) != 0 ||
        json_integer_value(json_object_get(head, "seq")) != in->out->head.seq) {
        err_set(in->err, "its head is not the chain's last row");
        return broken(in, SITE_MANIFEST);
    }
    if (in->has_witness && !in->is_witnessed) {
        err_set(in->err,
                "kepala yang disaksikan tidak ada dalam rantai: register dipotong atau ditulis "
                "ulang / the witnessed head is not in the chain: the register was cut or written "
                "anew");
        return broken(in, SITE_REGISTER);
    }
    return SITE_INTACT;
}

static enum site_verdict check_manifest(struct verifying *in, struct str bytes)
{
    struct buf signature = BUF_EMPTY;
    if (!load(in, SITE_SIGNATURE, SSHSIG_MAX_BYTES, &signature)) {
        buf_fini(&signature);
        return SITE_UNREADABLE;
    }
    bool is_signed = sshsig_verify(buf_str(&signature), bytes, &in->key, in->err);
    buf_fini(&signature);
    if (!is_signed) {
        return broken(in, SITE_SIGNATURE);
    }
    json_t *manifest = canonical_read(bytes, in->err);
    const json_t *files = json_object_get(manifest, "files"), *file;
    enum site_verdict verdict = SITE_INTACT;
    bool has_register = false;
    size_t i;
    if (!str_is(site_text(manifest, "type", NULL), SITE_MANIFEST_TYPE) ||
        !str_is(site_text(manifest, "key", NULL), in->out->key) ||
        !clock_parse(site_text(manifest, "made", NULL), &in->out->made_ms)) {
        err_set(in->err, "is no manifest of a public register, or of another key");
        verdict = broken(in, SITE_MANIFEST);
    }
    in->out->is_demo = json_is_true(json_object_get(manifest, "demo"));
    json_array_foreach((json_t *)(uintptr_t)files, i, file)
    {
        if (verdict == SITE_INTACT) {
            has_register |= str_is(site_text(file, "name", NULL), SITE_REGISTER);
            verdict = check_file(in, file);
        }
    }
    if (verdict == SITE_INTACT && !has_register) {
        err_set(in->err, "does not name " SITE_REGISTER);
        verdict = broken(in, SITE_MANIFEST);
    }
    verdict = verdict == SITE_INTACT ? check_others(in, files) : verdict;
    verdict = verdict == SITE_INTACT ? check_chain(in) : verdict;
    verdict = verdict == SITE_INTACT ? check_heads(in, manifest) : verdict;
    json_decref(manifest);
    return verdict;
}

enum site_verdict site_verify(const struct site_verify_options *options,
                              struct site_verified *verified, struct err *err)
{
    struct verifying in = {.options = options, .out = verified, .err = err};
    struct buf manifest = BUF_EMPTY;
    *verified = (struct site_verified){.files = 0};
    enum site_verdict verdict = SITE_UNREADABLE;
    if (load_key(&in) && load_witness(&in) && load(&in, SITE_MANIFEST, MANIFEST_MOST, &manifest)) {
        verdict = check_manifest(&in, buf_str(&manifest));
    }
    buf_fini(&manifest);
    return verdict;
}
