/* Review's side of notices: looks for them, hands them to the notify process, notes what it says.
 */
#pragma once

#include "filter/base/attr.h"

struct casebook;
struct config;
struct postbox;

MUST_CHECK struct postbox *postbox_new(struct casebook *casebook, const struct config *config);
void postbox_free(struct postbox *postbox); /* NULL is fine */

/* A new way to the notify process: the socket is the postbox's from then on. */
void postbox_connect(struct postbox *postbox, int fd);

/* Call it about every second: never waits. */
void postbox_act(struct postbox *postbox);
