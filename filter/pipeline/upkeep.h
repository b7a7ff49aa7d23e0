/*
 * What the casebook must know of the team's files: the protected list, and which rules stand, since
 * a case falls with its rule's basis (REVIEW: void). Rules are loaded for that in a thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/clock.h"
#include "filter/base/str.h"

struct casebook;
struct config;
struct rule_set;
struct upkeep;

/* `casebook` and `config` are borrowed. Never NULL. */
MUST_CHECK struct upkeep *upkeep_new(struct casebook *casebook, const struct config *config,
                                     struct clock clock);
void upkeep_free(struct upkeep *upkeep); /* after the casebook is closed; NULL is fine */

/* The files may have changed, or the season has: without one, the example's rules count too. */
void upkeep_reload(struct upkeep *upkeep, bool with_example);

/* Counts of shadows, as CHANNEL_SHADOW carries them: written down once their rules are known. */
void upkeep_shadow(struct upkeep *upkeep, struct str taken);

/* The rules of now, until upkeep_act; NULL: not loaded yet. */
const struct rule_set *upkeep_rules(const struct upkeep *upkeep);

/* Readable when rules were loaded. */
int upkeep_fd(const struct upkeep *upkeep);

/* Does what is due: what was loaded, a rule that ended, the protected list every few minutes. */
void upkeep_act(struct upkeep *upkeep);
