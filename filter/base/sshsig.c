#include "filter/base/sshsig.h"

#include <assert.h>
#include <sodium.h>
#include <stdint.h>

#include "filter/base/err.h"

#define BEGIN "-----BEGIN SSH SIGNATURE-----"
#define END "-----END SSH SIGNATURE-----"
#define MAGIC STR("SSHSIG")
#define NAMESPACE STR("saring")
#define ALGORITHM STR("ssh-ed25519")

enum { VERSION = 1, LINE = 70 };

static_assert(SSHSIG_KEY_BYTES == crypto_sign_PUBLICKEYBYTES, "one size");
static_assert(SSHSIG_SECRET_BYTES == crypto_sign_SECRETKEYBYTES, "one size");

/* Reads SSH's wire format (RFC 4251, section 5) from front to back. */
struct reader {
    struct str left;
};

static bool take_bytes(struct reader *in, size_t len, struct str *bytes)
{
    if (in->left.len < len) {
        return false;
    }
    *bytes = str_part(in->left, 0, len);
    in->left = str_part(in->left, len, in->left.len);
    return true;
}

static bool take_number(struct reader *in, uint32_t *number)
{
    struct str bytes;
    if (!take_bytes(in, 4, &bytes)) {
        return false;
    }
    const unsigned char *at = (const unsigned char *)bytes.at;
    *number = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    return true;
}

static bool take_string(struct reader *in, struct str *string)
{
    uint32_t len;
    return take_number(in, &len) && take_bytes(in, len, string);
}

/* An algorithm's name and `len` bytes, with nothing behind them: a key, or a signature. */
static bool take_pair(struct str whole, size_t len, const unsigned char **bytes)
{
    struct reader in = {.left = whole};
    struct str name, value;
    if (!take_string(&in, &name) || !take_string(&in, &value) || in.left.len != 0 ||
        !str_equal(name, ALGORITHM) || value.len != len) {
        return false;
    }
    *bytes = (const unsigned char *)value.at;
    return true;
}

static void put_number(struct buf *out, size_t number)
{
    unsigned char bytes[4] = {(unsigned char)(number >> 24), (unsigned char)(number >> 16),
                              (unsigned char)(number >> 8), (unsigned char)number};
    buf_put(out, bytes, sizeof bytes);
}

static void put_string(struct buf *out, struct str string)
{
    put_number(out, string.len);
    buf_put_str(out, string);
}

static void put_pair(struct buf *out, const unsigned char *bytes, size_t len)
{
    struct buf pair = BUF_EMPTY;
    put_string(&pair, ALGORITHM);
    put_string(&pair, (struct str){.at = (const char *)bytes, .len = len});
    put_string(out, buf_str(&pair));
    buf_fini(&pair);
}

/* What a character of base64 stands for; -1 if it is none. */
static int value_of(unsigned char c)
{
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+'             ? 62
           : c == '/'             ? 63
                                  : -1;
}

/*
 * Base64 as ssh-keygen writes it, with newlines and padded at its end: signatures and
 * public keys are no secrets, and libsodium's constant time costs a list of a million seconds. What
 * is anything else is left to it. Returns the bytes, 0 if it is not just so.
 */
static size_t decode_plain(struct str text, unsigned char *bytes)
{
    unsigned group = 0, bits = 0, padding = 0;
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        int value = value_of(c);
        if (c == '\n' && padding == 0) {
            continue;
        }
        if (c == '=' && (bits == 2 || bits == 4) && (group & ((1U << bits) - 1)) == 0) {
            padding++;
            continue;
        }
        if (value < 0 || padding > 0) {
            return 0;
        }
        group = group << 6 | (unsigned)value;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes[len++] = (unsigned char)(group >> bits);
        }
    }
    /* Two bits are left of three characters, four of two: as many signs of padding as are missing.
     */
    return padding == (bits == 2 ? 1U : bits == 4 ? 2U : 0U) && bits != 6 ? len : 0;
}

