/* Fetching a file with a bound, over HTTPS (HTTP only from this machine itself). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"

struct err;

/*
 * Appends what lies at `url`. False if it can't be had within two minutes, is longer than
 * `max_bytes`, or is not answered with 200. What comes is believed in nothing: signatures are.
 */
MUST_CHECK bool pull_fetch(const char *url, size_t max_bytes, struct buf *out, struct err *err);
