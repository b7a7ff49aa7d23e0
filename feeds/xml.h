/* RSS and Atom, all versions, well-formed or not. */
#pragma once

#include <stdbool.h>

#include "feeds/build.h"
#include "filter/base/attr.h"
#include "filter/base/str.h"

struct err;
struct feeds_xml; /* memory reused for every document */

enum { FEEDS_XML_MAX_DEPTH = 256 };

MUST_CHECK struct feeds_xml *feeds_xml_new(void);
void feeds_xml_free(struct feeds_xml *xml); /* NULL is fine */

/* Reads valid UTF-8 into `build`, which was started. False if it is no feed or nested too deep. */
MUST_CHECK bool feeds_xml_read(struct feeds_xml *xml, struct str text, struct feeds_build *build,
                               struct err *err);
