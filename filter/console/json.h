/* The same as the pages, as JSON. Times are RFC 3339, absent ones and empty text left out. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/buf.h"
#include "filter/casebook/casebook.h"
#include "filter/console/place.h"

/*
 * {"page":1,"has_more":true,"next":"…","cases":[{"id":…,"class":"fraud",…}]}; "next", if there are
 * more, is the "after" of what follows, whatever is opened meanwhile.
 */
void json_queue(struct buf *out, const struct place *place, const struct casebook_case *cases,
                size_t count, bool has_more);

/*
 * {"id":…,"rules":[…],"posts":[…],"events":[…],…}; rules, posts and events as many as the page
 * numbers rules, copies and events of `place` show.
 */
void json_case(struct buf *out, const struct place *place, const struct casebook_page *one);

#define JSON_PROBLEM_TYPE "application/problem+json"

/*
 * A problem (RFC 9457): {"type":"about:blank","title":"Not Found","status":404,"detail":"…",
 * "error":"not_found"}; `name` is for programs, `detail` for people.
 */
void json_problem(struct buf *out, unsigned status, const char *name, struct str detail);
