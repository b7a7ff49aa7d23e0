#include "filter/base/hash.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdint.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"

bool hash_start(struct err *err)
{
    if (sodium_init() < 0) {
        return err_set(err, "libsodium cannot start: the system gives no random bytes");
    }
    return true;
}

struct hash hash_keyed(const struct hash_key *key, const struct str *parts, size_t count)
{
    crypto_generichash_state state;
    struct hash hash;
    crypto_generichash_init(&state, key->bytes, sizeof key->bytes, sizeof hash.bytes);
    for (size_t i = 0; i < count; i++) {
        uint64_t len = parts[i].len;
        unsigned char lead[8];
        for (unsigned byte = 0; byte < 8; byte++) {
            lead[byte] = (unsigned char)(len >> (8 * byte));
        }
        crypto_generichash_update(&state, lead, sizeof lead);
        crypto_generichash_update(&state, (const unsigned char *)parts[i].at, parts[i].len);
    }
    crypto_generichash_final(&state, hash.bytes, sizeof hash.bytes);
    return hash;
}

struct hash hash_sha256(struct str bytes)
{
    struct hash_stream stream;
    hash_stream_init(&stream);
    hash_stream_put(&stream, bytes);
    return hash_stream_end(&stream);
}

void hash_stream_init(struct hash_stream *stream)
{
    static_assert(SHA256_DIGEST_SIZE == HASH_BYTES, "one size for all");
    sha256_init(&stream->state);
}

void hash_stream_put(struct hash_stream *stream, struct str bytes)
{
    if (bytes.len > 0) {
        sha256_update(&stream->state, bytes.len, (const uint8_t *)bytes.at);
    }
}

struct hash hash_stream_end(struct hash_stream *stream)
{
    struct hash hash;
    sha256_digest(&stream->state, sizeof hash.bytes, hash.bytes);
    return hash;
}

char *hash_format(const struct hash *hash, char out[HASH_HEX])
{
    return sodium_bin2hex(out, HASH_HEX, hash->bytes, sizeof hash->bytes);
}

bool hash_parse(struct str hex, struct hash *hash)
{
    struct hash read;
    char again[HASH_HEX];
    size_t len = 0;
    if (hex.len != HASH_HEX - 1 ||
        sodium_hex2bin(read.bytes, sizeof read.bytes, hex.at, hex.len, NULL, &len, NULL) != 0 ||
        len != sizeof read.bytes || !str_is(hex, hash_format(&read, again))) {
        return false;
    }
    *hash = read;
    return true;
}

bool hash_key_load(const char *path, struct hash_key *key, struct err *err)
{
    if (access(path, F_OK) != 0 && errno == ENOENT) {
        randombytes_buf(key->bytes, sizeof key->bytes);
        struct str bytes = {.at = (const char *)key->bytes, .len = sizeof key->bytes};
        return file_write(path, bytes, 0600, err);
    }
    struct buf bytes = BUF_EMPTY;
    bool done = file_read(path, sizeof key->bytes, &bytes, err);
    if (done && bytes.len != sizeof key->bytes) {
        err_set(err, "is a key of %zu bytes; it must have 32", bytes.len);
        done = err_in_file(err, path);
    }
    if (done) {
        memcpy(key->bytes, bytes.bytes, sizeof key->bytes);
    }
    if (bytes.bytes != NULL) {
        sodium_memzero(bytes.bytes, bytes.len);
    }
    buf_fini(&bytes);
    return done;
}
