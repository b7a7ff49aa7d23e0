/* The folder in which everything that saring writes lies. */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"

struct err;

/*
 * Appends the folder's path to `out`: `option` if it is not NULL; else /var/lib/saring for root,
 * $XDG_STATE_HOME/saring for others, ~/.local/state/saring without that. Makes no folder. False
 * if there is no home either.
 */
MUST_CHECK bool state_dir(const char *option, struct buf *out, struct err *err);

/*
 * Says that this user may not do `what_id` / `what_en` (as "dibaca", "be read") with `path`, a file
 * of the state folder, and who may: its owner, or that of the nearest folder above it that can be
 * seen; if that is this user, its mode is in the way. Returns false.
 */
bool state_dir_denied(const char *path, const char *what_id, const char *what_en, struct err *err);

/* False if anybody may write in the folder: /tmp, or one that a stranger has laid ready. */
MUST_CHECK bool state_dir_check(const char *path, struct err *err);

/*
 * Makes the folder (mode 0700) and those above it (0755) where they are missing. False as well if
 * state_dir_check says so of one that is there.
 */
MUST_CHECK bool state_dir_make(const char *path, struct err *err);
