/*
 * The log: every change of the casebook as a row that holds the hash of the row before, so that
 * nothing can be edited, cut out or put in order anew without breaking the chain. Its head is
 * published, so that outsiders can witness it. Rows are never changed or deleted.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/hash.h"
#include "filter/base/str.h"
#include "filter/casebook/casebook.h"

struct err;

/* A row. Text stands during the call. */
struct casebook_row {
    int64_t seq;       /* from 1, without gaps */
    int64_t time_ms;   /* never less than the row before */
    struct str actor;  /* a person's name; "clock", "machine" or "operator" */
    struct str action; /* a move's name, or "refused", "join", "user", "disable", "tie", "season" */
    int64_t case_id;   /* 0: of no case */
    struct str detail; /* a canonical JSON object; never a post's text or URL */
    struct hash hash;  /* SHA-256 of the row's canonical JSON, the hash before included */
};

/* Calls `row` for the rows from `from_seq` on; it returns false to stop. Checks nothing. */
MUST_CHECK bool casebook_audit_read(struct casebook *casebook, int64_t from_seq,
                                    bool (*row)(void *context, const struct casebook_row *one),
                                    void *context, struct err *err);

/* Appends a row as one line of JSON without its newline: what `audit export` writes. */
void casebook_audit_format(const struct casebook_row *row, struct buf *out);

/* A head, as published. */
struct casebook_head {
    int64_t seq; /* 0: of an empty log */
    struct hash hash;
};

enum casebook_audit {
    AUDIT_INTACT,
    AUDIT_BROKEN, /* `err` says where and how; `report.rows` rows before that are sound */
    AUDIT_FAILED, /* could not be read */
};

struct casebook_report {
    int64_t rows; /* sound ones */
    struct casebook_head head;
};

/*
 * Reads the whole chain from the file. `published` (NULL: none) is a head that somebody kept:
 * a log that does not hold it was cut or written anew since.
 */
MUST_CHECK enum casebook_audit casebook_audit_verify(struct casebook *casebook,
                                                     const struct casebook_head *published,
                                                     struct casebook_report *report,
                                                     struct err *err);

/* A head as a file's line, `{"hash":"…","seq":123,"time":"…"}`, and back. */
void casebook_head_format(const struct casebook_head *head, int64_t time_ms, struct buf *out);
MUST_CHECK bool casebook_head_parse(struct str line, struct casebook_head *head, struct err *err);

/*
 * Reads the head that was last written to audit.head beside the casebook; `seq` is 0 if there is no
 * such file. False if it can't be read, or holds no head.
 */
MUST_CHECK bool casebook_head_published(const struct casebook *casebook, struct casebook_head *head,
                                        struct err *err);

/*
 * Writes the head to audit.head beside the casebook, for witnesses to fetch, unless the one that
 * stands there is none of this log: one that was cut or put back from a copy does not hide it so,
 * however far it was written on. casebook_tick does that too, when the log has grown.
 */
MUST_CHECK bool casebook_head_publish(struct casebook *casebook, struct err *err);

/* Whether the clock is behind the log's last row by more than 5 minutes, as far as NTP steps. */
MUST_CHECK bool casebook_clock_went_back(struct casebook *casebook, bool *went_back,
                                         struct err *err);
