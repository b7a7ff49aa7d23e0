#include <sodium.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/casebook/internal.h"

/*
 * Argon2id as libsodium's "interactive": 64 MiB and two passes, which a modest server can do for
 * a dozen people who sign in at once.
 */
#define PASSES crypto_pwhash_OPSLIMIT_INTERACTIVE
#define MEMORY crypto_pwhash_MEMLIMIT_INTERACTIVE

/* What lies in the database of a sealed key: a version, then these. */
enum {
    VERSION = 1,
    SALT = crypto_pwhash_SALTBYTES,
    NONCE = crypto_secretbox_NONCEBYTES,
    BOX = crypto_secretbox_MACBYTES + SSHSIG_SECRET_BYTES,
    SEALED = 1 + SALT + NONCE + BOX,
};

bool casebook_password_hash(struct str password, struct buf *out, struct err *err)
{
    char text[crypto_pwhash_STRBYTES];
    if (crypto_pwhash_str_alg(text, password.at, password.len, PASSES, MEMORY,
                              crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return err_set(err, "hashing a password needs 64 MiB of memory, which there is not");
    }
    buf_put_string(out, text);
    return true;
}

bool casebook_password_fits(struct str hash, struct str password)
{
    char text[crypto_pwhash_STRBYTES] = "";
    if (hash.len >= sizeof text) {
        return false;
    }
    memcpy(text, hash.at, hash.len);
    return crypto_pwhash_str_verify(text, password.at, password.len) == 0;
}

static bool derive(unsigned char key[crypto_secretbox_KEYBYTES], struct str password,
                   const unsigned char *salt, struct err *err)
{
    return crypto_pwhash(key, crypto_secretbox_KEYBYTES, password.at, password.len, salt, PASSES,
                         MEMORY, crypto_pwhash_ALG_ARGON2ID13) == 0 ||
           err_set(err, "unsealing a key needs 64 MiB of memory, which there is not");
}

bool casebook_seal_secret(struct str password, const unsigned char secret[SSHSIG_SECRET_BYTES],
                          struct buf *sealed, struct err *err)
{
    unsigned char out[SEALED] = {VERSION};
    unsigned char *salt = out + 1, *nonce = salt + SALT, *box = nonce + NONCE;
    unsigned char wrap[crypto_secretbox_KEYBYTES];
    randombytes_buf(salt, SALT);
    randombytes_buf(nonce, NONCE);
    bool done = derive(wrap, password, salt, err);
    if (done) {
        crypto_secretbox_easy(box, secret, SSHSIG_SECRET_BYTES, nonce, wrap);
        buf_put(sealed, out, sizeof out);
    }
    sodium_memzero(wrap, sizeof wrap);
    return done;
}

bool casebook_seal(struct str password, struct sshsig_key *key, struct buf *sealed, struct err *err)
{
    unsigned char secret[SSHSIG_SECRET_BYTES];
    crypto_sign_ed25519_keypair(key->bytes, secret);
    bool done = casebook_seal_secret(password, secret, sealed, err);
    sodium_memzero(secret, sizeof secret);
    return done;
}

bool casebook_unseal(struct str sealed, struct str password, const struct sshsig_key *key,
                     unsigned char secret[SSHSIG_SECRET_BYTES], struct err *err)
{
    const unsigned char *bytes = (const unsigned char *)sealed.at;
    unsigned char wrap[crypto_secretbox_KEYBYTES];
    if (sealed.len != SEALED || bytes[0] != VERSION) {
        return err_set(err, "the sealed key is damaged");
    }
    if (!derive(wrap, password, bytes + 1, err)) {
        return false;
    }
    struct sshsig_key inside;
    bool done = crypto_secretbox_open_easy(secret, bytes + 1 + SALT + NONCE, BOX, bytes + 1 + SALT,
                                           wrap) == 0 &&
                crypto_sign_ed25519_sk_to_pk(inside.bytes, secret) == 0 &&
                sshsig_key_equal(&inside, key);
    sodium_memzero(wrap, sizeof wrap);
    if (!done) {
        sodium_memzero(secret, SSHSIG_SECRET_BYTES);
        err_set(err, "the sealed key is damaged, or another person's");
    }
    return done;
}
