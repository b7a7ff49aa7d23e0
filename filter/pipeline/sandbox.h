/*
 * Landlock (Linux 5.13 and later) round a process that reads the hostile world: what it was not
 * given it can neither read, write nor start, even if its code is taken over.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"

/*
 * From now on this process and its threads, for good: read below `readable`, read and write below
 * `writable` (each a NULL at the end; paths that are not there are left out), start no program,
 * listen on no port, signal no other process. On a kernel that cannot do all of it, as much as it
 * can; on one without Landlock nothing, which the log says. Call it before starting threads.
 */
void sandbox_enter(const char *const *readable, const char *const *writable);

/*
 * For a child that does one thing and answers through a pipe: from now on it is nobody, has at most
 * so much memory and processor time, writes no file, leaves no core, and ends with its parent.
 * False if any of it can't be had.
 */
MUST_CHECK bool sandbox_shut_in(const char *const *readable, size_t memory_bytes, unsigned cpu_s);
