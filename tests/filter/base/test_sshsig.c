#include "filter/base/sshsig.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "tests/filter/test.h"

/* A key and signatures by the real ssh-keygen, made once for the whole group. */
struct real {
    char folder[32];
    struct sshsig_key key, other;
};

static const struct str message = STR("{\"class\":\"fraud\",\"target\":\"kpu-daftar.example\"}");

static void run(const char *folder, const char *format)
{
    struct buf command = BUF_EMPTY;
    buf_printf(&command, "cd %s && (%s) >/dev/null 2>&1", folder, format);
    assert_int_equal(system(command.bytes), 0);
    buf_fini(&command);
}

static struct buf read_named(const struct real *real, const char *name)
{
    struct buf path = BUF_EMPTY, bytes = BUF_EMPTY;
    struct err err = ERR_NONE;
    buf_printf(&path, "%s/%s", real->folder, name);
    assert_true(file_read(path.bytes, 65536, &bytes, &err));
    buf_fini(&path);
    return bytes;
}

static struct sshsig_key read_key(const struct real *real, const char *name)
{
    struct buf line = read_named(real, name);
    struct sshsig_key key;
    struct err err = ERR_NONE;
    assert_true(sshsig_key_parse(buf_str(&line), &key, &err));
    buf_fini(&line);
    return key;
}

static int set_up(void **state)
{
    struct real *real = calloc(1, sizeof *real);
    *state = real;
    assert_true(sodium_init() >= 0);
    strcpy(real->folder, "/tmp/saring-sshsig.XXXXXX");
    assert_non_null(mkdtemp(real->folder));
    if (system("command -v ssh-keygen >/dev/null") != 0) {
        return 0;
    }
    struct err err = ERR_NONE;
    struct buf path = BUF_EMPTY;
    buf_printf(&path, "%s/message", real->folder);
    assert_true(file_write(path.bytes, message, 0600, &err));
    buf_fini(&path);
    run(real->folder, "ssh-keygen -q -t ed25519 -N '' -C 'kunci uji' -f key");
    run(real->folder, "ssh-keygen -q -t ed25519 -N '' -f other");
    run(real->folder, "ssh-keygen -q -t ecdsa -N '' -f ecdsa");
    run(real->folder, "ssh-keygen -Y sign -f key -n saring <message >good");
    run(real->folder, "ssh-keygen -Y sign -f key -n saring -O hashalg=sha256 <message >sha256");
    run(real->folder, "ssh-keygen -Y sign -f key -n git <message >git");
    run(real->folder, "ssh-keygen -Y sign -f ecdsa -n saring <message >ecdsa.sig");
    run(real->folder, "sed 's/$/\\r/' good >crlf");
    real->key = read_key(real, "key.pub");
    real->other = read_key(real, "other.pub");
    return 0;
}

static int tear_down(void **state)
{
    struct real *real = *state;
    struct buf command = BUF_EMPTY;
    buf_printf(&command, "rm -rf %s", real->folder);
    assert_int_equal(system(command.bytes), 0);
    buf_fini(&command);
    free(real);
    return 0;
}

static void need_keygen(void)
{
    if (system("command -v ssh-keygen >/dev/null") != 0) {
        skip();
    }
}

static bool verify(const struct real *real, const char *name, struct str bytes,
                   const struct sshsig_key *key, struct err *err)
{
    struct buf armored = read_named(real, name);
    *err = ERR_NONE;
    bool fits = sshsig_verify(buf_str(&armored), bytes, key, err);
    buf_fini(&armored);
    return fits;
}

static void accepts_what_ssh_keygen_signs(void **state)
{
    need_keygen();
    const struct real *real = *state;
    struct err err;
    assert_true(verify(real, "good", message, &real->key, &err));
    assert_true(verify(real, "sha256", message, &real->key, &err));
    assert_true(verify(real, "crlf", message, &real->key, &err));
}

static void refuses_what_is_not_that_signature(void **state)
{
    need_keygen();
    const struct real *real = *state;
    struct err err;
    assert_false(verify(real, "git", message, &real->key, &err));
    assert_non_null(strstr(err.message, "namespace"));
    assert_false(verify(real, "good", message, &real->other, &err));
    assert_non_null(strstr(err.message, "another key"));
    assert_false(verify(real, "good", STR("{}"), &real->key, &err));
    assert_non_null(strstr(err.message, "does not fit"));
    assert_false(verify(real, "good", str_part(message, 0, message.len - 1), &real->key, &err));
    assert_false(verify(real, "ecdsa.sig", message, &real->key, &err));
    assert_non_null(strstr(err.message, "ssh-ed25519"));
    assert_false(verify(real, "key.pub", message, &real->key, &err));
}

