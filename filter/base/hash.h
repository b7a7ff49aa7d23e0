/*
 * Keyed hashes by libsodium, plain ones by nettle, which uses the processor's own SHA-256 where it
 * has one: of the log and the lists gigabytes are hashed.
 */
#pragma once

#include <nettle/sha2.h>
#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"

struct err;

enum { HASH_BYTES = 32, HASH_HEX = 2 * HASH_BYTES + 1 };

struct hash {
    unsigned char bytes[HASH_BYTES];
};

/* A secret that never leaves this installation. */
struct hash_key {
    unsigned char bytes[HASH_BYTES];
};

/* Call once at start, before any other call here. False if the system has no randomness. */
MUST_CHECK bool hash_start(struct err *err);

/*
 * BLAKE2b-256 (RFC 7693) with `key` over the parts, each led by its length, so that no two lists
 * of parts hash alike by joining differently.
 */
struct hash hash_keyed(const struct hash_key *key, const struct str *parts, size_t count);

/* SHA-256 (FIPS 180-4), as sha256sum prints it. */
struct hash hash_sha256(struct str bytes);

/* The same of bytes that come in parts, for what is too large to be held at once. */
struct hash_stream {
    struct sha256_ctx state;
};
void hash_stream_init(struct hash_stream *stream);
void hash_stream_put(struct hash_stream *stream, struct str bytes);
struct hash hash_stream_end(struct hash_stream *stream);

/* Lower-case hexadecimal; returns `out`. */
char *hash_format(const struct hash *hash, char out[HASH_HEX]);

/* Reads what hash_format writes; false, without an error text, at anything else. */
MUST_CHECK bool hash_parse(struct str hex, struct hash *hash);

/*
 * Reads the 32-byte key from `path`; makes one there (mode 0600) if there is no file. False if it
 * can't be read or made, or is not 32 bytes long.
 */
MUST_CHECK bool hash_key_load(const char *path, struct hash_key *key, struct err *err);
