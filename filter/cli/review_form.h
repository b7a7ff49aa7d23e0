/* A proposal as people fill it in: by options, by a JSON file, or asked on the terminal. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/casebook/proposal.h"
#include "filter/cli/options.h"

struct err;

/* What was given on the command line; NULL: not given. */
struct review_form {
    const char *from; /* a JSON file with members of the same names; an option goes before it */
    const char *kind, *scope, *target, *observed, *end, *reason, *reason_en, *conflict, *milder;
    const char *answers, *claim, *text, *text_en, *recipient, *recipient_name, *url;
    struct cli_words harvest, evidence;
    /* Of the 24-hour lane; `second` makes it one. */
    const char *second, *second_at, *second_evidence, *on_call, *told, *registrant;
};

/* Rows for the command's table of options. */
#define REVIEW_FORM_OPTIONS(form)                                                                  \
    {"from", CLI_TEXT, &(form)->from}, {"kind", CLI_TEXT, &(form)->kind},                          \
        {"scope", CLI_TEXT, &(form)->scope}, {"target", CLI_TEXT, &(form)->target},                \
        {"observed", CLI_TEXT, &(form)->observed}, {"end", CLI_TEXT, &(form)->end},                \
        {"reason", CLI_TEXT, &(form)->reason}, {"reason-en", CLI_TEXT, &(form)->reason_en},        \
        {"conflict", CLI_TEXT, &(form)->conflict}, {"milder", CLI_TEXT, &(form)->milder},          \
        {"answers", CLI_TEXT, &(form)->answers}, {"claim", CLI_TEXT, &(form)->claim},              \
        {"text", CLI_TEXT, &(form)->text}, {"text-en", CLI_TEXT, &(form)->text_en},                \
        {"recipient", CLI_TEXT, &(form)->recipient},                                               \
        {"recipient-name", CLI_TEXT, &(form)->recipient_name}, {"url", CLI_TEXT, &(form)->url},    \
        {"second", CLI_TEXT, &(form)->second}, {"second-at", CLI_TEXT, &(form)->second_at},        \
        {"second-evidence", CLI_TEXT, &(form)->second_evidence},                                   \
        {"on-call", CLI_TEXT, &(form)->on_call}, {"told", CLI_TEXT, &(form)->told},                \
        {"registrant", CLI_TEXT, &(form)->registrant}, {"harvest", CLI_LIST, &(form)->harvest},    \
    {                                                                                              \
        "evidence", CLI_LIST, &(form)->evidence                                                    \
    }

/*
 * Fills the draft (with draft->urgent if `is_urgent`): options, then the file, then questions on
 * the terminal for what is missing and needed. Everything lies in the arena. `now_ms` is what
 * "now", "30d" and "2h" count from. Evidence is a SHA-256 or a file, whose SHA-256 is taken. False
 * names what is missing or wrong.
 */
MUST_CHECK bool review_form_read(const struct review_form *form, bool is_urgent, int64_t now_ms,
                                 struct arena *arena, struct casebook_draft *draft,
                                 struct err *err);

/*
 * The nine tests: "opinion=no,satire=no,…", every one of them; NULL asks for each on the terminal.
 */
MUST_CHECK bool review_form_answers(const char *text, struct casebook_answers *answers,
                                    struct err *err);
