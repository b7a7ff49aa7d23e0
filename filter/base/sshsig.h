/*
 * Signatures as `ssh-keygen -Y sign -n saring` makes them (OpenSSH, PROTOCOL.sshsig), and nothing
 * beside: version 1, ssh-ed25519 keys, the namespace "saring", sha512 or sha256.
 */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/hash.h"
#include "filter/base/str.h"

struct err;

enum {
    SSHSIG_KEY_BYTES = 32,
    SSHSIG_SECRET_BYTES = 64,
    SSHSIG_MAX_BYTES = 4096,    /* of an armored signature, or of a key's line */
    SSHSIG_FINGERPRINT = 7 + 44 /* "SHA256:" and base64 without padding, NUL included */
};

/* A public key. */
struct sshsig_key {
    unsigned char bytes[SSHSIG_KEY_BYTES];
};

/* Reads a line of an OpenSSH .pub file: "ssh-ed25519 AAAA… comment". */
MUST_CHECK bool sshsig_key_parse(struct str line, struct sshsig_key *key, struct err *err);

/* Appends "ssh-ed25519 AAAA…", without a comment. */
void sshsig_key_format(const struct sshsig_key *key, struct buf *out);

/* "SHA256:…", as `ssh-keygen -l` prints it; returns `out`. */
char *sshsig_key_fingerprint(const struct sshsig_key *key, char out[SSHSIG_FINGERPRINT]);

bool sshsig_key_equal(const struct sshsig_key *a, const struct sshsig_key *b);

/*
 * Whether `armored` is a signature over exactly the bytes of `message` by `key`. False with what
 * is wrong: not a signature, cut, of another namespace, by another key, over other bytes.
 */
MUST_CHECK bool sshsig_verify(struct str armored, struct str message, const struct sshsig_key *key,
                              struct err *err);

/* Whose key an armored signature names, whether or not it fits anything. False if it is none. */
MUST_CHECK bool sshsig_signer(struct str armored, struct sshsig_key *key);

/* Makes such a signature (sha512), armored, with a secret key of libsodium's crypto_sign. */
void sshsig_sign(const unsigned char secret[SSHSIG_SECRET_BYTES], struct str message,
                 struct buf *armored);

/* The same (sha256) for a message of which only the SHA-256 is at hand. */
void sshsig_sign_hash(const unsigned char secret[SSHSIG_SECRET_BYTES], const struct hash *sha256,
                      struct buf *armored);
