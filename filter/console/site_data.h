/*
 * The files of the public folder, and what makes those with data verifiable away from here: a
 * manifest with their SHA-256 and the register's head, signed by the key that signs the lists.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/casebook/audit.h"

struct err;
struct site_data;

#define SITE_MANIFEST "manifest.json"
#define SITE_SIGNATURE "manifest.sig"
#define SITE_KEY "saring.pub"
#define SITE_HEAD "head.json"
#define SITE_REGISTER "register.ndjson"
#define SITE_MANIFEST_TYPE "saring-register-manifest-1"

enum { SITE_FILES_MOST = 32, SITE_FILE_MOST = 512 << 20 };

/* `folder` is borrowed. Never NULL. */
MUST_CHECK struct site_data *site_data_new(const char *folder);
void site_data_free(struct site_data *data); /* NULL is fine */

/* Writes a file that is not data; what stands there already is left alone, as readers go by its
 * time. */
MUST_CHECK bool site_data_page(struct site_data *data, const char *name, struct str bytes,
                               struct err *err);

/* The same of data, which the manifest names. `name` is a literal. */
MUST_CHECK bool site_data_put(struct site_data *data, const char *name, struct str bytes,
                              struct err *err);

/*
 * Names a file of data that stands there from before and is not made anew now; nothing if there is
 * none.
 */
void site_data_keep(struct site_data *data, const char *name);

/* The file of data number `at` (from 0); false past the last. */
bool site_data_at(const struct site_data *data, size_t at, struct str *name, size_t *bytes);

/* How many files were written, not left alone. */
size_t site_data_written(const struct site_data *data);

struct site_sealing {
    const char *state;         /* folder with the key of lists; NULL: nothing is signed */
    bool is_season;            /* else a demonstration, whose key is thrown away */
    struct casebook_head head; /* of the register */
    struct casebook_head log;
    int64_t now_ms;
};

/*
 * Writes manifest, signature and public key, unless those that stand there say the same and are
 * not a day old. Call it last.
 */
MUST_CHECK bool site_data_seal(struct site_data *data, const struct site_sealing *sealing,
                               struct err *err);
