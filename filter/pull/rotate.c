#include "filter/pull/rotate.h"

#include <jansson.h>
#include <stdio.h>

#include "filter/base/canonical.h"
#include "filter/base/err.h"

#define TYPE "saring-key-1"

enum { LINES_MOST = 4096, REPORTS_MOST = 20 };

static struct str text_in(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return (struct str){json_string_value(value), json_string_length(value)};
}

void pull_keys_revoke(struct pull_pins *pins, const struct pull_memory *memory)
{
    const char *line;
    json_t *when;
    json_object_foreach(memory->revoked, line, when)
    {
        struct sshsig_key key;
        struct err ignored = ERR_NONE;
        bool is_key = sshsig_key_parse(str_of(line), &key, &ignored);
        for (size_t i = 0; is_key && i < pins->key_count; i++) {
            pins->keys[i].is_revoked |= sshsig_key_equal(&pins->keys[i].key, &key);
        }
    }
}

/* A line of the file, read: who signed what. */
struct certificate {
    struct sshsig_key key, signer;
    enum pull_role role;
    bool is_done; /* it was used, or can't be */
};

static bool read_certificate(const struct pull_pins *pins, const json_t *line,
                             struct certificate *out, struct err *err)
{
    struct str bytes = text_in(line, "certificate");
    struct hash season;
    json_t *read = canonical_read(bytes, err);
    bool done =
        read != NULL &&
        ((str_is(text_in(read, "type"), TYPE) && hash_parse(text_in(read, "season"), &season) &&
          pull_role_parse(text_in(read, "role"), &out->role)) ||
         err_set(err, "is no certificate of a key (%s)", TYPE)) &&
        (memcmp(&season, &pins->season, sizeof season) == 0 ||
         err_set(err, "is of another season")) &&
        sshsig_key_parse(text_in(read, "key"), &out->key, err);
    json_decref(read);
    return done && sshsig_key_parse(text_in(line, "signer"), &out->signer, err) &&
           sshsig_verify(text_in(line, "signature"), bytes, &out->signer, err);
}

static bool read_line(const struct pull_pins *pins, struct str text, struct certificate *out,
                      struct err *err)
{
    json_t *line = canonical_read(text, err);
    bool done = line != NULL && read_certificate(pins, line, out, err);
    json_decref(line);
    return done;
}

static const struct pull_key *find_key(const struct pull_pins *pins, const struct sshsig_key *key)
{
    for (size_t i = 0; i < pins->key_count; i++) {
        if (sshsig_key_equal(&pins->keys[i].key, key)) {
            return &pins->keys[i];
        }
    }
    return NULL;
}

/* Whether its signer counts by now. By one key of two roles one person would be two organisations.
 */
static bool follow(struct pull_pins *pins, const struct certificate *one)
{
    const struct pull_key *signer = find_key(pins, &one->signer);
    if (signer == NULL || signer->is_revoked || signer->role != one->role ||
        find_key(pins, &one->key) != NULL || sshsig_key_equal(&one->key, &pins->list) ||
        pins->key_count == PULL_KEYS_MOST) {
        return false;
    }
    pins->keys[pins->key_count++] = (struct pull_key){
        .key = one->key,
        .role = signer->role,
        .organisation = signer->organisation,
        .is_off_server = signer->role != PULL_TEAM,
    };
    return true;
}

static size_t read_lines(const struct pull_pins *pins, struct str lines, struct certificate *all)
{
    size_t count = 0, bad = 0;
    for (unsigned number = 1; lines.len > 0 && count < LINES_MOST && number <= LINES_MOST;
         number++) {
        const char *end = memchr(lines.at, '\n', lines.len);
        size_t len = end != NULL ? (size_t)(end - lines.at) : lines.len;
        struct err err = ERR_NONE;
        if (read_line(pins, str_part(lines, 0, len), &all[count], &err)) {
            all[count++].is_done = false;
        } else if (bad++ < REPORTS_MOST) {
            fprintf(stderr, "saring-pull: sertifikat/certificate %u: %s\n", number, err.message);
        }
        lines = str_part(lines, end != NULL ? len + 1 : len, lines.len);
    }
    return count;
}

size_t pull_keys_follow(struct pull_pins *pins, struct str lines, struct arena *arena)
{
    struct certificate *all = arena_array(arena, LINES_MOST, sizeof *all);
    if (all == NULL) {
        return 0;
    }
    size_t count = read_lines(pins, lines, all), added = 0;
    /* Those of a chain may stand in any order: as long as one more key counts, look again. */
    for (bool goes_on = true; goes_on;) {
        goes_on = false;
        for (size_t i = 0; i < count; i++) {
            if (!all[i].is_done && follow(pins, &all[i])) {
                all[i].is_done = goes_on = true;
                added++;
            }
        }
    }
    return added;
}
