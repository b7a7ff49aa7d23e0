/* From a request to a response: which page or JSON, with which headers. Knows no socket. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/console/request.h"

struct casebook;
struct clock;

/* What answers are made from; one thread. */
struct answers;

/* Opens the casebook at `path` at the first question, and again after a fault. Never NULL. */
MUST_CHECK struct answers *answers_new(const char *path, const struct clock *clock);
void answers_free(struct answers *answers); /* NULL is fine */

struct response {
    unsigned status;
    const char *type; /* Content-Type */
    struct buf body;
    bool is_gzip, is_lasting; /* lasting: a client may keep it for good */
};

/* Fills `response`, whose body the caller ends with buf_fini; of a HEAD it is that of the GET. */
void answers_give(struct answers *answers, const struct request *request,
                  struct response *response);
