/* How much one address may ask for, by token buckets (RFC 2697's idea) in fixed memory. */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"

struct limit; /* one thread */

MUST_CHECK struct limit *limit_new(void); /* never NULL */
void limit_free(struct limit *limit);     /* NULL is fine */

/* Whether one more request of that address is answered: pages 400 at once and 100 a second, forms
 * 40 at once and 4 a second. */
MUST_CHECK bool limit_take(struct limit *limit, struct str from, bool is_form);

/* Whether one more password may be tried, at all: 10 at once and one a second. It takes time. */
MUST_CHECK bool limit_password(struct limit *limit);

/* Whether one more request of the token of this name is answered: 120 at once and 5 a second. */
MUST_CHECK bool limit_machine(struct limit *limit, struct str name);
