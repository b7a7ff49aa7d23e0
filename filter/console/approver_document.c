#include "filter/console/approver_document.h"

#include "filter/base/buf.h"
#include "filter/base/canonical.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"

static struct str text_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return (struct str){json_string_value(value), json_string_length(value)};
}

static bool check_season(struct approver_document *document, int64_t now_ms, struct err *err)
{
    const struct casebook_season_file *season = &document->season;
    bool is_named = false;
    for (size_t i = 0; i < season->organisation_count; i++) {
        for (size_t k = 0; k < season->organisations[i].key_count; k++) {
            is_named |= str_equal(season->organisations[i].keys[k], document->own);
        }
    }
    if (!is_named) {
        return err_set(err, "the season's file does not name your key: your signature would say "
                            "nothing");
    }
    return season->end_ms > now_ms || err_set(err, "the season's end has passed");
}

static bool check_certificate(const struct approver_document *document, struct err *err)
{
    static const char *const names[] = {"name", "organisation"};
    const json_t *object = document->object;
    struct sshsig_key key;
    struct buf line = BUF_EMPTY;
    struct err why = ERR_NONE;
    enum casebook_role role;
    struct hash season;
    int64_t since_ms;
    bool done =
        json_object_size(object) == 7 && sshsig_key_parse(text_of(object, "key"), &key, &why);
    if (done) {
        sshsig_key_format(&key, &line);
        done = str_equal(buf_str(&line), text_of(object, "key"));
    }
    buf_fini(&line);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str text = text_of(object, names[i]);
        done = done && text.len > 0 && text.len <= 400;
    }
    done = done && casebook_role_parse(text_of(object, "role"), &role) &&
           (role == ROLE_TEAM || role == ROLE_INDEPENDENT || role == ROLE_APPEALS) &&
           hash_parse(text_of(object, "season"), &season) &&
           clock_parse(text_of(object, "since"), &since_ms);
    if (!done) {
        return err_set(err, "the certificate is none that saring writes");
    }
    return !str_equal(text_of(object, "key"), document->own) ||
           err_set(err, "it is your own key that would be certified: a colleague's signs that, or "
                        "the one you had before");
}

bool approver_document_read(struct str bytes, const struct sshsig_key *key, int64_t now_ms,
                            struct arena *arena, struct approver_document *document,
                            struct err *err)
{
    struct buf own = BUF_EMPTY;
    struct err why = ERR_NONE;
    *document = (struct approver_document){.bytes = str_trim(bytes)};
    sshsig_key_format(key, &own);
    document->own.at = arena_copy(arena, own.bytes, own.len);
    document->own.len = own.len;
    buf_fini(&own);
    document->hash = hash_sha256(document->bytes);
    document->object = document->bytes.len <= CASEBOOK_SEASON_BYTES && document->own.at != NULL
                           ? canonical_read(document->bytes, &why)
                           : NULL;
    struct str type = text_of(document->object, "type");
    if (str_is(type, "saring-season-1")) {
        document->is_season = true;
        return casebook_season_read(arena, document->bytes, &document->season, err) &&
               check_season(document, now_ms, err);
    }
    if (str_is(type, "saring-key-1")) {
        return check_certificate(document, err);
    }
    return err_set(err, "that is neither a season's file nor a key's certificate, byte for byte as "
                        "saring writes them; nothing else is signed here");
}

void approver_document_fini(struct approver_document *document)
{
    json_decref(document->object);
    document->object = NULL;
}
