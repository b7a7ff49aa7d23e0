/*
 * The console's routes as an OpenAPI 3.1 document, made from the table of routes and the forms'
 * own fields, so that it says what is served and nothing else.
 */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"

/* Appends the document, one line of JSON. False if there is no memory for it. */
MUST_CHECK bool openapi_put(struct buf *out);