/* No prefix of a signature is one, and no changed character goes unnoticed. */
static void refuses_every_cut_and_change(void **state)
{
    need_keygen();
    const struct real *real = *state;
    struct buf armored = read_named(real, "good");
    struct str whole = str_trim(buf_str(&armored));
    for (size_t len = 0; len < whole.len; len++) {
        struct err err = ERR_NONE;
        assert_false(sshsig_verify(str_part(whole, 0, len), message, &real->key, &err));
        assert_true(err_is_set(&err));
    }
    for (size_t i = 0; i < whole.len; i++) {
        struct err err = ERR_NONE;
        char was = armored.bytes[i];
        if (was == '\n') {
            continue;
        }
        armored.bytes[i] = was == 'A' ? 'B' : 'A';
        assert_false(sshsig_verify(whole, message, &real->key, &err));
        armored.bytes[i] = was;
    }
    buf_fini(&armored);
}

static void ssh_keygen_accepts_what_we_sign(void **state)
{
    need_keygen();
    const struct real *real = *state;
    unsigned char secret[SSHSIG_SECRET_BYTES];
    struct sshsig_key key;
    crypto_sign_keypair(key.bytes, secret);
    struct buf armored = BUF_EMPTY, signers = BUF_EMPTY, path = BUF_EMPTY;
    struct err err = ERR_NONE;
    sshsig_sign(secret, message, &armored);
    assert_true(sshsig_verify(buf_str(&armored), message, &key, &err));
    buf_printf(&path, "%s/ours", real->folder);
    assert_true(file_write(path.bytes, buf_str(&armored), 0600, &err));
    buf_put_string(&signers, "peninjau ");
    sshsig_key_format(&key, &signers);
    buf_put_char(&signers, '\n');
    buf_clear(&path);
    buf_printf(&path, "%s/signers", real->folder);
    assert_true(file_write(path.bytes, buf_str(&signers), 0600, &err));
    run(real->folder, "ssh-keygen -Y verify -f signers -I peninjau -n saring -s ours <message");
    buf_fini(&armored);
    buf_fini(&signers);
    buf_fini(&path);
}

static void fingerprint_is_ssh_keygens(void **state)
{
    need_keygen();
    const struct real *real = *state;
    char fingerprint[SSHSIG_FINGERPRINT];
    struct buf command = BUF_EMPTY;
    buf_printf(&command, "ssh-keygen -l -f key.pub | grep -qF '%s'",
               sshsig_key_fingerprint(&real->key, fingerprint));
    run(real->folder, command.bytes);
    buf_fini(&command);
}

struct key_case {
    const char *name;
    struct str line;
    const char *message; /* NULL: it is a key */
};

#define KEY "AAAAC3NzaC1lZDI1NTE5AAAAIGPKSUTyz1HwHReFVvD5obVsALAgJRNarH4TRpNePnAS"

static const struct key_case key_cases[] = {
    {"a key with a comment", STR("ssh-ed25519 " KEY " budi@laptop\n"), NULL},
    {"a key without a comment", STR("ssh-ed25519 " KEY), NULL},
    {"nothing", STR(""), "no public key of type"},
    {"an RSA key", STR("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAB"), "no public key of type"},
    {"a secret key", STR("-----BEGIN OPENSSH PRIVATE KEY-----"), "no public key of type"},
    {"two keys", STR("ssh-ed25519 " KEY "\nssh-ed25519 " KEY), "more than one line"},
    {"a cut key", STR("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPK"), "no complete"},
    {"no base64", STR("ssh-ed25519 %%%%"), "no complete"},
    {"a key with bytes behind it", STR("ssh-ed25519 " KEY "AAAA"), "no complete"},
    {"a length beyond the end", STR("ssh-ed25519 /////w=="), "no complete"},
};

static void parse_key(void **state)
{
    const struct key_case *c = *state;
    struct sshsig_key key;
    struct err err = ERR_NONE;
    bool parsed = sshsig_key_parse(c->line, &key, &err);
    assert_int_equal(parsed, c->message == NULL);
    if (c->message != NULL) {
        assert_non_null(strstr(err.message, c->message));
        return;
    }
    struct buf again = BUF_EMPTY;
    sshsig_key_format(&key, &again);
    assert_string_equal(again.bytes, "ssh-ed25519 " KEY);
    buf_fini(&again);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_what_ssh_keygen_signs),
        cmocka_unit_test(refuses_what_is_not_that_signature),
        cmocka_unit_test(refuses_every_cut_and_change),
        cmocka_unit_test(ssh_keygen_accepts_what_we_sign),
        cmocka_unit_test(fingerprint_is_ssh_keygens),
    };
    int failed = cmocka_run_group_tests_name("sshsig_verify", tests, set_up, tear_down);
    return failed + RUN_CASES("sshsig_key_parse", key_cases, parse_key);
}
