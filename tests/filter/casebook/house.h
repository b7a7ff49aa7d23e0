/*
 * A casebook in a temporary folder with a clock that the test moves, people of four organisations,
 * a protected list, and verdicts made by hand. All text here is ours and names nobody.
 */
#pragma once

#include "filter/base/arena.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/blocklist/guard.h"
#include "filter/casebook/addressees.h"
#include "filter/casebook/appeal.h"
#include "filter/casebook/audit.h"
#include "filter/casebook/decision.h"
#include "filter/casebook/move.h"
#include "filter/casebook/season.h"
#include "filter/verdict/verdict.h"
#include "tests/filter/test.h"

#define MINUTE ((int64_t)60 * 1000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define HOUSE_START ((int64_t)1795622400000) /* 2026-11-25T16:00:00Z */

/* What rules of class claim rest on. */
#define HOUSE_REVIEW "https://periksa.example/tinta"
#define HOUSE_CLAIM "Tinta pemilu mengandung racun"

/* To whom cases may be referred there. */
#define HOUSE_ADDRESSEES                                                                           \
    "platform\tMedia Contoh\thttps://media.example/lapor\n"                                        \
    "hosting\tHosting Contoh\tabuse@hosting.example\n"                                             \
    "supervisor\tPengawas Contoh\thttps://pengawas.example/lapor\n"

/* Who lives there. The keys of ROLE_INDEPENDENT, ROLE_APPEALS and BUDI are in the test alone. */
enum house_name {
    RANI,  /* team, Tim Siber Contoh */
    RUDI,  /* team, Tim Siber Contoh */
    ADI,   /* independent, Lembaga Pantau Contoh */
    AYU,   /* independent, Kampus Contoh */
    JOKO,  /* appeals, Panel Banding Contoh */
    AUDI,  /* auditor */
    ADMIN, /* admin, of the team's organisation */
    BUDI,  /* team, Tim Siber Contoh, with a key of his own: the second reviewer of the lane */
    HOUSE_PEOPLE
};

struct house {
    char folder[40];
    struct buf path;
    struct clock clock;
    struct casebook *casebook;
    struct blocklist_guard *guard;
    struct casebook_addressees *addressees;
    struct arena *arena;
    struct casebook_session *who[HOUSE_PEOPLE];
    unsigned char secret[HOUSE_PEOPLE][64];
    char factor[HOUSE_PEOPLE][33]; /* the secret of a second factor, base32; "": none */
    struct casebook_moved moved;   /* what the last move led to */
    struct err err;                /* of the last move */
    unsigned posts;
};

extern const char *const house_names[HOUSE_PEOPLE];

struct house *house_build(void); /* empty: no people */
struct house *house_build_with_people(void);
void house_tear_down(struct house *house);
void house_close(struct house *house);
void house_open(struct house *house);
void house_write(const struct house *house, const char *name, struct str bytes);

/* A key of the test's own, as a line of a .pub file. */
void house_key(unsigned char secret[64], struct buf *line);
struct buf house_sign(const struct house *house, enum house_name who, struct str message);

/* A code of the person's second factor for now, or for so many steps of 30 s from it. */
void house_code(struct house *house, enum house_name who, int steps, char code[8]);
/* Gives the person a second factor if they have none; the recovery codes if asked for. */
struct casebook_recovery;
void house_enrol(struct house *house, enum house_name who, struct casebook_recovery *recovery);

/* Whoever has a second factor gives it whenever a move would ask for it; moves here do so. */
void house_factor(struct house *house, enum house_name who);

/* What a verdict is made of; "" and 0 stand for something ordinary. */
struct house_post {
    const char *id, *source, *title, *text, *link;
    const char *rule;      /* id of its one rule */
    enum rule_class class; /* of the rule */
    unsigned char revision;
};
struct verdict *house_verdict(struct house *house, struct house_post post);
/* Lets the verdict's rules open cases, as two people would have. */
void house_release(struct house *house, const struct verdict *verdict);
/* Flags it, its rule released; house_flag_shadow: as it comes. */
enum casebook_flagged house_flag_shadow(struct house *house, struct house_post post);
enum casebook_flagged house_flag(struct house *house, struct house_post post);

/* Flags something new of the class; the case's number. */
int64_t house_case(struct house *house, enum rule_class class);
struct casebook_case house_look(struct house *house, int64_t id);
enum casebook_state house_state(struct house *house, int64_t id);

/* One move with the version of now; `request` says the rest. */
enum casebook_outcome house_move(struct house *house, enum house_name who,
                                 enum casebook_action action, int64_t id,
                                 struct casebook_request request);
void house_done(struct house *house, enum house_name who, enum casebook_action action, int64_t id,
                struct casebook_request request);

/* Refused or stale: with these words, logged, and with nothing changed. */
void house_refused(struct house *house, enum house_name who, enum casebook_action action,
                   int64_t id, struct casebook_request request, enum casebook_outcome expected,
                   const char *words);

/* A draft that nothing is wrong with. */
struct casebook_draft house_draft(struct house *house, int64_t id, enum casebook_kind kind,
                                  const char *target);
void house_propose(struct house *house, enum house_name who, int64_t id, enum casebook_kind kind,
                   const char *target);
enum casebook_outcome house_approve(struct house *house, enum house_name who, int64_t id);
/* A draft for the 24-hour lane that nothing is wrong with: RANI first, BUDI second, ADI on call. */
struct casebook_draft house_urgent_draft(struct house *house, int64_t id, const char *target);
/* Offered by RANI, signed by BUDI; the case is URGENT if that is done. */
enum casebook_outcome house_urgent(struct house *house, int64_t id, const char *target);
/* Signs what is there for `who` to sign and makes the move with it. */
enum casebook_outcome house_sign_move(struct house *house, enum house_name who,
                                      enum casebook_action action, int64_t id);
/* Lodges an appeal about the case; its number. */
int64_t house_appeal(struct house *house, int64_t id);
/* By JOKO, signed where that is asked for. */
enum casebook_outcome house_decide(struct house *house, enum casebook_action action, int64_t id,
                                   int64_t appeal);

/* The whole way: a new case, proposed by RANI and approved by ADI. */
int64_t house_listed(struct house *house, const char *target);

struct casebook_answers house_all(enum casebook_answer answer);
size_t house_tick(struct house *house);
size_t house_entries(struct house *house); /* in force; (size_t)-1: the log says no */
size_t house_log_rows(struct house *house, const char *action);
void house_season(struct house *house, int64_t start_ms, int64_t end_ms);
struct casebook_page house_page(struct house *house, int64_t id);
void house_sql(struct house *house, const char *sql); /* past the casebook, as an attacker */
