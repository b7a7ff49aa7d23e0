/* JSON Feed 1.x (jsonfeed.org/version/1.1), by YAJL's events: no tree of a hostile document. */
#pragma once

#include <stdbool.h>

#include "feeds/build.h"
#include "filter/base/attr.h"
#include "filter/base/str.h"

struct err;

/*
 * Reads valid UTF-8 into `build`, which was started. False, with line and column, if it is not JSON
 * or has no "items"; items before the error were handed out.
 */
MUST_CHECK bool feeds_json_read(struct str text, struct feeds_build *build, struct err *err);
