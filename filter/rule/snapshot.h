/* The rule files and lists of some folders as they are at one moment: what a version keeps. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/hash.h"
#include "filter/base/str.h"

struct err;

enum { RULE_SNAPSHOT_PATH_MOST = 1024 }; /* bytes of a file's path below its folder */

struct rule_snapshot_file {
    unsigned folder; /* its place among the folders */
    char *path;      /* below the folder */
    char *bytes;
    size_t len;
    struct hash hash; /* of the bytes */
    uint32_t owner;   /* the user id that the file belongs to */
};

/* In order of folder and path, each once. */
struct rule_snapshot {
    struct rule_snapshot_file *files;
    size_t count, room;
};

/*
 * Reads all rule files, lists/ and allow/ of the folders (a NULL at the end). What a rollback must
 * never touch is left out: the protected list, the speech samples. `snapshot` starts empty.
 */
MUST_CHECK bool rule_snapshot_read(const char *const *folders, struct rule_snapshot *snapshot,
                                   struct err *err);

/* Adds a file; false if its path is none that a snapshot could have. Bytes are copied. */
MUST_CHECK bool rule_snapshot_add(struct rule_snapshot *snapshot, unsigned folder, struct str path,
                                  struct str bytes);
void rule_snapshot_fini(struct rule_snapshot *snapshot);

/* Of all folders, paths and bytes. */
struct hash rule_snapshot_hash(const struct rule_snapshot *snapshot);

/* NULL if it is not in it. */
const struct rule_snapshot_file *rule_snapshot_find(const struct rule_snapshot *snapshot,
                                                    unsigned folder, const char *path);

/*
 * Makes the folders' files those of `wanted`, where they are those of `now`: writes what differs,
 * each file at once, and removes what is too many. False at the first that fails.
 */
MUST_CHECK bool rule_snapshot_write(const char *const *folders, const struct rule_snapshot *wanted,
                                    const struct rule_snapshot *now, struct err *err);
