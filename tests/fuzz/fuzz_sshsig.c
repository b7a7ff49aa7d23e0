/* Signatures and keys come from outside: no bytes crash the reader, none forge a signature. */
#include <sodium.h>
#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/base/sshsig.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned char seed[crypto_sign_SEEDBYTES] = "a seed that no attacker has";
    unsigned char secret[SSHSIG_SECRET_BYTES];
    struct sshsig_key key, parsed;
    struct str input = {.at = (const char *)data, .len = size};
    struct err err = ERR_NONE;
    if (sodium_init() < 0) {
        abort();
    }
    if (sshsig_key_parse(input, &parsed, &err)) {
        struct buf line = BUF_EMPTY;
        struct sshsig_key again;
        sshsig_key_format(&parsed, &line);
        if (!sshsig_key_parse(buf_str(&line), &again, &err) || !sshsig_key_equal(&parsed, &again)) {
            abort();
        }
        buf_fini(&line);
    }
    crypto_sign_seed_keypair(key.bytes, secret, seed);
    err = ERR_NONE;
    if (sshsig_verify(input, STR("a message nobody signed"), &key, &err) || !err_is_set(&err)) {
        abort();
    }
    /* What we sign verifies over the input as a message, and over nothing else. */
    struct buf armored = BUF_EMPTY;
    sshsig_sign(secret, input, &armored);
    err = ERR_NONE;
    if (!sshsig_verify(buf_str(&armored), input, &key, &err) ||
        sshsig_verify(buf_str(&armored), STR("a message nobody signed"), &key, &err)) {
        abort();
    }
    buf_fini(&armored);
    return 0;
}
