/*
 * Review's side of captures: hands what people asked for to the camera process, one page at a time,
 * and keeps what comes back.
 */
#pragma once

#include "filter/base/attr.h"

struct casebook;
struct darkroom;

MUST_CHECK struct darkroom *darkroom_new(struct casebook *casebook); /* borrows it; never NULL */
void darkroom_free(struct darkroom *darkroom);                       /* NULL is fine */

/* A new way to the camera: the socket is the darkroom's from then on. */
void darkroom_connect(struct darkroom *darkroom, int fd);

/* Call it about every second: never waits. */
void darkroom_act(struct darkroom *darkroom);