/* Appends what base64 text stands for; `ignore` names characters to skip. */
static bool decode(struct str text, const char *ignore, struct buf *out)
{
    unsigned char bytes[SSHSIG_MAX_BYTES];
    size_t len = 0;
    const char *end = NULL;
    if (text.len > SSHSIG_MAX_BYTES || text.len == 0) {
        return false;
    }
    if (ignore != NULL && (len = decode_plain(text, bytes)) > 0) {
        buf_put(out, bytes, len);
        return true;
    }
    if (sodium_base642bin(bytes, sizeof bytes, text.at, text.len, ignore, &len, &end,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        end != text.at + text.len) {
        return false;
    }
    buf_put(out, bytes, len);
    return true;
}

static void encode(struct str bytes, struct buf *out)
{
    char text[sodium_base64_ENCODED_LEN(SSHSIG_MAX_BYTES, sodium_base64_VARIANT_ORIGINAL)];
    sodium_bin2base64(text, sizeof text, (const unsigned char *)bytes.at, bytes.len,
                      sodium_base64_VARIANT_ORIGINAL);
    buf_put_string(out, text);
}

static void put_key_blob(struct buf *out, const struct sshsig_key *key)
{
    put_string(out, ALGORITHM);
    put_string(out, (struct str){.at = (const char *)key->bytes, .len = sizeof key->bytes});
}

bool sshsig_key_parse(struct str line, struct sshsig_key *key, struct err *err)
{
    line = str_trim(line);
    struct str type = STR("ssh-ed25519 ");
    if (line.len > SSHSIG_MAX_BYTES || !str_starts(line, type)) {
        return err_set(err, "is no public key of type ssh-ed25519 (ssh-keygen -t ed25519 makes "
                            "one; the file to give ends in .pub)");
    }
    struct str rest = str_part(line, type.len, line.len);
    size_t len = 0;
    while (len < rest.len && rest.at[len] != ' ' && rest.at[len] != '\t') {
        len++;
    }
    /* A second line would be a second key: which one is meant? */
    if (line.len > 0 && memchr(line.at, '\n', line.len) != NULL) {
        return err_set(err, "holds more than one line; give one key");
    }
    struct buf blob = BUF_EMPTY;
    const unsigned char *bytes = NULL;
    bool done = decode(str_part(rest, 0, len), NULL, &blob) &&
                take_pair(buf_str(&blob), SSHSIG_KEY_BYTES, &bytes);
    if (done) {
        memcpy(key->bytes, bytes, sizeof key->bytes);
    }
    buf_fini(&blob);
    return done || err_set(err, "is no complete ssh-ed25519 public key");
}

void sshsig_key_format(const struct sshsig_key *key, struct buf *out)
{
    struct buf blob = BUF_EMPTY;
    put_key_blob(&blob, key);
    buf_put_str(out, ALGORITHM);
    buf_put_char(out, ' ');
    encode(buf_str(&blob), out);
    buf_fini(&blob);
}

char *sshsig_key_fingerprint(const struct sshsig_key *key, char out[SSHSIG_FINGERPRINT])
{
    struct buf blob = BUF_EMPTY;
    put_key_blob(&blob, key);
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)blob.bytes, blob.len);
    char base64[SSHSIG_FINGERPRINT - 7];
    sodium_bin2base64(base64, sizeof base64, hash, sizeof hash,
                      sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    snprintf(out, SSHSIG_FINGERPRINT, "SHA256:%s", base64);
    buf_fini(&blob);
    return out;
}

