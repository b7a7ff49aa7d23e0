/*
 * Verdicts, and reports of fact-checks, that the casebook did not take at once, in order: a full
 * disk keeps them here, one that never gets in while others do is put aside.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"

struct casebook;
struct err;
struct intray;

enum {
    INTRAY_MOST = 8,     /* verdicts kept; with so many the next ones are not read */
    INTRAY_REFUSALS = 5, /* so often refused while others got in: never to get in */
    INTRAY_WAIT_MS = 250,
};

/* `casebook` is borrowed. What is kept is tried after `wait_ms`, then ever later. Never NULL. */
MUST_CHECK struct intray *intray_new(struct casebook *casebook, int wait_ms);
void intray_free(struct intray *intray); /* NULL is fine */

/*
 * What takes a report of fact-checks (feeds/report.h) in, durably: true also if it is none, which
 * it says itself. False: not now.
 */
typedef bool intray_take_report(void *context, struct str report, struct err *err);
void intray_on_report(struct intray *intray, intray_take_report *take, void *context);

enum intray_answer {
    INTRAY_TAKEN, /* durable, or no verdict at all: acknowledge it */
    INTRAY_KEPT,  /* not yet: it is in the tray, say nothing */
};

/* Flags a verdict, or keeps it. Not while intray_is_full. */
MUST_CHECK enum intray_answer intray_put(struct intray *intray, uint64_t number, struct str json);

/* The same with a report of fact-checks; nothing may have been added and not settled. */
MUST_CHECK enum intray_answer intray_put_report(struct intray *intray, uint64_t number,
                                                struct str report);

/*
 * The same for several in one transaction, so that they share its one wait for the disk: nothing of
 * a verdict that was added is durable, or told to `taken`, before intray_settle. At most
 * INTRAY_MOST; true: settle now. No other use of the casebook, and no intray_put, in between.
 */
bool intray_add(struct intray *intray, uint64_t number, struct str json,
                void (*taken)(void *context, uint64_t number), void *context);

/*
 * Makes what was added durable and calls `taken` for each; if that can't be, each is tried alone,
 * and kept if it is refused. Does nothing if nothing was added.
 */
void intray_settle(struct intray *intray, void (*taken)(void *context, uint64_t number),
                   void *context);

/* Whether the casebook takes nothing for now: what else comes had better wait. */
bool intray_is_stuck(const struct intray *intray);

/* Tries again, if it is time, what is kept; calls `taken` for each that need not come again. */
void intray_retry(struct intray *intray, void (*taken)(void *context, uint64_t number),
                  void *context);

/* Milliseconds to the next retry; -1: nothing is kept. */
int intray_wait_ms(const struct intray *intray);

/* Forgets what is kept, which its sender sends again: there is a new way to it. */
void intray_forget(struct intray *intray);

struct intray_counts {
    uint64_t opened, joined, duplicates, decided, shadow, over;
    uint64_t dead; /* malformed, or never taken */
    size_t kept;
};

struct intray_counts intray_counts(const struct intray *intray);
