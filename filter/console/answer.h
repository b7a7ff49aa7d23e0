/* From a request to a response: which page or JSON, with which headers. Knows no socket. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/console/request.h"

struct clock;

/* What answers are made from; one thread. */
struct answers;

/* Where things lie. Borrowed as long as the answers stand. */
struct answers_options {
    const char *casebook;     /* the file; opened at the first question, and again after a fault */
    const char *const *rules; /* folders, NULL at the end; NULL: none */
    const char *sources;      /* sources.yml; NULL: none */
    const char *lists;        /* saring publish's --out; NULL: not said */
    const char *origin;       /* where the register is served, "https://…"; NULL: not said */
    const struct clock *clock;
};

MUST_CHECK struct answers *answers_new(const struct answers_options *options); /* never NULL */
void answers_free(struct answers *answers);                                    /* NULL is fine */

enum { RESPONSE_TEXT = 1400 };

/* Bytes of an open file, which is closed behind the answer. */
struct response_stream {
    int file;
    uint64_t at, length;
};

struct response {
    unsigned status;
    const char *type; /* Content-Type; NULL: there is no body */
    struct buf body;
    bool is_streamed; /* the body is `stream` */
    struct response_stream stream;
    bool has_picture;              /* the page shows one of ours */
    bool is_gzip, is_lasting;      /* lasting: a client may keep it for good */
    char location[RESPONSE_TEXT];  /* Location; "" for none */
    char cookie[160], device[160]; /* Set-Cookie, each; "" for none */
    char file[64];                 /* the name to keep it under, of a download; "" for none */
    char tag[80];        /* ETag without its W/: as packing changes the bytes, tags are weak; "" */
    bool is_tag_strong;  /* but not this one: it is of these very bytes */
    bool is_checked;     /* a client may keep it, and asks each time whether it still holds */
    bool takes_ranges;   /* Accept-Ranges */
    bool is_for_reading; /* a page that stands alone, with a style of its own */
    char modified[30];   /* Last-Modified; "" */
    char range[80];      /* Content-Range; "" */
    unsigned retry_s;    /* Retry-After; 0 for none */
    const char *allow;   /* of a 405, and what OPTIONS asks; NULL for none */
    char challenge[96];  /* WWW-Authenticate; "" for none */
};

/* Fills `response`, whose body the caller ends with buf_fini; of a HEAD it is that of the GET. */
void answers_give(struct answers *answers, const struct request *request,
                  struct response *response);