bool sshsig_key_equal(const struct sshsig_key *a, const struct sshsig_key *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

/* The parts of a signature that count; they point into the decoded blob. */
struct parts {
    struct str space, hash;
    const unsigned char *key, *signature;
};

static bool take_parts(struct str blob, struct parts *parts, struct err *err)
{
    struct reader in = {.left = blob};
    struct str magic, key, reserved, signature;
    uint32_t version;
    if (!take_bytes(&in, MAGIC.len, &magic) || !str_equal(magic, MAGIC) ||
        !take_number(&in, &version)) {
        return err_set(err, "is no SSH signature");
    }
    if (version != VERSION) {
        return err_set(err, "is an SSH signature of version %u; version 1 is known", version);
    }
    if (!take_string(&in, &key) || !take_string(&in, &parts->space) ||
        !take_string(&in, &reserved) || !take_string(&in, &parts->hash) ||
        !take_string(&in, &signature) || in.left.len != 0) {
        return err_set(err, "is a damaged SSH signature");
    }
    if (!take_pair(key, SSHSIG_KEY_BYTES, &parts->key) ||
        !take_pair(signature, crypto_sign_BYTES, &parts->signature)) {
        return err_set(err, "is not by a key of type ssh-ed25519");
    }
    if (!str_equal(parts->space, NAMESPACE)) {
        return err_set(err, "is of another namespace; sign with ssh-keygen -Y sign -n saring");
    }
    /* It is signed, so anything there was meant to say something that we don't understand. */
    if (reserved.len != 0) {
        return err_set(err, "holds a reserved field that is not empty");
    }
    if (!str_is(parts->hash, "sha512") && !str_is(parts->hash, "sha256")) {
        return err_set(err, "uses a hash that is neither sha512 nor sha256");
    }
    return true;
}

/* What the key really signs: the message's hash with the namespace before it. */
static void put_signed_hash(struct buf *out, struct str hash_name, const unsigned char *hash,
                            size_t len)
{
    buf_put_str(out, MAGIC);
    put_string(out, NAMESPACE);
    put_string(out, STR(""));
    put_string(out, hash_name);
    put_string(out, (struct str){.at = (const char *)hash, .len = len});
}

static void put_signed(struct buf *out, struct str hash_name, struct str message)
{
    if (str_is(hash_name, "sha256")) {
        struct hash hash = hash_sha256(message);
        put_signed_hash(out, hash_name, hash.bytes, sizeof hash.bytes);
        return;
    }
    unsigned char hash[crypto_hash_sha512_BYTES];
    crypto_hash_sha512(hash, (const unsigned char *)message.at, message.len);
    put_signed_hash(out, hash_name, hash, sizeof hash);
}

/* The text between the armor's two lines. */
static bool open_armor(struct str armored, struct str *inner)
{
    struct str text = str_trim(armored);
    if (armored.len > SSHSIG_MAX_BYTES || !str_starts(text, STR(BEGIN)) ||
        !str_ends(text, STR(END)) || text.len < sizeof BEGIN + sizeof END) {
        return false;
    }
    *inner = str_part(text, sizeof BEGIN - 1, text.len - (sizeof END - 1));
    *inner = str_trim(*inner);
    return true;
}

static bool verify_parts(const struct parts *parts, struct str message,
                         const struct sshsig_key *key, struct err *err)
{
    if (memcmp(parts->key, key->bytes, sizeof key->bytes) != 0) {
        char fingerprint[SSHSIG_FINGERPRINT];
        return err_set(err, "is by another key than %s", sshsig_key_fingerprint(key, fingerprint));
    }
    struct buf to_sign = BUF_EMPTY;
    put_signed(&to_sign, parts->hash, message);
    bool fits = crypto_sign_verify_detached(parts->signature, (const unsigned char *)to_sign.bytes,
                                            to_sign.len, key->bytes) == 0;
    buf_fini(&to_sign);
    return fits || err_set(err, "does not fit the signed bytes: they are others, or were changed");
}

bool sshsig_verify(struct str armored, struct str message, const struct sshsig_key *key,
                   struct err *err)
{
    struct str inner;
    struct parts parts;
    struct buf blob = BUF_EMPTY;
    bool done = false;
    if (!open_armor(armored, &inner) || !decode(inner, "\r\n", &blob)) {
        err_set(err, "is no armored SSH signature, or a cut one");
    } else {
        done = take_parts(buf_str(&blob), &parts, err) && verify_parts(&parts, message, key, err);
    }
    buf_fini(&blob);
    return done;
}

bool sshsig_signer(struct str armored, struct sshsig_key *key)
{
    struct str inner;
    struct parts parts;
    struct buf blob = BUF_EMPTY;
    struct err why = ERR_NONE;
    bool done = open_armor(armored, &inner) && decode(inner, "\r\n", &blob) &&
                take_parts(buf_str(&blob), &parts, &why);
    if (done) {
        memcpy(key->bytes, parts.key, sizeof key->bytes);
    }
    buf_fini(&blob);
    return done;
}

/* Signs what was put together, and wraps it with how it was hashed. */
static void put_armor(const unsigned char secret[SSHSIG_SECRET_BYTES], struct str to_sign,
                      struct str hash_name, struct buf *armored)
{
    struct buf blob = BUF_EMPTY, text = BUF_EMPTY;
    unsigned char signature[crypto_sign_BYTES];
    struct sshsig_key key;
    crypto_sign_ed25519_sk_to_pk(key.bytes, secret);
    crypto_sign_detached(signature, NULL, (const unsigned char *)to_sign.at, to_sign.len, secret);
    buf_put_str(&blob, MAGIC);
    put_number(&blob, VERSION);
    put_pair(&blob, key.bytes, sizeof key.bytes);
    put_string(&blob, NAMESPACE);
    put_string(&blob, STR(""));
    put_string(&blob, hash_name);
    put_pair(&blob, signature, sizeof signature);
    encode(buf_str(&blob), &text);
    buf_put_string(armored, BEGIN "\n");
    for (size_t at = 0; at < text.len; at += LINE) {
        size_t end = text.len - at < LINE ? text.len : at + LINE;
        buf_put_str(armored, str_part(buf_str(&text), at, end));
        buf_put_char(armored, '\n');
    }
    buf_put_string(armored, END "\n");
    buf_fini(&blob);
    buf_fini(&text);
}

void sshsig_sign(const unsigned char secret[SSHSIG_SECRET_BYTES], struct str message,
                 struct buf *armored)
{
    struct buf to_sign = BUF_EMPTY;
    put_signed(&to_sign, STR("sha512"), message);
    put_armor(secret, buf_str(&to_sign), STR("sha512"), armored);
    buf_fini(&to_sign);
}

void sshsig_sign_hash(const unsigned char secret[SSHSIG_SECRET_BYTES], const struct hash *sha256,
                      struct buf *armored)
{
    struct buf to_sign = BUF_EMPTY;
    put_signed_hash(&to_sign, STR("sha256"), sha256->bytes, sizeof sha256->bytes);
    put_armor(secret, buf_str(&to_sign), STR("sha256"), armored);
    buf_fini(&to_sign);
}
