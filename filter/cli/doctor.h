/*
 * What `saring doctor` looks at, a function each. They read only, and say what they find in
 * Indonesian and English, with what to do.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/pipeline/config.h"

struct casebook;

enum doctor_level {
    DOCTOR_FINE,
    DOCTOR_NOTE,  /* worth knowing */
    DOCTOR_WARN,  /* will be wrong soon, or is weaker than it could be */
    DOCTOR_WRONG, /* something does not work, or is not safe */
};

struct doctor {
    struct config config;
    const char *config_path, *lists, *backup; /* as asked for; NULL: not */
    const char *const *folders;
    struct arena *arena;
    struct buf state;
    struct clock clock;
    struct casebook *casebook; /* NULL: could not be opened */
    bool is_json, is_quiet;
    size_t counts[DOCTOR_WRONG + 1];
    struct buf out;
};

/* One finding: `check` is its name; `todo` says what to do, NULL if nothing. */
void doctor_say(struct doctor *doctor, enum doctor_level level, const char *check, const char *todo,
                const char *format, ...) PRINTF_LIKE(5, 6);

/* The same of an error. */
void doctor_say_err(struct doctor *doctor, enum doctor_level level, const char *check,
                    const char *todo, const struct err *err);

/* doctor_store.c */
void doctor_state(struct doctor *doctor);
void doctor_casebook(struct doctor *doctor); /* opens it, and looks at all that is in it */

/* doctor_files.c */
void doctor_rules(struct doctor *doctor);
void doctor_sources(struct doctor *doctor);
void doctor_lists(struct doctor *doctor);
void doctor_backup(struct doctor *doctor);
void doctor_public(struct doctor *doctor);

/* doctor_host.c */
void doctor_disk(struct doctor *doctor);
void doctor_clock(struct doctor *doctor);
void doctor_redis(struct doctor *doctor);
void doctor_certificate(struct doctor *doctor);
void doctor_checkers(struct doctor *doctor);
void doctor_sandbox(struct doctor *doctor);
