/* The rows of browsers' sign-ins and of devices: keyed hashes of tokens, never the tokens. */
#pragma once

#include "filter/casebook/internal.h"
#include "filter/casebook/web.h"

struct casebook_web_row {
    struct hash mark;
    char person[CASEBOOK_NAME_MOST + 1];
    enum casebook_stage stage;
    int64_t made_ms, seen_ms;
    int64_t factor_ms; /* CLOCK_NEVER: not given yet */
    int64_t tries;     /* codes given in vain */
};

/* A new token of 256 random bits. */
struct casebook_token casebook_token_new(void);
struct hash casebook_token_mark(const struct casebook *casebook, const char *what,
                                struct str token);

/* Keeps a session; more than ten of a person, and whatever ran out, go. */
MUST_CHECK bool casebook_web_put(struct casebook *casebook, const struct casebook_web_row *row,
                                 struct err *err);
/* `*found` is false if there is none, or its person has no rights any more. */
MUST_CHECK bool casebook_web_get(struct casebook *casebook, const struct hash *mark,
                                 struct casebook_web_row *row, bool *found, struct err *err);
MUST_CHECK bool casebook_web_seen(struct casebook *casebook, const struct hash *mark,
                                  int64_t seen_ms, int64_t tries, struct err *err);
MUST_CHECK bool casebook_web_drop(struct casebook *casebook, const struct hash *mark,
                                  struct err *err);

/* Up to `most` sessions of a person, the newest first; `*count` of them. */
MUST_CHECK bool casebook_web_of(struct casebook *casebook, struct str person,
                                struct casebook_web_row *rows, size_t most, size_t *count,
                                struct err *err);

/* Whether a device signed this person in before, and not too long ago. */
MUST_CHECK bool casebook_device_knows(struct casebook *casebook, struct str device,
                                      struct str person, int64_t now_ms, bool *knows,
                                      struct err *err);
MUST_CHECK bool casebook_device_put(struct casebook *casebook, struct str device, struct str person,
                                    int64_t now_ms, struct err *err);
