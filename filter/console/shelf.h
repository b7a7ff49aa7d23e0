/*
 * The lists that `saring publish` made, served as they lie: by the hashes of their manifest, in
 * parts, packed where they lie packed. A file is never read into memory: an answer holds the open
 * file. All answers of one serial fit together, also while publish switches to the next one.
 */
#pragma once

#include "filter/base/attr.h"
#include "filter/base/clock.h"
#include "filter/base/str.h"
#include "filter/console/answer.h"
#include "filter/console/request.h"

struct shelf; /* one thread */

/* `link` is publish's --out, borrowed as the clock is. There need be none yet. Never NULL. */
MUST_CHECK struct shelf *shelf_new(const char *link, const struct clock *clock);
void shelf_free(struct shelf *shelf); /* NULL is fine */

/*
 * Answers for the file `name`, which is what follows the folder in the request's target: a name of
 * the manifest, its NAME.sig or NAME.gz, manifest.json, or a page of blokir/; nothing else, and no
 * folder. `query` is what follows "?": "serial=N" asks for the file of that manifest, which is
 * there for ten minutes after the next two; anything else is not looked at.
 */
void shelf_give(struct shelf *shelf, const struct request_head *head, struct str name,
                struct str query, struct response *response);
