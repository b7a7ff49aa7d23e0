/*
 * Files that people sign besides cases: a season's, and a certificate of a colleague's new key.
 * Read as from a stranger, so that a page shows what the very bytes say, and nothing else is
 * signed.
 */
#pragma once

#include <jansson.h>

#include "filter/base/arena.h"
#include "filter/base/sshsig.h"
#include "filter/casebook/season.h"

struct approver_document {
    bool is_season;        /* else a certificate */
    struct str bytes, own; /* own: the key that is to sign, as a line */
    struct hash hash;
    struct casebook_season_file season;
    json_t *object; /* of a certificate */
};

/*
 * False, with the reason, unless `bytes` are such a file, spelt as saring spells it, and there is
 * something in it for this key to say: a season that has it among its keys and whose end is ahead,
 * or a certificate of another key. All but `object` is in the arena; _fini it in any case.
 */
MUST_CHECK bool approver_document_read(struct str bytes, const struct sshsig_key *key,
                                       int64_t now_ms, struct arena *arena,
                                       struct approver_document *document, struct err *err);
void approver_document_fini(struct approver_document *document);
