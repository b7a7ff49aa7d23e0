/*
 * The third process of `saring run`: tells people that a case waits for them, by e-mail (SMTP) and
 * by a webhook. It opens connections, so it has no casebook; review, which has one, opens none and
 * hands over an address, a case's number and a deadline, a datagram each.
 */
#pragma once

#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/pipeline/supervisor.h"

enum { NOTIFY_ADDRESS = 256 };

/* Review to notify. */
struct notify_order {
    int64_t id, case_id, due_ms;
    int32_t kind;                 /* enum casebook_notice_kind */
    char address[NOTIFY_ADDRESS]; /* "": the webhook */
};

/* And back. */
struct notify_answer {
    int64_t id;
    int32_t was_sent;
};

/* Whether the configuration asks for notices at all. */
bool notify_is_wanted(const struct config *config);

/* The process: serves until told to stop over `control`; returns its exit code. */
int notify_run(const struct supervisor_task *task);
